"""Which decisions of persons count, and the ledger that they make (DOMAIN 3.6; 4, rows 8, 20, 24).

The machine decides nothing: a decision that cannot count is shown with the reason, and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from server.sessions.facts import REVIEWERS, Decision, Facts, Order
from server.sessions.order_life import is_closed
from server.sessions.outcome import LedgerEntry, SetAside


@dataclass(frozen=True, slots=True)
class Judged:
    """What a decision has to fit: one session, before any decision on it."""

    session: str
    order: Order
    day: date
    reported_min: int
    may_not_decide: frozenset[str]
    cap_min: int
    events: frozenset[str]


@dataclass(slots=True)
class Ledger:
    """The entries that count, by the order in which they were decided."""

    entries: list[LedgerEntry] = field(default_factory=list)
    not_counted: list[SetAside] = field(default_factory=list)
    of_session: dict[str, list[Decision]] = field(default_factory=dict)
    minutes: dict[str, int] = field(default_factory=dict)
    """Sum by session."""


def ledger(facts: Facts, sessions: Sequence[Judged]) -> Ledger:
    """Return the ledger; it depends on the set of decisions alone, never on the order they came in."""
    by_event = {event: session for session in sessions for event in session.events}
    objections = {each.id: each for each in facts.objections}
    by_id = {each.id: each for each in facts.decisions}
    found = Ledger()
    counted: dict[str, Decision] = {}
    taken: dict[tuple[str, str | None], str] = {}
    of_day: dict[date, int] = defaultdict(int)
    for decision in _in_order(facts.decisions, by_event):
        session = by_event.get(decision.event)
        reason = "session_unknown" if session is None else None
        if session is not None:
            answered = objections.get(decision.answers or "")
            first = by_id.get(answered.decision) if answered else None
            deciders = frozenset({first.by} if first else ())
            before = found.minutes.get(session.session, 0)
            reason = _link_reason(decision, session, counted, taken) or _reason(
                decision, session, deciders, before, of_day[session.day]
            )
        if session is None or reason is not None:
            found.not_counted.append(SetAside(decision.id, reason or "session_unknown"))
            continue
        counted[decision.id] = decision
        taken[session.session, decision.replaces] = decision.id
        minutes = sum(entry.minutes for entry in decision.entries)
        of_day[session.day] += minutes
        found.minutes[session.session] = found.minutes.get(session.session, 0) + minutes
        found.of_session.setdefault(session.session, []).append(decision)
        found.entries += _entries(decision, session.session)
    return found


def _in_order(decisions: Iterable[Decision], by_event: Mapping[str, Judged]) -> list[Decision]:
    """What replaces comes after what it replaces; of two side by side, the one with fewer minutes first.

    Of several taken at one moment the session says which is first: a decision's id names the record that it
    was taken on, and which event that is named after depends on what had come by then.
    """
    by_id = {each.id: each for each in decisions}

    def depth(decision: Decision) -> int:
        seen: set[str] = set()
        steps, each = 0, decision
        while each.replaces in by_id and each.id not in seen:
            seen.add(each.id)
            steps, each = steps + 1, by_id[each.replaces]
        return steps

    def place(decision: Decision) -> tuple[int, int, datetime, str, str]:
        session = by_event.get(decision.event)
        minutes = sum(entry.minutes for entry in decision.entries)
        about = decision.event if session is None else session.session
        return depth(decision), minutes, decision.at, about, decision.id

    return sorted(by_id.values(), key=place)


def _reason(
    decision: Decision, session: Judged, deciders: frozenset[str], before_min: int, of_day_min: int
) -> str | None:
    """Return why this person may not decide so, or None."""
    minutes = sum(entry.minutes for entry in decision.entries)
    total = before_min + minutes
    if decision.role not in REVIEWERS:
        return "may_not_credit"
    if decision.by in session.may_not_decide | deciders:
        return "not_independent"
    if is_closed(session.order, decision.at):
        return "order_closed"
    if total < 0 or (decision.verdict in ("rejected", "void") and total != 0):
        return "verdict_mismatch"
    if total > session.reported_min and not decision.reason:
        return "more_than_reported"
    if minutes > 0 and of_day_min + minutes > session.cap_min and not decision.reason:
        return "over_cap"
    return None


def _link_reason(
    decision: Decision,
    session: Judged,
    counted: Mapping[str, Decision],
    taken: Mapping[tuple[str, str | None], str],
) -> str | None:
    """Return why it has no place in the chain of the session's decisions: nobody is credited twice."""
    if decision.replaces is not None and (
        decision.replaces not in counted or counted[decision.replaces].event not in session.events
    ):
        return "replaces_unknown"
    if (session.session, decision.replaces) in taken:
        return "decision_conflict"
    return None


def _entries(decision: Decision, session: str) -> list[LedgerEntry]:
    return [
        LedgerEntry(
            entry.kind,
            entry.minutes,
            session,
            entry.reason_code,
            entry.basis,
            decision=decision.id,
            decided_by=decision.by,
            replaces=decision.replaces,
        )
        for entry in decision.entries
    ]
