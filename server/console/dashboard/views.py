"""HTTP of the dashboard."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from server.console.dashboard import actions, service
from server.console.feature import feature
from server.console.layout.words import is_fragment
from server.console.permissions import Permission, requires
from server.console.viewer import the_viewer

blueprint = feature("dashboard")


@blueprint.get("/dashboard")
@requires(Permission.SEE_DASHBOARD)
def page() -> ResponseReturnValue:
    """Show the figures; htmx asks for them alone, again and again."""
    viewer = the_viewer()
    rows, url = actions.oldest_open(viewer)
    template = "dashboard/_figures.html" if is_fragment() else "dashboard/page.html"
    figures, defects = actions.figures(viewer), actions.count_defects()
    parts = {"rows": rows, "all_open": url, "defects": defects, "due_soon": service.due_soon(viewer)}
    return render_template(template, figures=figures, **parts)
