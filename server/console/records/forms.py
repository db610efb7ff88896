"""Parse what a list of records is asked for."""

from __future__ import annotations

from server.console.listing import ListView
from server.console.records.kind import among_of, readers, type_name
from server.console.viewer import Reach, Viewer
from server.readmodel.record_queries import SORTS, RecordQuestion

FILTERS = ("state",)


def read_view() -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read("records.page", filters=FILTERS, sorts=tuple(SORTS))


def question_of(view: ListView, viewer: Viewer, record: str = "") -> RecordQuestion:
    """Return the question within the viewer's reach."""
    grants = readers(viewer, type_name())
    own = Reach.of(grants)
    return RecordQuestion(
        among=among_of(grants),
        type=type_name(),
        townships=own.asked_townships,
        stations=own.asked_stations,
        state=view.filters["state"],
        record=record,
    )
