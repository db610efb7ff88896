"""All rules on sessions, in the order in which one needs another's answer. Pure: facts in, everything out.

`now` is handed in; nothing here depends on the order in which facts came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from server.sessions.caps import daily_cap_min
from server.sessions.county import by_participant
from server.sessions.crediting import merit, proposed
from server.sessions.decisions import Judged, Ledger, ledger
from server.sessions.doubts import device_changes, event_flags, session_flags, two_places
from server.sessions.drafting import Case, drafted
from server.sessions.facts import Facts
from server.sessions.forgotten import forgetting
from server.sessions.habits import same_minute_flag
from server.sessions.missed import missed
from server.sessions.outcome import Assessment, Flag, Session
from server.sessions.position import speed_flags
from server.sessions.proposals import proposals
from server.sessions.session import may_not_decide, session_of, standpoint
from server.sessions.standing import Standing
from server.sessions.surroundings import Surroundings
from server.sessions.terms import Terms
from server.sessions.weight import weight_of


def assess_county(facts: Facts, around: Surroundings, terms: Terms) -> dict[str, Assessment]:
    """Return each participant's assessment."""
    return {
        participant: assess(participant, own, around, terms)
        for participant, own in by_participant(facts).items()
    }


def assess(participant: str, facts: Facts, around: Surroundings, terms: Terms) -> Assessment:
    """Return what follows from one participant's facts; `around` is made of the whole county's."""
    standing = Standing(facts, around.times, terms.settings)
    found = drafted(facts, standing.counted, around, terms)
    merits = {case.id: merit(case, terms) for case in found.cases}
    decided = ledger(facts, [_judged(case, participant, terms) for case in found.cases])
    machine = proposed(found.cases, merits, decided.minutes, facts, terms)
    alone = proposed(found.cases, merits, {}, facts, terms) if decided.minutes else machine
    doubts = _doubts(found.cases, standing, around, terms)
    sessions = [
        session_of(
            case,
            merits[case.id],
            (alone if case.id in decided.minutes else machine)[case.id],
            standpoint(
                decided.of_session.get(case.id, ()),
                decided.minutes.get(case.id, 0),
                facts.objections,
                participant,
            ),
            doubts[case.id],
            participant,
            terms,
        )
        for case in found.cases
    ]
    sessions = list(_with_patterns(sessions, terms))
    balance = _balance(facts, decided, sessions)
    return Assessment(
        participant=participant,
        sessions=tuple(sessions),
        ledger=tuple(decided.entries),
        not_counted=tuple(sorted(decided.not_counted, key=lambda each: each.event)),
        proposals=tuple(entry for session in sessions for entry in proposals(session)),
        set_aside=tuple(sorted((*standing.set_aside, *found.set_aside), key=lambda each: each.event)),
        unmatched=tuple(sorted(word.id for word in found.unmatched)),
        flags=(*missed(facts.slots, facts.orders, found.cases, terms), *_habit(found.cases, around, terms)),
        balance_min=balance,
        remaining_min={order.id: max(0, order.required_min - balance[order.id]) for order in facts.orders},
        assessed_at=terms.now,
    )


def _judged(case: Case, participant: str, terms: Terms) -> Judged:
    return Judged(
        case.id,
        case.order,
        case.draft.day,
        case.spans.reported.length,
        may_not_decide(case, participant),
        daily_cap_min(case.order, terms.settings),
        frozenset(event.id for event in case.draft.events),
    )


def _doubts(
    cases: Sequence[Case], standing: Standing, around: Surroundings, terms: Terms
) -> Mapping[str, list[Flag]]:
    """Return every doubt about each session, those from the person's other sessions among them."""
    drafts = [case.draft for case in cases]
    placed = sorted(
        (
            (event, around.times[event.id])
            for draft in drafts
            for event in draft.events
            if event.is_participants
        ),
        key=lambda row: (row[1].at, row[0].id),
    )
    by_event = {flag.event: flag for flag in speed_flags(placed, terms.settings)}
    by_event |= {f"device {event}": flag for event, flag in device_changes(drafts, around.times).items()}
    together = two_places(drafts, [case.spans.reported for case in cases])
    found: dict[str, list[Flag]] = {}
    for place, case in enumerate(cases):
        flags = list(
            session_flags(case.draft, case.spans.reported, case.slot, around, terms.calendar, terms.settings)
        )
        for event in case.draft.events:
            flags += event_flags(event, case.order, around, terms.settings)
            flags += standing.flags.get(event.id, [])
            flags += [by_event[key] for key in (event.id, f"device {event.id}") if key in by_event]
        flags += [together[place]] if place in together else []
        flags += [around.unvarying[by] for by in case.said.confirmed_by if by in around.unvarying]
        found[case.id] = flags
    return found


def _with_patterns(sessions: Iterable[Session], terms: Terms) -> Iterator[Session]:
    sessions = list(sessions)
    patterns = forgetting(sessions, terms.settings)
    for session in sessions:
        if session.id not in patterns:
            yield session
            continue
        flags = (*session.flags, patterns[session.id])
        yield replace(session, flags=flags, weight=weight_of(flags, terms.settings.flag_weights))


def _habit(cases: Iterable[Case], around: Surroundings, terms: Terms) -> tuple[Flag, ...]:
    ins = [case.draft.ins.own for case in cases if case.draft.ins is not None]
    flag = same_minute_flag([(e, around.times[e.id]) for e in ins if e is not None], terms.settings)
    return (flag,) if flag else ()


def _balance(facts: Facts, decided: Ledger, sessions: Iterable[Session]) -> dict[str, int]:
    balance = dict.fromkeys((order.id for order in facts.orders), 0)
    for session in sessions:
        balance[session.order] += decided.minutes.get(session.id, 0)
    return balance
