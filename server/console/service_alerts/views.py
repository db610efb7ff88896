"""HTTP of alerts."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from server.console.feature import feature
from server.console.layout.words import is_fragment
from server.console.permissions import Permission, requires
from server.console.service_alerts import actions
from server.console.viewer import the_viewer

blueprint = feature("service_alerts")


@blueprint.get("/supervision/alerts")
@requires(Permission.SEE_ALERTS)
def page() -> ResponseReturnValue:
    """List what somebody should look at now; the page asks for it again and again."""
    template = "service_alerts/_alerts.html" if is_fragment() else "service_alerts/page.html"
    return render_template(template, groups=actions.groups(the_viewer()))
