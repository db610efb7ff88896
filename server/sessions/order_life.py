"""Was the order open when a session began, and could the phone know? (DOMAIN 4, rows 22, 23 and 24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from server.sessions.facts import Order, OrderChange
from server.sessions.outcome import Flag


@dataclass(frozen=True, slots=True)
class LifeVerdict:
    """`outside`: why the session makes no minutes; `is_closed`: the ledger takes nothing until reopened."""

    outside: str | None
    flags: tuple[Flag, ...]
    is_closed: bool


def life_verdict(
    order: Order,
    *,
    begun_at: datetime,
    known_at: datetime | None,
    received_at: datetime,
    day: date,
    now: datetime,
) -> LifeVerdict:
    """Judge a session by its beginning; `known_at` is the server's word that the device had last heard.

    None as `known_at`: nothing says what the device knew, so the moment of the beginning decides.
    """
    changes = sorted(order.changes, key=lambda change: (change.at, change.is_open))
    closing = _last(changes, begun_at)
    outside, flags = None, list(_date_flags(order, day))
    if closing is not None and not closing.is_open:
        if known_at is None or known_at >= closing.at:
            outside = "outside_order"
        else:
            flags.append(Flag("order_ended_unknown", {"why": closing.why}))
    decision = _decision(changes, received_at)
    if decision is not None:
        flags.append(Flag("post_decision", {"decided_on": decision.at.isoformat()}))
    return LifeVerdict(outside, tuple(flags), is_closed(order, now))


def is_closed(order: Order, at: datetime) -> bool:
    """Has the order been decided, and not been reopened since?"""
    return _decision(sorted(order.changes, key=lambda change: (change.at, change.is_open)), at) is not None


def takes_sessions(order: Order, at: datetime) -> bool:
    """Was the order open at this moment?"""
    last = _last(sorted(order.changes, key=lambda change: (change.at, change.is_open)), at)
    return last is None or last.is_open


def _last(changes: Iterable[OrderChange], at: datetime) -> OrderChange | None:
    before = [change for change in changes if change.at <= at]
    return before[-1] if before else None


def _decision(changes: Iterable[OrderChange], at: datetime) -> OrderChange | None:
    """Return the decision that stands at a moment."""
    found = None
    for change in changes:
        if change.at <= at and change.why == "decided":
            found = change
        elif change.at <= at and change.is_open:
            found = None
    return found


def _date_flags(order: Order, day: date) -> Iterable[Flag]:
    if day < order.start_on:
        yield Flag("before_start", {"start_on": order.start_on.isoformat()})
    if day > order.due_on:
        yield Flag("after_due", {"due_on": order.due_on.isoformat()})
