"""Participants and the orders of each, as the console lists them; by code and member, never by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.readmodel.list_sql import Conditions, Slice
from server.readmodel.readmodel import ReadModel

SORTS = {"received": "record.received_at", "code": "json_extract(document.json, '$.entry.body.display_code')"}


@dataclass(frozen=True, slots=True)
class ListedParticipant:
    """One line; `orders` counts those that exist, `open_order` is the newest that is not over."""

    id: str
    member: str
    display_code: str
    number: str | None
    state: str
    residence: str
    received_at: str
    orders: int


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order of one participant."""

    id: str
    title: str
    state: str
    received_at: str


def participant_rows(
    model: ReadModel, *, state: str, code: str, part: Slice
) -> tuple[list[ListedParticipant], int]:
    """Return the asked part of the participants that fit, and how many fit in all."""
    where = Conditions()
    where.equal("record.type", "participant")
    where.equal("record.state", state)
    if code:
        where.add("instr(json_extract(document.json, '$.entry.body.display_code'), ?) > 0", code)
    home = "FROM record JOIN document ON document.id = record.id"
    total = model.select(f"SELECT count(*) {home} WHERE {where.sql}", where.bound)[0][0]
    rows = model.select(
        "SELECT record.id, json_extract(document.json, '$.entry.body.member') AS member, "
        "json_extract(document.json, '$.entry.body.display_code'), record.number, record.state, "
        "json_extract(document.json, '$.entry.body.residence'), record.received_at, "
        "(SELECT count(*) FROM record AS o WHERE o.type = 'service_order' "
        "AND o.subject = json_extract(document.json, '$.entry.body.member')) "
        f"{home} WHERE {where.sql} ORDER BY {part.order(SORTS, 'record.number_in_model')} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    return [ListedParticipant(*row) for row in rows], int(total)


def participants_in(model: ReadModel, states: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (record, state, member) of the participants in these states."""
    marks = ", ".join("?" for _ in states)
    rows = model.select(
        "SELECT record.id, record.state, json_extract(document.json, '$.entry.body.member') "
        "FROM record JOIN document ON document.id = record.id "
        f"WHERE record.type = 'participant' AND record.state IN ({marks}) ORDER BY record.id",
        tuple(states),
    )
    return [(str(id_), str(state), str(member)) for id_, state, member in rows]


def orders_of(model: ReadModel, member: str) -> list[ListedOrder]:
    """Return a member's orders, the newest first."""
    rows = model.select(
        "SELECT id, coalesce(title, id), state, received_at FROM record "
        "WHERE type = 'service_order' AND subject = ? ORDER BY received_at DESC, id",
        (member,),
    )
    return [ListedOrder(*row) for row in rows]


def enrolled_participants(model: ReadModel) -> list[tuple[str, str]]:
    """Return (record, code) of the participants for whom an order can be made, by code."""
    rows = model.select(
        "SELECT record.id, json_extract(document.json, '$.entry.body.display_code') AS code "
        "FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'participant' AND record.state IN ('registered', 'active') ORDER BY code"
    )
    return [(str(id_), str(code)) for id_, code in rows]
