"""HTTP of evaluations: their list, one beside it, and steps on it."""

from __future__ import annotations

from flask import g

from server.console.evaluations import actions
from server.console.evaluations.shown import EVALUATION
from server.console.permissions import Permission
from server.console.record_pages import RecordPages
from server.workflows import workflow

blueprint = RecordPages(
    name="evaluations",
    path="/evaluations",
    see=Permission.SEE_EVALUATIONS,
    act=Permission.ACT_ON_EVALUATIONS,
    actions=actions,
    read_view=actions.read_view,
    list_parts=lambda: {"states": workflow(EVALUATION).states},
).blueprint()


@blueprint.before_request
def name_the_type() -> None:
    """Say which type these pages are of, as the address of other records does."""
    g.record_type = EVALUATION
