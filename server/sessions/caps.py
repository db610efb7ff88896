"""Caps by day and week: what goes beyond stays reported and is not credited (DOMAIN 3.0; row 21)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from server.sessions.facts import Order
from server.sessions.outcome import Deduction
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Claimant:
    """A session that asks for a share of its day and week. `rank` 0: decided by a person, served first."""

    session: str
    order: str
    day: date
    week: tuple[int, int]
    start: int
    minutes: int
    rank: int


@dataclass(frozen=True, slots=True)
class Share:
    """What the caps leave of a session's minutes."""

    minutes: int
    deductions: tuple[Deduction, ...]


def daily_cap_min(order: Order, settings: SessionSettings) -> int:
    """Return the order's own cap or the county's, never above the hard one."""
    wanted = settings.daily_cap_min if order.daily_cap_min is None else order.daily_cap_min
    return min(wanted, settings.hard_daily_cap_min)


def weekly_cap_min(order: Order, settings: SessionSettings) -> int:
    """Return the week's cap; more than the usual one needs the participant's written consent."""
    most = settings.consented_weekly_cap_min if order.has_weekly_consent else settings.weekly_cap_min
    return most if order.weekly_cap_min is None else min(order.weekly_cap_min, most)


def shares(claimants: Iterable[Claimant], caps: Mapping[str, tuple[int, int]]) -> Mapping[str, Share]:
    """Divide each day's and week's minutes: decided ones first, then by the time of service.

    `caps`: daily and weekly by order. Somebody with two orders has each order's cap, and in all no
    more than the larger of them.
    """
    used: dict[tuple[object, ...], int] = defaultdict(int)
    most = tuple(max(cap) for cap in zip(*caps.values(), strict=True))
    found: dict[str, Share] = {}
    for each in sorted(claimants, key=lambda one: (one.rank, one.start, one.session)):
        own = caps[each.order]
        limits = (
            ("over_daily_cap", own[0], (each.order, each.day)),
            ("over_daily_cap", most[0], ("all", each.day)),
            ("over_weekly_cap", own[1], (each.order, each.week)),
            ("over_weekly_cap", most[1], ("all", each.week)),
        )
        share = _share(each, [(code, cap, cap - used[key]) for code, cap, key in limits])
        for _code, _cap, key in limits:
            used[key] += share.minutes
        found[each.session] = share
    return found


def _share(each: Claimant, limits: Iterable[tuple[str, int, int]]) -> Share:
    if each.rank == 0:  # a person has decided; the caps bind what is still open
        return Share(each.minutes, ())
    deductions = []
    minutes = each.minutes
    for reason_code, cap_min, left_min in limits:
        over = minutes - max(0, left_min)
        if over > 0:
            params = {"cap_min": cap_min, "left_min": max(0, left_min)}
            deductions.append(Deduction(reason_code, over, params))
            minutes -= over
    return Share(minutes, tuple(deductions))
