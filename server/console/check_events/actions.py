"""What a user can do with check events: find, open, confirm, question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.console.check_events.fence import FenceAnswer, Sample, fence_answer, samples_of
from server.console.check_events.forms import question_of
from server.console.listing import ListView, Page
from server.console.look import state_look
from server.console.opened import OpenedRecord
from server.console.permissions import Permission, grants_for, may, reach
from server.console.photos import photos_of
from server.console.proof import proof_of
from server.console.steps import (
    Outcome,
    StepForm,
    choices_for,
    history_of,
    take_step,
)
from server.console.viewer import GrantLike, Viewer
from server.readmodel.check_event_queries import (
    CheckEventQuestion,
    CheckEventRow,
    bodies_of,
    check_event_rows,
    check_events_arrived,
    station_names,
)
from server.readmodel.lead_queries import newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.rows import RecordRow
from server.services import current


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEventView(OpenedRecord):
    """A check event as this viewer sees it: a station sees no order, no note and no proof."""

    station: Mapping[str, Any] | None
    order: Mapping[str, Any] | None
    fix: Mapping[str, Any] | None
    samples: Sequence[Sample]
    fence: FenceAnswer | None

    @property
    def display_code(self) -> str:
        return str((self.order or {}).get("display_code", ""))


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[CheckEventRow], int]:
    """Return the check events that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = check_event_rows(model, question_of(view, viewer), part)
    return Page(rows, total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> CheckEventRow | None:
    """Return the check event as its line of the list shows it."""
    own = reach(viewer, Permission.SEE_CHECK_EVENTS)
    question = CheckEventQuestion(
        townships=own.asked_townships,
        stations=own.asked_stations,
        record=record_id,
    )
    rows, _total = check_event_rows(current().readmodel, question, Slice("received", limit=1))
    return rows[0] if rows else None


def count_news(view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many check events of this list came after that place."""
    return check_events_arrived(current().readmodel, question_of(view, viewer), after)


def stations_in_reach(viewer: Viewer) -> list[tuple[str, str]]:
    """Return (id, name) of the stations that the viewer can filter by."""
    own = reach(viewer, Permission.SEE_CHECK_EVENTS)
    return station_names(
        current().readmodel,
        own.asked_townships,
        own.asked_stations,
    )


def find(record_id: str, viewer: Viewer) -> CheckEventView | None:
    """Return the check event; None when there is none within the viewer's reach."""
    row = find_row(record_id, viewer)
    return _view(row, viewer) if row else None


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the check event as it is folded, within the viewer's reach."""
    row = current().readmodel.record(record_id)
    if row is None or row.type != "check_event":
        return None
    station = _station(row)
    township = station["township"] if station else None
    own = reach(viewer, Permission.SEE_CHECK_EVENTS)
    return row if own.has(township=township, station=row.body["station"]) else None


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Take a step that one of the viewer's grants over this station allows."""
    return take_step(row, form, viewer, _grants(row, _station(row), viewer))


def _view(row: RecordRow, viewer: Viewer) -> CheckEventView:
    bodies = bodies_of(current().readmodel, {row.body["station"], row.body["order"]})
    station, order = bodies.get(row.body["station"]), bodies.get(row.body["order"])
    fix = row.parts.get("fix", {}).get("value")
    return CheckEventView(
        row=row,
        look=state_look("check_event", row.state.state or ""),
        station=station,
        order=order,
        fix=fix,
        samples=samples_of(fix, station) if fix else (),
        fence=fence_answer(fix, station) if fix else None,
        photos=photos_of(row),
        history=history_of(row, viewer, with_texts=may(viewer, Permission.ACT_ON_CHECK_EVENTS)),
        choices=choices_for(row, _grants(row, station, viewer), viewer),
        proof=proof_of(row.entry, row.receipts, row.media) if may(viewer, Permission.SEE_PROOF) else None,
    )


def _grants(row: RecordRow, station: Mapping[str, Any] | None, viewer: Viewer) -> list[GrantLike]:
    township = station["township"] if station else None
    return grants_for(viewer, Permission.ACT_ON_CHECK_EVENTS, township=township, station=row.body["station"])


def _station(row: RecordRow) -> Mapping[str, Any] | None:
    return bodies_of(current().readmodel, {row.body["station"]}).get(row.body["station"])
