"""What the rules on sessions answer: sessions, proposed and decided minutes, doubts, and the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from server.sessions.minutes import Span

State = Literal["open", "ended", "confirmed", "disputed", "credited", "part_credited", "rejected", "void"]


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt with its evidence, said by message `service.flag.<code>`; it never decides anything."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Deduction:
    """Minutes between what was reported and what can be credited."""

    reason_code: str
    minutes: int
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One number of the ledger. A proposed one has no `decided_by`; the balance sums up those that do."""

    kind: str
    minutes: int
    session: str
    reason_code: str
    basis: str
    decision: str | None = None
    decided_by: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that makes no minutes, or a decision that does not count, and why; it stays readable."""

    event: str
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One time of service at one station (DOMAIN 3.5)."""

    id: str
    """`session:` and the id of the event that it is known by."""
    order: str
    station: str
    day: date
    state: State
    is_auto_ended: bool
    events: tuple[str, ...]
    reported: Span
    evidence: Span
    reported_min: int
    credited_min: int
    """What the machine proposes, or what was decided."""
    deductions: tuple[Deduction, ...]
    added_min: int
    """Credited without service, by a person's word: bad weather."""
    waits_for: tuple[str, ...]
    """What is missing before a person may credit it."""
    due_on: date | None
    """Last day of whatever it waits for."""
    confirmed_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    may_not_decide: frozenset[str]
    flags: tuple[Flag, ...]
    weight: int
    rule_version: str
    denied_on: date | None = None
    """The day of the station's last no, from which its review counts."""
    decisions: tuple[str, ...] = ()
    is_open: bool = False
    """Nobody has checked out yet, and nothing has ended it."""
    is_confirmed: bool = False
    """The station has said yes, whatever was decided since."""

    @property
    def is_flagged(self) -> bool:
        return bool(self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All that follows from one participant's facts at one moment."""

    participant: str
    sessions: tuple[Session, ...]
    ledger: tuple[LedgerEntry, ...]
    """Decided by persons; never changed, only added to."""
    not_counted: tuple[SetAside, ...]
    """Decisions that do not count."""
    proposals: tuple[LedgerEntry, ...]
    set_aside: tuple[SetAside, ...]
    unmatched: tuple[str, ...]
    """Words of stations that fit no session yet."""
    flags: tuple[Flag, ...]
    balance_min: Mapping[str, int]
    """By order: the sum of its ledger."""
    remaining_min: Mapping[str, int]
    assessed_at: datetime
