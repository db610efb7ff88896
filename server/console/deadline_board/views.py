"""HTTP of the deadline board."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from server.console.deadline_board import actions
from server.console.feature import feature
from server.console.permissions import Permission, requires
from server.console.viewer import the_viewer

blueprint = feature("deadline_board")


@blueprint.get("/supervision/deadlines")
@requires(Permission.SEE_DEADLINES)
def page() -> ResponseReturnValue:
    """Show every due date that runs."""
    viewer, view = the_viewer(), actions.read_view()
    types = actions.type_words(actions.seen_types(viewer))
    found = actions.find_page(view, viewer)
    return render_template(
        "deadline_board/page.html", view=view, page=found, types=types, within=tuple(actions.WITHIN)
    )
