"""What the machine proposes for each session of a participant, and why: no minute twice, no cap exceeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.sessions.caps import Claimant, daily_cap_min, shares, weekly_cap_min
from server.sessions.confirmation import Waiting, waiting
from server.sessions.credit import credit
from server.sessions.drafting import Case
from server.sessions.facts import REVIEWERS, Facts
from server.sessions.minutes import Span, moment_of
from server.sessions.order_life import LifeVerdict, life_verdict
from server.sessions.outcome import Deduction
from server.sessions.photos import PhotoVerdict, photo_verdict
from server.sessions.terms import Terms

_DECIDED, _READY, _WAITING, _DISPUTED = range(4)
_STANDDOWN_ROLES = REVIEWERS | {"supervisor"}


@dataclass(frozen=True, slots=True)
class Merit:
    """What is known of a session before minutes are divided: what it waits for, was its order open."""

    waits: Waiting
    life: LifeVerdict
    photos: PhotoVerdict

    @property
    def waits_for(self) -> tuple[str, ...]:
        closed = ("reopening",) if self.life.is_closed and self.life.outside is None else ()
        outside = (self.life.outside,) if self.life.outside else ()
        photo = ("photo",) if self.photos.is_pending else ()
        return (*self.waits.reasons, *photo, *outside, *closed)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Minutes that the rules give: reported, less the deductions, plus what a person's stand-down adds."""

    minutes: int
    deductions: tuple[Deduction, ...]
    added_min: int


def merit(case: Case, terms: Terms) -> Merit:
    """Return what is known of a session apart from its minutes."""
    events = case.draft.events
    first = case.draft.ins or case.draft.outs
    begun = first.first if first else None
    life = life_verdict(
        case.order,
        begun_at=moment_of(case.spans.reported.start),
        known_at=begun.reading.beacon_at if begun else None,
        received_at=max(event.received_at for event in events),
        day=case.draft.day,
        now=terms.now,
    )
    return Merit(
        waiting(case.draft, case.said, case.order, case.spans.reported.end, terms),
        life,
        photo_verdict(events, case.order, terms.now, terms.calendar, terms.settings),
    )


def proposed(
    cases: Sequence[Case], merits: Mapping[str, Merit], decided: Mapping[str, int], facts: Facts, terms: Terms
) -> dict[str, Proposed]:
    """Return the proposal for each session; `decided`: minutes that persons have given, by session.

    Those are served first, then what can be credited now, then what still waits.
    """
    ranks = {case.id: _rank(case, merits[case.id], decided) for case in cases}
    standdowns = {(s.station, s.day) for s in facts.standdowns if s.role in _STANDDOWN_ROLES and s.reason}
    taken: list[Span] = []
    claimants: list[Claimant] = []
    before: dict[str, Proposed] = {}
    for case in sorted(cases, key=lambda each: (ranks[each.id], each.spans.reported, each.id)):
        if merits[case.id].life.outside is not None or case.spans.is_open:
            before[case.id] = _none(case, merits[case.id])
            continue
        found = credit(case.spans.evidence, case.breaks, taken, terms.settings)
        taken += found.counted
        is_standdown = (case.draft.station, case.draft.day) in standdowns
        added = max(0, terms.settings.standdown_min - found.minutes) if is_standdown else 0
        before[case.id] = Proposed(found.minutes + added, (*case.spans.deductions, *found.deductions), added)
        claimants.append(_claimant(case, found.minutes + added, ranks[case.id], decided, terms))
    return {**before, **_capped(before, claimants, cases, terms)}


def _rank(case: Case, merit: Merit, decided: Mapping[str, int]) -> int:
    if case.id in decided:
        return _DECIDED
    if case.said.denied_by:
        return _DISPUTED
    return _WAITING if merit.waits_for else _READY


def _none(case: Case, merit: Merit) -> Proposed:
    reported = case.spans.reported.length
    if merit.life.outside is None or not reported:
        return Proposed(0, (Deduction("still_open", reported),) if reported else (), 0)
    return Proposed(0, (Deduction(merit.life.outside, reported),), 0)


def _claimant(case: Case, minutes: int, rank: int, decided: Mapping[str, int], terms: Terms) -> Claimant:
    return Claimant(
        case.id,
        case.order.id,
        case.draft.day,
        terms.calendar.week(terms.calendar.at(case.draft.day, 0)),
        case.spans.reported.start,
        decided.get(case.id, minutes),
        rank,
    )


def _capped(
    before: Mapping[str, Proposed], claimants: Sequence[Claimant], cases: Sequence[Case], terms: Terms
) -> dict[str, Proposed]:
    settings = terms.settings
    caps = {
        case.order.id: (daily_cap_min(case.order, settings), weekly_cap_min(case.order, settings))
        for case in cases
    }
    if not caps:
        return {}
    return {
        session: Proposed(
            share.minutes, (*before[session].deductions, *share.deductions), before[session].added_min
        )
        for session, share in shares(claimants, caps).items()
    }
