"""Parse what the list of check events is asked for."""

from __future__ import annotations

from server.console.listing import ListView, asked_day
from server.console.permissions import Permission, reach
from server.console.viewer import Viewer
from server.readmodel.check_event_queries import SORTS, CheckEventQuestion

FILTERS = ("state", "day", "received_day", "station", "service_order", "kind", "flag")
STATES = ("recorded", "confirmed", "questioned")


def read_view() -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read("check_events.page", filters=FILTERS, sorts=tuple(SORTS))


def question_of(view: ListView, viewer: Viewer) -> CheckEventQuestion:
    """Return the question within the viewer's reach; a day that is none asks for nothing."""
    own = reach(viewer, Permission.SEE_CHECK_EVENTS)
    filters = view.filters
    at_from, at_before = asked_day(filters["day"])
    received_from, received_before = asked_day(filters["received_day"])
    return CheckEventQuestion(
        townships=own.asked_townships,
        stations=own.asked_stations,
        state=filters["state"],
        station=filters["station"],
        order=filters["service_order"],
        kind=filters["kind"],
        at_from=at_from,
        at_before=at_before,
        received_from=received_from,
        received_before=received_before,
        flag=filters["flag"],
    )
