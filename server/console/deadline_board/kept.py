"""Due dates of records, kept until the record, the day or the calendar changes: folding all anew is slow.

Everything kept can be made again; it belongs to the application, not to a module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from server.deadlines import DueDate
from server.readmodel.readmodel import ReadModel
from server.readmodel.rows import RecordRow
from server.workflows import workflow
from server.workflows.due_dates import Today, due_dates

EXTENSION = "liandong.due_dates"


@dataclass(frozen=True, slots=True)
class Running:
    """What of a record the board shows, and the due dates that still run."""

    record: str
    type: str
    state: str
    order: str
    display_code: str
    day: str
    station: str
    due: Sequence[DueDate]


class KeptDueDates:
    """One object an application; threads may ask at once, and at worst compute the same twice."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[Any, ...], Running]] = {}

    def of(self, model: ReadModel, record: str, place: int, today: Today) -> Running | None:
        """Return what runs on a record; None where it counts no more."""
        key = (model.identity, place, today.on)
        kept = self._kept.get(record)
        if kept is not None and kept[0][:3] == key and kept[0][3] is today.calendar:
            return kept[1]
        row = model.record(record)
        if row is None:
            return None
        found = _running(row, today)
        self._kept[record] = ((*key, today.calendar), found)
        return found


def kept() -> KeptDueDates:
    """Return this application's."""
    return cast("KeptDueDates", current_app.extensions.setdefault(EXTENSION, KeptDueDates()))


def _running(row: RecordRow, today: Today) -> Running:
    found = due_dates(workflow(row.type), row, today)
    return Running(
        record=row.id,
        type=row.type,
        state=row.state.state or "",
        order=str(row.body.get("order", "")),
        display_code=str(row.body.get("display_code", "")),
        day=str(row.state.value("ended_on") or row.body.get("day") or ""),
        station=str(row.body.get("station", "")),
        due=tuple(due for due in found if due.ended_on is None and due.status != "over"),
    )
