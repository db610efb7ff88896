"""Laws of what the machine writes, on random days whose facts come in two portions (DOMAIN 3.5; 4, b)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from random import Random
from typing import Any

import pytest

from server.fold import FoldEntry, Severity, fold
from server.ledger.following import TYPE, followed, matched
from server.ledger.gather import Standing
from server.ledger.machine_entry import MachineEntry
from server.sessions import Calendar, Facts, Session, SessionSettings, Terms, weekdays_only
from server.workflows import workflow
from tests.unit.sessions.county import ZONE, assessed, at
from tests.unit.sessions.random_days import random_facts, shuffled

DAYS = 500
NOW = "30 12:00"
SHORT = {"code_stale_periods": 3}
FLOW = workflow(TYPE)


@dataclass
class Book:
    """The records of sessions as the fold makes them of what the machine wrote."""

    bodies: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, list[FoldEntry]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    def enter(self, entries: list[MachineEntry]) -> None:
        for entry in entries:
            self.ids.append(entry.id)
            body = entry.body
            if entry.type == TYPE:
                self.bodies[entry.id], self.steps[entry.id] = body, []
                continue
            base = tuple(body["base"]) or (entry.after or "",)
            self.step(entry.id, base, body)

    def step(self, id_: str, base: tuple[str, ...], body: Any, role: str = "system") -> None:
        step = FoldEntry(
            id_, base, body["action"], body.get("to"), body["fields"], body.get("reason"), role, role
        )
        self.steps[body["record"]].append(step)

    def standing(self) -> dict[str, Standing]:
        found = {}
        for id_, body in self.bodies.items():
            state = fold(FoldEntry(id_, fields=body), self.steps[id_], FLOW)
            assert not state.refused
            assert not state.held
            found[id_] = Standing(id_, TYPE, body, state, datetime.now(ZONE), id_)
        return found


def sessions_of(facts: Facts) -> list[list[Session]]:
    return [list(each.sessions) for _, each in sorted(assessed(facts, NOW, **SHORT).items())]


def planned(facts: Facts, book: Book) -> list[MachineEntry]:
    terms = Terms(SessionSettings(**SHORT), Calendar(ZONE, weekdays_only), at(NOW))
    standing, found = book.standing(), []
    for sessions in sessions_of(facts):
        orders = {order.id for order in facts.orders if order.participant == participant_of(facts, sessions)}
        own = {id_: each for id_, each in standing.items() if each.body["order"] in orders}
        found += [entry for chain in followed(sessions, own, terms) for entry in chain]
    return found


def participant_of(facts: Facts, sessions: list[Session]) -> str | None:
    by_order = {order.id: order.participant for order in facts.orders}
    return by_order[sessions[0].order] if sessions else None


def event_id(name: str) -> str:
    return f"check_event:01j{'0' * 20}{int(name[1:]):03}"


def random_day(seed: int) -> Facts:
    """Random facts with ids as records have them."""
    facts = random_facts(seed)
    return replace(
        facts,
        events=tuple(replace(each, id=event_id(each.id)) for each in facts.events),
        decisions=tuple(replace(each, event=event_id(each.event)) for each in facts.decisions),
        reassignments=tuple(replace(each, event=event_id(each.event)) for each in facts.reassignments),
    )


def earlier(facts: Facts, rng: Random) -> Facts:
    """A part of what there is to know, as it might have come first."""
    rows = {each.name: getattr(facts, each.name) for each in fields(Facts)}
    for name in ("events", "attestations", "decisions", "objections", "slots", "standdowns"):
        rows[name] = tuple(row for row in rows[name] if rng.random() < 0.6)
    return Facts(**rows)


def settled(facts: Facts, book: Book) -> None:
    """Let the machine write until nothing is left; it comes to an end at once."""
    book.enter(planned(facts, book))
    assert planned(facts, book) == []


def laws_hold(seed: int) -> Counter[str]:
    facts, rng, book = random_day(seed), Random(seed), Book()
    settled(earlier(facts, rng), book)
    decided = somebody_decides(book, rng)
    before = len(book.ids)
    plan = planned(facts, book)
    assert planned(shuffled(facts, Random(seed)), book) == plan
    settled(facts, book)
    standing = book.standing()
    assert len(book.ids) == len(set(book.ids))
    assert all(each.state.severity is Severity.NONE for each in standing.values())
    for id_, state in decided.items():
        assert standing[id_].state.state == state
    for sessions in sessions_of(facts):
        each_session_is_told_once(sessions, standing, set(decided))
    return Counter(step.action for steps in book.steps.values() for step in steps) + Counter(
        {"later": len(book.ids) - before}
    )


def somebody_decides(book: Book, rng: Random) -> dict[str, str]:
    decided = {}
    for id_, each in book.standing().items():
        if each.state.state == "confirmed" and rng.random() < 0.5:
            body = {"record": id_, "action": "credit", "to": "credited", "fields": {"credited_min": 60}}
            book.step(f"{id_} credit", each.state.heads, body, "prosecutor")
            decided[id_] = "credited"
    return decided


def each_session_is_told_once(sessions: list[Session], standing: Any, decided: set[str]) -> None:
    own = {id_: each for id_, each in standing.items() if each.body["order"] in {s.order for s in sessions}}
    record_of = matched(sessions, own).record_of
    assert len(set(record_of.values())) == len(record_of)
    for session in sessions:
        if session.is_open:
            continue
        record = standing[record_of[session.id]]
        assert record.state.value("reported_min") == session.reported_min
        if record.id not in decided:
            assert record.state.state in states_of(session)
    told = set(record_of.values()) | decided
    rest = {id_ for id_, each in own.items() if each.state.state != "superseded"}
    assert rest - told == set()


def states_of(session: Session) -> set[str]:
    if session.denied_by:
        return {"disputed"}
    if session.is_confirmed:
        return {"confirmed", "flagged"}
    return {"auto_ended" if session.is_auto_ended else "ended"}


class TestLaws:
    """Whatever comes later, each session has one record, decisions stand, and the machine comes to rest."""

    @pytest.mark.timeout(600)
    def test_they_hold_on_random_days(self) -> None:
        seen: Counter[str] = Counter()
        for seed in range(DAYS):
            seen += laws_hold(seed)

        wanted = ("end", "auto_end", "confirm", "deny", "follow", "flag_session", "supersede", "credit")
        assert [action for action in wanted if not seen[action]] == []
