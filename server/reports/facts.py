"""What reports are made of: plain rows of one month, as the read model answers with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFact:
    """One session; `lag_min`: from its end to the station's first confirmation, None without one."""

    id: str
    order: str
    station: str
    day: date
    state: str
    reported_min: int
    credited_min: int
    is_settled: bool
    weight: int
    flags: frozenset[str]
    confirmed_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    lag_min: int | None = None
    not_counted: int = 0


@dataclass(frozen=True, slots=True)
class SpotCheckFact:
    """One spot check of the month; `found` is empty where nobody was met."""

    station: str
    state: str
    found: str


@dataclass(frozen=True, slots=True)
class StationFact:
    """A station in reach."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """One order: what it asks for, and what stands of it now."""

    id: str
    display_code: str
    state: str
    required_min: int
    reported_min: int
    credited_min: int
    remaining_min: int
    due_on: date
    absences: int
    disputes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """A month within somebody's reach; `before` are the sessions of the month before."""

    month: str
    stations: Sequence[StationFact]
    sessions: Sequence[SessionFact]
    before: Sequence[SessionFact]
    spot_checks: Sequence[SpotCheckFact]
