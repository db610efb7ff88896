"""Lists of computed sessions: filtered, sorted, counted; with what their order and station are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.check_event_queries import bodies_of
from server.readmodel.list_sql import Conditions, Slice

SORTS: Final = {
    "day": "session_computed.day",
    "due": "session_computed.due_on IS NULL, session_computed.due_on",
    "weight": "session_computed.weight",
    "station": "session_computed.station",
    "minutes": "session_computed.reported_min",
}
OPEN_STATES: Final = ("open", "ended", "confirmed", "disputed")
"""Nobody has decided on these yet, or somebody objects."""
SETTLED_STATES: Final = ("credited", "part_credited", "rejected", "void")

_WAITS: Final = "EXISTS (SELECT 1 FROM json_each(session_computed.waits_for) WHERE value {})"
_QUEUES: Final = {
    # Nothing is missing any more, or only the township's own word: a person may decide.
    "to_decide": "session_computed.state IN ('ended', 'confirmed') AND NOT "
    + _WAITS.format("<> 'township_review'"),
    "to_confirm": "session_computed.state = 'ended' AND " + _WAITS.format("= 'confirmation'"),
    "incomplete": "session_computed.state IN ('open', 'ended', 'confirmed') AND "
    + _WAITS.format("IN ('photo', 'photo_or_sheet', 'check_out', 'outside_order', 'reopening')"),
    "disputed": "session_computed.state = 'disputed'",
    # Later facts joined sessions on which persons had decided one by one: only one decision counts.
    "decided_twice": "json_array_length(session_computed.json, '$.twins') > 0",
    "unsettled": "session_computed.state IN ('open', 'ended', 'confirmed', 'disputed')",
    "settled": "session_computed.state IN ('credited', 'part_credited', 'rejected', 'void')",
}
QUEUES: Final = tuple(_QUEUES)
_SAID: Final = {
    "confirmed": "json_array_length(session_computed.json, '$.confirmed_by') > 0",
    "denied": "json_array_length(session_computed.json, '$.denied_by') > 0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuestion:
    """What is asked for; empty asks for all. Both of `townships` and `stations` None is the county.

    `ids`: of these sessions alone, as an auditor's sample; None asks for all.
    """

    townships: Collection[str] | None = None
    stations: Collection[str] | None = None
    ids: Collection[str] | None = None
    queue: str = ""
    state: str = ""
    station: str = ""
    order: str = ""
    day_from: str = ""
    day_before: str = ""
    due_before: str = ""
    flag: str = ""
    said: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the rules computed it; `display_code` stands for the participant."""

    session: Mapping[str, Any]
    order: Mapping[str, Any]
    station: Mapping[str, Any]
    record_state: str | None = None
    """Of its record, in which doubts and persons have a say too; None before it is written."""

    @property
    def id(self) -> str:
        """The id of the session's record, made or not yet made."""
        return str(self.session.get("record") or record_of(self.session["id"]))

    @property
    def display_code(self) -> str:
        return str(self.order.get("display_code", ""))

    @property
    def station_name(self) -> str:
        return str(self.station.get("name", ""))


def record_of(session_id: str) -> str:
    """Return the id of the record of a session that is known by this event."""
    return f"service_session:{session_id.rpartition(':')[2]}"


def session_rows(model: ReadModel, question: SessionQuestion, part: Slice) -> tuple[list[SessionRow], int]:
    """Return the asked part of the sessions that fit, and how many fit in all."""
    where = _conditions(question)
    total = count_sessions(model, question)
    if not part.limit:
        return [], total
    rows = model.select(
        "SELECT json FROM session_computed JOIN (SELECT id AS chosen, row_number() OVER "
        f"(ORDER BY {part.order(SORTS, 'session_computed.id')}) AS place FROM session_computed "
        f"WHERE {where.sql} ORDER BY place LIMIT ? OFFSET ?) ON chosen = id ORDER BY place",
        (*where.bound, part.limit, part.offset),
    )
    return with_names(model, [orjson.loads(row[0]) for row in rows]), total


