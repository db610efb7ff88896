"""Parse what the list of spot checks is asked for."""

from __future__ import annotations

from typing import Final

from server.console.listing import ListView
from server.console.permissions import Permission, reach
from server.console.service_sessions.forms import asked_days
from server.console.viewer import Viewer
from server.readmodel.spot_check_queries import SORTS, SpotCheckQuestion

FILTERS: Final = ("state", "found", "station", "month", "day")
STATES: Final = ("drawn", "done", "not_met", "could_not")


def read_view() -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read("spot_checks.page", filters=FILTERS, sorts=tuple(SORTS))


def question_of(view: ListView, viewer: Viewer, record: str = "") -> SpotCheckQuestion:
    """Return the question within the viewer's reach.

    Whoever also supervises a station is shown nothing of it that is still to come: it is unannounced.
    """
    own, filters = reach(viewer, Permission.SEE_SPOT_CHECKS), view.filters
    first, after = asked_days(filters["month"], filters["day"])
    return SpotCheckQuestion(
        townships=own.asked_townships,
        stations=own.asked_stations,
        not_at={grant.scope for grant in viewer.grants if grant.role == "supervisor"},
        state=filters["state"],
        found=filters["found"],
        station=filters["station"],
        record=record,
        day_from=first,
        day_before=after,
    )
