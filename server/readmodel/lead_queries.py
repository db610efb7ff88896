"""The list of leads: filtered, sorted, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions, Slice
from server.readmodel.text import match_expression
from server.records.lead import places_of

SORTS = {
    # What waits for somebody first, the urgent of it before the rest, and of each the oldest.
    "queue": "(record.state IS NULL OR record.state NOT IN ('answered', 'closed')) * 2e11 "
    "+ (record.urgency = 'urgent') * 1e11 - unixepoch(record.received_at)",
    "received": "record.received_at",
    "changed": "record.last_at",
    "state": "record.state",
    "township": "record.township",
    "domain": "record.domain",
    "urgency": "record.urgency",
}
SETTLED_STATES = ("answered", "closed")
_SEEN = "record.number_in_model IN (SELECT number FROM lead_fact WHERE {})"
_AT = "record.number_in_model IN (SELECT lead FROM lead_place WHERE {})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuestion:
    """What is asked for; empty asks for all. `townships` None is the county, `state` may be `open`."""

    townships: Collection[str] | None
    state: str = ""
    domain: str = ""
    township: str = ""
    urgency: str = ""
    text: str = ""
    received_from: str = ""
    received_before: str = ""
    observed_from: str = ""
    observed_before: str = ""
    grid_no: int | None = None
    needs_person: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One line of the list; `state` is None while undecided."""

    id: str
    number: str | None
    title: str
    domain: str
    township: str | None
    urgency: str
    state: str | None
    received_at: str
    last_at: str
    conflict: str
    flags: Sequence[Mapping[str, Any]]


def lead_rows(model: ReadModel, question: LeadQuestion, part: Slice) -> tuple[list[LeadRow], int]:
    """Return the asked part of the leads that fit, and how many fit in all."""
    source, where = _from(question)
    order = part.order(SORTS, "record.number_in_model")
    total = model.select(f"SELECT count(*) FROM {source} WHERE {where.sql}", where.bound)[0][0]
    rows = model.select(
        "SELECT record.id, record.number, record.title, record.domain, record.township, record.urgency, "
        f"record.state, record.received_at, record.last_at, record.conflict, record.flags FROM {source} "
        f"WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    return [LeadRow(*(*row[:10], orjson.loads(row[10]))) for row in rows], int(total)


@dataclass(frozen=True, slots=True)
class LeadForExport:
    """What a file says of a lead besides its line: nothing of who reported it, and nothing of its photos."""

    row: LeadRow
    description: str
    place_text: str | None
    observed_at: str
    places: Sequence[Mapping[str, Any]]


def leads_for_export(model: ReadModel, question: LeadQuestion, part: Slice, most: int) -> list[LeadForExport]:
    """Return the leads that fit in the order of the list, at most so many."""
    rows, _total = lead_rows(model, question, replace(part, offset=0, limit=most))
    bodies: dict[str, bytes] = dict(
        model.select(
            "SELECT id, json FROM document WHERE id IN (SELECT value FROM json_each(?))",
            (orjson.dumps([row.id for row in rows]).decode(),),
        )
    )
    return [_for_export(row, orjson.loads(bodies[row.id])["entry"]["body"]) for row in rows]


def _for_export(row: LeadRow, body: Mapping[str, Any]) -> LeadForExport:
    return LeadForExport(
        row, body["description"], body.get("place_text"), body["observed_at"], places_of(body)
    )


def leads_arrived(model: ReadModel, question: LeadQuestion, after: int) -> int:
    """Return how many of the leads that fit came into the model after this place."""
    source, where = _from(question)
    where.add("record.number_in_model > ?", after)
    return int(model.select(f"SELECT count(*) FROM {source} WHERE {where.sql}", where.bound)[0][0])


def newest_place(model: ReadModel) -> int:
    """Return the place of the newest record in the model, to ask later what came after it."""
    return int(model.select("SELECT coalesce(max(number_in_model), 0) FROM record")[0][0])


def _from(question: LeadQuestion) -> tuple[str, Conditions]:
    where = Conditions()
    where.add("record.type = 'lead'")
    if question.townships is not None:
        where.among("record.township", question.townships)
    if question.state == "open":
        marks = ", ".join("?" * len(SETTLED_STATES))
        where.add(f"(record.state IS NULL OR record.state NOT IN ({marks}))", *SETTLED_STATES)
    else:
        where.equal("record.state", question.state)
    where.equal("record.id", question.record)
    where.equal("record.domain", question.domain)
    where.equal("record.township", question.township)
    where.equal("record.urgency", question.urgency)
    if question.received_from:
        where.add("record.received_at >= ?", question.received_from)
    if question.received_before:
        where.add("record.received_at < ?", question.received_before)
    if question.observed_from:
        where.add(_SEEN.format("observed_at >= ?"), question.observed_from)
    if question.observed_before:
        where.add(_SEEN.format("observed_at < ?"), question.observed_before)
    if question.grid_no is not None:
        where.add(_AT.format("grid_no = ?"), question.grid_no)
    if question.needs_person:
        where.add("record.conflict = 'hard'")
    expression = match_expression(question.text)
    if expression is None:
        return "record", where
    where.add("record_text MATCH ?", expression)
    return "record JOIN record_text ON record_text.rowid = record.number_in_model", where