def count_sessions(model: ReadModel, question: SessionQuestion) -> int:
    """Return how many sessions fit."""
    where = _conditions(question)
    return int(model.select(f"SELECT count(*) FROM session_computed WHERE {where.sql}", where.bound)[0][0])


def session_ids(model: ReadModel, question: SessionQuestion) -> list[str]:
    """Return the ids of all sessions that fit, as the rules name them."""
    where = _conditions(question)
    rows = model.select(f"SELECT id FROM session_computed WHERE {where.sql} ORDER BY id", where.bound)
    return [str(row[0]) for row in rows]


def session_of(model: ReadModel, record_id: str) -> SessionRow | None:
    """Return the session of this record; it may be known by another event than when it was written."""
    event = f"check_event:{record_id.partition(':')[2]}"
    rows = model.select("SELECT json FROM session_computed WHERE id = ?", (f"session:{event}",))
    if not rows:
        body = model.body(record_id) or {}
        rows = model.select(
            "SELECT json FROM session_computed WHERE service_order = ? AND EXISTS (SELECT 1 FROM "
            "json_each(session_computed.json, '$.events') WHERE value IN (SELECT value FROM json_each(?))) "
            "ORDER BY id LIMIT 1",
            (body.get("order", ""), orjson.dumps(body.get("check_events", [])).decode()),
        )
    return with_names(model, [orjson.loads(rows[0][0])])[0] if rows else None


def days_served(model: ReadModel, orders: Collection[str]) -> set[tuple[str, str]]:
    """Return (order, day) of every session of these orders; a void one is none."""
    rows = model.select(
        "SELECT DISTINCT service_order, day FROM session_computed "
        "WHERE service_order IN (SELECT value FROM json_each(?)) AND state <> 'void'",
        (orjson.dumps(sorted(orders)).decode(),),
    )
    return {(str(order), str(day)) for order, day in rows}


def with_names(model: ReadModel, sessions: Sequence[Mapping[str, Any]]) -> list[SessionRow]:
    """Return sessions with the bodies of their orders and stations."""
    named = {each["order"] for each in sessions} | {each["station"] for each in sessions}
    bodies = bodies_of(model, named)
    states = _states(model, [each["record"] for each in sessions if each["record"]])
    return [
        SessionRow(
            each,
            bodies.get(each["order"], {}),
            bodies.get(each["station"], {}),
            states.get(each["record"] or ""),
        )
        for each in sessions
    ]


def _states(model: ReadModel, records: Sequence[str]) -> dict[str, str | None]:
    rows = model.select(
        "SELECT id, state FROM record WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(records)).decode(),),
    )
    return {str(row[0]): row[1] for row in rows}


def _conditions(question: SessionQuestion) -> Conditions:
    where = Conditions()
    if question.townships is not None or question.stations is not None:
        where.within_stations("session_computed.station", question.townships or (), question.stations or ())
    if question.ids is not None:
        where.add(
            "session_computed.id IN (SELECT value FROM json_each(?))",
            orjson.dumps(sorted(question.ids)).decode(),
        )
    for texts, name in ((_QUEUES, question.queue), (_SAID, question.said)):
        if name:
            where.add(texts.get(name, "0"))
    where.equal("session_computed.state", question.state)
    where.equal("session_computed.station", question.station)
    where.equal("session_computed.service_order", question.order)
    for text, day in (("day >= ?", question.day_from), ("day < ?", question.day_before)):
        if day:
            where.add(f"session_computed.{text}", day)
    if question.due_before:
        where.add("session_computed.due_on < ?", question.due_before)
    if question.flag in ("any", "none"):
        where.add(f"session_computed.flags {'<>' if question.flag == 'any' else '='} '[]'")
    elif question.flag:
        codes = orjson.dumps(question.flag.split(",")).decode()
        where.add(
            "EXISTS (SELECT 1 FROM json_each(session_computed.flags) WHERE value IN "
            "(SELECT value FROM json_each(?)))",
            codes,
        )
    if question.by:
        where.add(
            "EXISTS (SELECT 1 FROM json_each(session_computed.json, '$.confirmed_by') WHERE value = ?)",
            question.by,
        )
    return where
