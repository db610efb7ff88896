"""HTTP of evaluations: their list, one beside it, and steps on it."""

from __future__ import annotations

from flask import g
from werkzeug.exceptions import Forbidden

from server.console.evaluations import actions
from server.console.evaluations.shown import EVALUATION
from server.console.permissions import Permission
from server.console.record_pages import RecordPages
from server.console.viewer import current_viewer
from server.workflows import workflow

blueprint = RecordPages(
    name="evaluations",
    path="/evaluations",
    see=Permission.SEE_RECORDS,
    act=Permission.ACT_ON_RECORDS,
    actions=actions,
    read_view=actions.read_view,
    list_parts=lambda: {"states": workflow(EVALUATION).states},
).blueprint()


@blueprint.before_request
def readers_only() -> None:
    """Refuse whose roles have nothing to do with evaluations."""
    g.record_type = EVALUATION
    viewer = current_viewer()
    if viewer is not None and not actions.READERS & set(viewer.roles):
        raise Forbidden
