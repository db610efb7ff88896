"""One session put together: its state, its minutes, what it waits for, every doubt about it (DOMAIN 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from server.sessions.crediting import Merit, Proposed
from server.sessions.drafting import Case
from server.sessions.facts import Decision, Objection
from server.sessions.minutes import minute_of
from server.sessions.outcome import Flag, Session, State
from server.sessions.terms import Terms
from server.sessions.weight import weight_of


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What persons have decided on a session, and which objections to that are not answered."""

    minutes: int
    decisions: tuple[Decision, ...]
    objections: tuple[Objection, ...]


def standpoint(
    decisions: Iterable[Decision], minutes: int, objections: Iterable[Objection], participant: str
) -> Standpoint:
    """Return what stands of a session; only its participant objects (row 20)."""
    counted = tuple(decisions)
    ids = {each.id for each in counted}
    answered = {each.answers for each in counted}
    still_open = tuple(
        each
        for each in sorted(objections, key=lambda one: (one.at, one.id))
        if each.decision in ids and each.by == participant and each.id not in answered
    )
    return Standpoint(minutes, counted, still_open)


def session_of(
    case: Case,
    merit: Merit,
    machine: Proposed,
    stands: Standpoint,
    doubts: Iterable[Flag],
    participant: str,
    terms: Terms,
) -> Session:
    """Return the session; where persons have decided, theirs are the minutes."""
    flags = [*case.flags, *merit.waits.flags, *merit.life.flags, *merit.photos.flags, *doubts]
    if any(d.reason_code in ("over_daily_cap", "over_weekly_cap") for d in machine.deductions):
        flags.append(Flag("over_cap"))
    if stands.decisions and stands.minutes != machine.minutes and not stands.decisions[-1].reason:
        flags.append(Flag("decision_differs", {"decided": stands.minutes, "computed": machine.minutes}))
    flags += [Flag("objection", {"id": each.id}) for each in stands.objections]
    unique = _unique(flags)
    waits_for, due_on = _waits(merit, stands, case.spans.is_open, terms)
    said = case.said
    return Session(
        id=case.id,
        order=case.order.id,
        station=case.draft.station,
        day=case.draft.day,
        state=_state(case, stands),
        is_auto_ended=case.spans.is_auto_ended,
        events=tuple(sorted({event.id for event in case.draft.events})),
        reported=case.spans.reported,
        evidence=case.spans.evidence,
        reported_min=case.spans.reported.length,
        credited_min=stands.minutes if stands.decisions else machine.minutes,
        deductions=machine.deductions,
        added_min=machine.added_min,
        waits_for=waits_for,
        due_on=due_on,
        confirmed_by=said.confirmed_by,
        denied_by=said.denied_by,
        may_not_decide=may_not_decide(case, participant),
        flags=unique,
        weight=weight_of(unique, terms.settings.flag_weights),
        rule_version=terms.settings.version,
        denied_on=_denied_on(case, terms),
        decisions=tuple(each.id for each in stands.decisions),
        is_open=case.spans.is_open,
        is_confirmed=_is_confirmed(case),
    )


def _denied_on(case: Case, terms: Terms) -> date | None:
    denied = [minute_of(word.at) for word in case.said.attestations if word.kind == "deny"]
    return terms.calendar.day(max(denied)) if denied else None


def may_not_decide(case: Case, participant: str) -> frozenset[str]:
    """Return who has a part in the session: whoever confirms never credits (DOMAIN 5, rank 1)."""
    return frozenset({participant, *case.said.confirmed_by, *case.said.denied_by}) | case.operators


def _state(case: Case, stands: Standpoint) -> State:
    if stands.objections:
        return "disputed"
    if stands.decisions:
        return stands.decisions[-1].verdict
    if case.said.denied_by:
        return "disputed"
    if case.spans.is_open:
        return "open"
    return "confirmed" if _is_confirmed(case) else "ended"


def _is_confirmed(case: Case) -> bool:
    """By the station's word, or because the station alone recorded it."""
    is_own = any(event.is_participants for event in case.draft.events)
    return bool(case.said.confirmed_by) or not is_own


def _waits(
    merit: Merit, stands: Standpoint, is_open: bool, terms: Terms
) -> tuple[tuple[str, ...], date | None]:
    if stands.objections:
        objected_at = max(each.at for each in stands.objections)
        return ("review_of_objection",), terms.calendar.due(objected_at, terms.settings.dispute_within_days)
    if stands.decisions:
        return (), None
    waits_for = (*(("check_out",) if is_open else ()), *merit.waits_for)
    return waits_for, merit.waits.due_on or merit.photos.due_on


def _unique(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    found: dict[tuple[str, str, str], Flag] = {}
    for flag in flags:
        found.setdefault((flag.code, flag.event or "", _said(flag.params)), flag)
    return tuple(found[key] for key in sorted(found))


def _said(params: Mapping[str, object]) -> str:
    return repr(sorted(params.items()))
