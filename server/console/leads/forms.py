"""Parse what the list of leads is asked for, and why a reporter is opened."""

from __future__ import annotations

from datetime import timedelta

from server.console.layout.words import now
from server.console.listing import ListView, asked_day
from server.console.permissions import Permission, reach
from server.console.viewer import Viewer
from server.identity.instants import instant
from server.readmodel.lead_queries import SORTS, LeadQuestion
from server.workflows import workflow

FILTERS = (
    "state", "domain", "township", "urgency", "grid", "since", "until", "q", "day", "conflict", "older_days",
)  # fmt: skip
MOST_GRID_DIGITS = 9
STATES = ("open", *workflow("lead").states)


def read_view(endpoint: str = "leads.page") -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read(endpoint, filters=FILTERS, sorts=tuple(SORTS))


def question_of(view: ListView, viewer: Viewer) -> LeadQuestion:
    """Return the question within the viewer's reach; a day that is none asks for nothing."""
    own = reach(viewer, Permission.SEE_LEADS)
    filters = view.filters
    received_from, received_before = asked_day(filters["day"])
    if filters["older_days"].isascii() and filters["older_days"].isdecimal():
        days = min(36_500, int(filters["older_days"]))
        received_before = instant(now() - timedelta(days=days))
    grid = filters["grid"]
    is_grid = grid.isascii() and grid.isdecimal() and len(grid) <= MOST_GRID_DIGITS
    return LeadQuestion(
        townships=own.asked_townships,
        state=filters["state"],
        domain=filters["domain"],
        township=filters["township"],
        urgency=filters["urgency"],
        text=filters["q"],
        received_from=received_from,
        received_before=received_before,
        observed_from=asked_day(filters["since"])[0],
        observed_before=asked_day(filters["until"])[1],
        grid_no=int(grid) if is_grid else None,
        needs_person=filters["conflict"] == "hard",
    )
