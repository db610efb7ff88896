"""The list of check events: filtered, sorted, counted; with what their order and station are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions, Slice

SORTS = {
    "at": "record.at",
    "received": "record.received_at",
    "station": "record.station",
    "state": "record.state",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEventQuestion:
    """What is asked for; empty asks for all. Both of `townships` and `stations` None is the county."""

    townships: Collection[str] | None
    stations: Collection[str] | None
    state: str = ""
    station: str = ""
    order: str = ""
    kind: str = ""
    at_from: str = ""
    at_before: str = ""
    received_from: str = ""
    received_before: str = ""
    flag: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class CheckEventRow:
    """One line of the list; `display_code` stands for the participant."""

    id: str
    kind: str
    at: str
    received_at: str
    state: str | None
    conflict: str
    station: str
    station_name: str
    order: str
    display_code: str
    flags: Sequence[Mapping[str, Any]]


def check_event_rows(
    model: ReadModel, question: CheckEventQuestion, part: Slice
) -> tuple[list[CheckEventRow], int]:
    """Return the asked part of the check events that fit, and how many fit in all."""
    where = _conditions(question)
    order = part.order(SORTS, "record.number_in_model")
    total = model.select(f"SELECT count(*) FROM record WHERE {where.sql}", where.bound)[0][0]
    rows = model.select(
        "SELECT record.id, record.kind, record.at, record.received_at, record.state, record.conflict, "
        "record.station, record.service_order, record.flags "
        f"FROM record WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    bodies = bodies_of(model, {row[6] for row in rows} | {row[7] for row in rows})
    return [_row(row, bodies) for row in rows], int(total)


def check_events_arrived(model: ReadModel, question: CheckEventQuestion, after: int) -> int:
    """Return how many of the check events that fit came into the model after this place."""
    where = _conditions(question)
    where.add("record.number_in_model > ?", after)
    return int(model.select(f"SELECT count(*) FROM record WHERE {where.sql}", where.bound)[0][0])


def bodies_of(model: ReadModel, record_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return the bodies of these records, of those that there are."""
    rows = model.select(
        "SELECT id, json FROM document WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps([record_id for record_id in record_ids if record_id]).decode(),),
    )
    return {record_id: orjson.loads(json)["entry"]["body"] for record_id, json in rows}


def station_names(
    model: ReadModel, townships: Collection[str] | None, stations: Collection[str] | None
) -> list[tuple[str, str]]:
    """Return (id, name) of the stations in reach, by name."""
    where = Conditions()
    where.add("type = 'station'")
    if townships is not None or stations is not None:
        where.within_stations("id", townships or (), stations or ())
    rows = model.select(f"SELECT id, title FROM record WHERE {where.sql} ORDER BY title", where.bound)
    return [(row[0], row[1]) for row in rows]


def _conditions(question: CheckEventQuestion) -> Conditions:
    where = Conditions()
    where.add("record.type = 'check_event'")
    if question.townships is not None or question.stations is not None:
        where.within_stations("record.station", question.townships or (), question.stations or ())
    where.equal("record.id", question.record)
    where.equal("record.state", question.state)
    where.equal("record.station", question.station)
    where.equal("record.service_order", question.order)
    where.equal("record.kind", question.kind)
    for column, first, after in (
        ("record.at", question.at_from, question.at_before),
        ("record.received_at", question.received_from, question.received_before),
    ):
        if first:
            where.add(f"{column} >= ?", first)
        if after:
            where.add(f"{column} < ?", after)
    if question.flag == "any":
        where.add("record.flags <> '[]'")
    elif question.flag:
        where.add("EXISTS (SELECT 1 FROM json_each(record.flags) WHERE value ->> 'code' = ?)", question.flag)
    return where


def _row(row: tuple[Any, ...], bodies: Mapping[str, Mapping[str, Any]]) -> CheckEventRow:
    station, order = bodies.get(row[6], {}), bodies.get(row[7], {})
    name, code = str(station.get("name", "")), str(order.get("display_code", ""))
    return CheckEventRow(*(*row[:7], name, row[7], code, orjson.loads(row[8])))
