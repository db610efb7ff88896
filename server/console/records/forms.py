"""Parse what a list of records is asked for."""

from __future__ import annotations

from flask import request

from server.console.form import Form
from server.console.listing import ListView
from server.console.records.kind import among_of, readers, type_name
from server.console.viewer import Reach, Viewer
from server.readmodel.record_queries import SORTS, RecordQuestion

FILTERS = ("state",)
LEAST_REASON_CHARS, MOST_REASON_CHARS = 4, 200


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


def parse_reason() -> Form:
    """Read why somebody takes evidence out."""
    form = Form()
    form.take(request.form, "why")
    form.want("why")
    form.limit("why", LEAST_REASON_CHARS, MOST_REASON_CHARS)
    return form
