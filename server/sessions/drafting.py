"""Cases: each session with its spans, its slot, its breaks, and what the station says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.sessions.caps import daily_cap_min
from server.sessions.claims import with_claims
from server.sessions.confirmation import Words, matched, operators_of, words
from server.sessions.credit import breaks_of
from server.sessions.facts import Attestation, CheckEvent, Facts, Order, Slot
from server.sessions.forgotten import Limits, hours_of, slot_of
from server.sessions.minutes import Span, minute_of, moment_of
from server.sessions.outcome import Flag, SetAside
from server.sessions.pairing import Draft, paired
from server.sessions.span import Spans, spans
from server.sessions.surroundings import Surroundings
from server.sessions.terms import Terms


@dataclass(frozen=True, slots=True)
class Case:
    """One session, before anything is said of its minutes."""

    id: str
    draft: Draft
    order: Order
    spans: Spans
    slot: Slot | None
    breaks: tuple[Span, ...]
    said: Words
    flags: tuple[Flag, ...]
    operators: frozenset[str]
    """Who acted for the station in it: none of them may decide on its minutes."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """All sessions of one participant, what makes none, and words of stations that fit none yet."""

    cases: tuple[Case, ...]
    set_aside: tuple[SetAside, ...]
    unmatched: tuple[Attestation, ...]


def drafted(facts: Facts, events: Sequence[CheckEvent], around: Surroundings, terms: Terms) -> Drafted:
    """Return the sessions that the events make."""
    slots = {slot.id: slot for slot in facts.slots}
    drafts = paired(events, around.times, slots, terms.calendar, terms.settings)
    drafts, redundant = with_claims(drafts, events, around.times, terms.calendar, terms.settings)
    outside = _placed_within(drafts, events, around, terms)
    attested, unmatched = matched(facts.attestations, drafts, around.times, terms.calendar)
    operators = operators_of(facts)
    orders = {order.id: order for order in facts.orders}
    cases = [
        _case(
            draft,
            drafts,
            orders[draft.order],
            words(draft, attested.get(draft.key, ()), operators),
            slot_of(facts.slots, draft.order, draft.station, draft.begins(around.times), terms.calendar),
            operators,
            around,
            terms,
        )
        for draft in drafts
    ]
    in_order = tuple(sorted(cases, key=lambda case: (case.spans.reported, case.id)))
    return Drafted(in_order, (*redundant, *outside), tuple(unmatched))


def _placed_within(
    drafts: Sequence[Draft], events: Iterable[CheckEvent], around: Surroundings, terms: Terms
) -> list[SetAside]:
    """Put breaks, checks in mid-session and notes into the session begun last before them that day."""
    outside = []
    for event in events:
        if event.kind in ("in", "out", "late_entry", "sheet_line"):
            continue
        at = minute_of(around.times[event.id].at)
        same_day = [
            draft
            for draft in drafts
            if (draft.order, draft.station, draft.day) == (event.order, event.station, terms.calendar.day(at))
        ]
        begun = [d for d in same_day if d.ins is not None and d.begins(around.times) <= at] or [
            d for d in same_day if d.ins is None and d.outs is not None and at <= d.outs.at(around.times)
        ]
        if begun:
            max(begun, key=lambda draft: (draft.begins(around.times), draft.key)).during.append(event)
        else:
            outside.append(SetAside(event.id, "outside_session"))
    return outside


def _case(
    draft: Draft,
    drafts: Sequence[Draft],
    order: Order,
    said: Words,
    slot: Slot | None,
    operators: Mapping[str, str],
    around: Surroundings,
    terms: Terms,
) -> Case:
    limits = _limits(draft, drafts, order, slot, around, terms)
    seen = _seen(draft, said, around)
    found = spans(draft, around.times, limits, seen, terms.now_minute, terms.settings)
    breaks, flags = breaks_of(draft.events, around.times, found.evidence, terms.settings)
    stations = [event for event in draft.events if not event.is_participants]
    reassigned = tuple(
        Flag("operator_reassigned", {"operator": operators[event.id]}, event.id)
        for event in stations
        if event.id in operators
    )
    return Case(
        f"session:{draft.key}",
        draft,
        order,
        found,
        slot,
        tuple(breaks),
        said,
        (*found.flags, *flags, *reassigned),
        frozenset(operators.get(event.id, event.author) for event in stations),
    )


def _limits(
    draft: Draft,
    drafts: Sequence[Draft],
    order: Order,
    slot: Slot | None,
    around: Surroundings,
    terms: Terms,
) -> Limits:
    times, begins = around.times, draft.begins(around.times)
    same_day = [other for other in drafts if other is not draft and other.day == draft.day]
    next_ins = [d.ins.at(times) for d in same_day if d.ins and d.ins.at(times) > begins]
    last_outs = [d.outs.at(times) for d in same_day if d.outs and d.outs.at(times) < begins]
    return Limits(
        daily_cap_min(order, terms.settings),
        (minute_of(slot.starts_at), minute_of(slot.ends_at)) if slot else None,
        hours_of(around.versions.get(draft.station, ()), moment_of(begins), terms.calendar),
        min(next_ins, default=None),
        max(last_outs, default=None),
    )


def _seen(draft: Draft, said: Words, around: Surroundings) -> list[int]:
    """Return the minutes of independent evidence (row 9): checks in mid-session, and what the station did."""
    events = [
        event
        for event in draft.events
        if not event.is_participants or (event.kind == "mid_check" and not _is_outside(event, around))
    ]
    seen = [minute_of(around.times[event.id].at) for event in events if event is not draft.claim]
    return seen + [minute_of(word.at) for word in said.attestations if word.kind == "confirm"]


def _is_outside(event: CheckEvent, around: Surroundings) -> bool:
    fence = around.fences.get(event.id)
    return fence is not None and fence.outcome == "outside"
