"""Spot checks: the list, who may be drawn today, and what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions, Slice

SORTS: Final = {"day": "json_extract(document.json, '$.entry.body.day')", "state": "record.state"}
SERVING_STATES: Final = ("assigned", "in_progress")
_DAY: Final = "json_extract(document.json, '$.entry.body.day')"
_HISTORY_ROWS: Final = 10
_COLUMNS: Final = (
    f"record.id, record.state, record.service_order, record.station, {_DAY}, "
    "json_extract(document.json, '$.entry.body.weight'), json_extract(document.json, '$.entry.body.rank')"
)
_FOUND: Final = (
    "EXISTS (SELECT 1 FROM step JOIN document AS said ON said.id = step.id "
    "WHERE step.record = record.id AND json_extract(said.json, '$.entry.body.fields.found') = ?)"
)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an order, the latest first: weights of sessions, and what looks found."""

    session_weights: Sequence[int] = ()
    outcomes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckQuestion:
    """What is asked for; empty asks for all. `not_at`: stations of which nothing open is shown."""

    townships: Collection[str] | None = None
    stations: Collection[str] | None = None
    not_at: Collection[str] = ()
    state: str = ""
    found: str = ""
    station: str = ""
    record: str = ""
    day_from: str = ""
    day_before: str = ""


@dataclass(frozen=True, slots=True)
class SpotCheckRow:
    """One line of the list."""

    id: str
    state: str | None
    order: str
    station: str
    day: str
    weight: int
    rank: int


def spot_check_rows(
    model: ReadModel, question: SpotCheckQuestion, part: Slice
) -> tuple[list[SpotCheckRow], int]:
    """Return the asked part of the spot checks that fit, and how many fit in all."""
    where = _conditions(question)
    source = f"record JOIN document ON document.id = record.id WHERE {where.sql}"
    total = int(model.select(f"SELECT count(*) FROM {source}", where.bound)[0][0])
    rows = model.select(
        f"SELECT {_COLUMNS} FROM {source} ORDER BY {part.order(SORTS, 'record.id')} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    return [SpotCheckRow(*row) for row in rows], total


def is_drawn(model: ReadModel, day: str) -> bool:
    """Has this day had its draw?"""
    question = SpotCheckQuestion(day_from=day, day_before=f"{day}~")
    return spot_check_rows(model, question, Slice("day", limit=0))[1] > 0


def serving_orders(model: ReadModel) -> set[str]:
    """Return the orders under which somebody serves now."""
    marks = ", ".join("?" * len(SERVING_STATES))
    rows = model.select(
        f"SELECT id FROM record WHERE type = 'service_order' AND state IN ({marks})", SERVING_STATES
    )
    return {str(row[0]) for row in rows}


def served_on(model: ReadModel, days: Collection[str]) -> set[tuple[str, str]]:
    """Return (order, station) of everybody who served on one of these days."""
    rows = model.select(
        "SELECT DISTINCT service_order, station FROM session_computed "
        "WHERE day IN (SELECT value FROM json_each(?)) AND state <> 'void'",
        (orjson.dumps(sorted(days)).decode(),),
    )
    return {(str(order), str(station)) for order, station in rows}


def history_of(model: ReadModel, order: str) -> History:
    """Return what is known of an order."""
    weights = model.select(
        "SELECT weight FROM session_computed WHERE service_order = ? ORDER BY day DESC, id DESC LIMIT ?",
        (order, _HISTORY_ROWS),
    )
    looks = model.select(
        "SELECT record.id, record.state FROM reference JOIN record ON record.id = reference.record "
        "WHERE reference.target = ? AND record.type = 'spot_check' AND record.state <> 'drawn' "
        "ORDER BY record.id DESC LIMIT ?",
        (order, _HISTORY_ROWS),
    )
    return History([int(row[0]) for row in weights], [_outcome(model, row) for row in looks])


def _outcome(model: ReadModel, row: tuple[Any, ...]) -> str:
    """Return what was found where somebody was met, else the state."""
    record_id, state = row
    record = model.record(record_id) if state == "done" else None
    return str(record.state.value("found")) if record else str(state)


def _conditions(question: SpotCheckQuestion) -> Conditions:
    where = Conditions()
    where.add("record.type = 'spot_check'")
    if question.townships is not None or question.stations is not None:
        where.within_stations("record.station", question.townships or (), question.stations or ())
    if question.not_at:
        where.add(
            "NOT (record.state = 'drawn' AND record.station IN (SELECT value FROM json_each(?)))",
            orjson.dumps(sorted(question.not_at)).decode(),
        )
    where.equal("record.state", question.state)
    where.equal("record.station", question.station)
    where.equal("record.id", question.record)
    if question.found:
        where.add(_FOUND, question.found)
    if question.day_from:
        where.add(f"{_DAY} >= ?", question.day_from)
    if question.day_before:
        where.add(f"{_DAY} < ?", question.day_before)
    return where
