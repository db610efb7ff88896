"""Lists of records of any type: filtered by state and reach, and their titles for choosing one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions, Slice

SORTS = {"received": "record.received_at", "changed": "record.last_at", "state": "record.state"}
MOST_TITLES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuestion:
    """What is asked for. `townships` and `stations` None are the whole county."""

    type: str
    townships: Collection[str] | None = None
    stations: Collection[str] | None = None
    among: Collection[str] | None = None
    """Only these ids, where reach is worked out record by record, as for a unit."""
    state: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One line of a list; `title` is empty where the type has none."""

    id: str
    title: str
    number: str | None
    state: str | None
    received_at: str
    conflict: str


def record_rows(model: ReadModel, question: RecordQuestion, part: Slice) -> tuple[list[ListedRecord], int]:
    """Return the asked part of the records that fit, and how many fit in all."""
    where = _conditions(question)
    total = model.select(f"SELECT count(*) FROM record WHERE {where.sql}", where.bound)[0][0]
    rows = model.select(
        "SELECT id, coalesce(title, ''), number, state, received_at, conflict FROM record "
        f"WHERE {where.sql} ORDER BY {part.order(SORTS, 'record.number_in_model')} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    return [ListedRecord(*row) for row in rows], int(total)


def records_arrived(model: ReadModel, question: RecordQuestion, after: int) -> int:
    """Return how many of the records that fit came into the model after this place."""
    where = _conditions(question)
    where.add("record.number_in_model > ?", after)
    return int(model.select(f"SELECT count(*) FROM record WHERE {where.sql}", where.bound)[0][0])


def record_titles(model: ReadModel, record_type: str) -> list[tuple[str, str]]:
    """Return (id, title) of the newest records of a type, for choosing one."""
    rows = model.select(
        "SELECT id, coalesce(number || ' ', '') || coalesce(title, id) FROM record WHERE type = ? "
        "ORDER BY received_at DESC, id LIMIT ?",
        (record_type, MOST_TITLES),
    )
    return [(str(id_), str(title)) for id_, title in rows]


def ids_of_type(model: ReadModel, record_type: str) -> list[str]:
    """Return the ids of all records of a type."""
    return [str(id_) for (id_,) in model.select("SELECT id FROM record WHERE type = ?", (record_type,))]


def records_naming(model: ReadModel, record_id: str, types: Collection[str]) -> list[str]:
    """Return the ids of records of these types that name the record, sorted."""
    rows = model.select(
        "SELECT record.id FROM reference JOIN record ON record.id = reference.record "
        "WHERE reference.target = ? AND record.type IN (SELECT value FROM json_each(?)) ORDER BY record.id",
        (record_id, orjson.dumps(sorted(types)).decode()),
    )
    return [str(id_) for (id_,) in rows]


def _conditions(question: RecordQuestion) -> Conditions:
    where = Conditions()
    where.equal("record.type", question.type)
    where.equal("record.state", question.state)
    where.equal("record.id", question.record)
    if question.among is not None:
        where.add(
            "record.id IN (SELECT value FROM json_each(?))", orjson.dumps(sorted(question.among)).decode()
        )
    elif question.townships is not None or question.stations is not None:
        _within(where, question.townships or (), question.stations or ())
    return where


def _within(where: Conditions, townships: Collection[str], stations: Collection[str]) -> None:
    """Ask for records of these places, or naming what is of them (a station, or an order at a station)."""
    towns, own = orjson.dumps(sorted(townships)).decode(), orjson.dumps(sorted(stations)).decode()
    places = "SELECT id FROM record AS place WHERE place.township IN (SELECT value FROM json_each(?))"
    reached = f"SELECT value FROM json_each(?) UNION {places}"
    once = f"SELECT record FROM reference WHERE target IN ({reached})"
    where.add(
        f"(record.id IN ({reached}) OR record.id IN ({once}) "
        f"OR record.id IN (SELECT record FROM reference WHERE target IN ({once})))",
        *([own, towns] * 3),
    )
