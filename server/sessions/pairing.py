"""Which events are one check-in, and which check-in and check-out are one session (DOMAIN 4, row 5).

Two records of one check-in are one mark, never two: minutes of both sides are not added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from server.sessions.clock import Corrected
from server.sessions.facts import CheckEvent, Slot
from server.sessions.minutes import Calendar, minute_of
from server.sessions.settings import SessionSettings

Times = Mapping[str, Corrected]


@dataclass(slots=True)
class Mark:
    """One check-in or check-out, as the participant recorded it, the station, or both."""

    kind: str
    own: CheckEvent | None = None
    stations: CheckEvent | None = None

    def at(self, times: Times) -> int:
        """Return the minute by which it takes its place among others: the participant's where it is sure."""
        own = times[self.own.id] if self.own else None
        if own is not None and (own.is_trusted or self.stations is None):
            return minute_of(own.at)
        assert self.stations is not None, "a mark is made of an event"
        return minute_of(times[self.stations.id].at)

    @property
    def first(self) -> CheckEvent:
        """Return the event that it is known by."""
        found = self.own or self.stations
        assert found is not None, "a mark is made of an event"
        return found

    @property
    def events(self) -> list[CheckEvent]:
        return [event for event in (self.own, self.stations) if event is not None]


@dataclass(slots=True)
class Draft:
    """A session in the making: what opened it, what closed it, and what was recorded meanwhile."""

    order: str
    station: str
    day: date
    ins: Mark | None
    outs: Mark | None = None
    repeated: list[CheckEvent] = field(default_factory=list)
    during: list[CheckEvent] = field(default_factory=list)
    claim: CheckEvent | None = None
    """The late entry or line of paper that completes it, or that it is made of."""

    @property
    def key(self) -> str:
        """Return the id of the event that the session is known by, whatever else arrives."""
        mark = self.ins or self.outs
        found = mark.first if mark else self.claim
        assert found is not None, "a session is made of an event"
        return found.id

    def begins(self, times: Times) -> int:
        """Return the minute from which on something of it was recorded or claimed."""
        minutes = [mark.at(times) for mark in (self.ins, self.outs) if mark]
        if self.claim is not None and self.claim.claim is not None:
            minutes.append(minute_of(self.claim.claim.in_at))
        return min(minutes)

    @property
    def events(self) -> list[CheckEvent]:
        marks = [event for mark in (self.ins, self.outs) if mark for event in mark.events]
        return [*marks, *([self.claim] if self.claim else []), *self.repeated, *self.during]


def paired(
    events: Iterable[CheckEvent],
    times: Times,
    slots: Mapping[str, Slot],
    calendar: Calendar,
    settings: SessionSettings,
) -> list[Draft]:
    """Return the sessions that check-ins and check-outs make, in order; what is neither is not looked at."""
    places: dict[tuple[str, str, date], list[CheckEvent]] = defaultdict(list)
    for event in events:
        if event.kind in ("in", "out"):
            places[event.order, event.station, _day(event, times, slots, calendar)].append(event)
    drafts: list[Draft] = []
    for (order, station, day), found in sorted(places.items()):
        marks = [*_marks(found, "in", times, settings), *_marks(found, "out", times, settings)]
        drafts += _walked(Draft(order, station, day, None), marks, times, settings)
    return drafts


def _day(event: CheckEvent, times: Times, slots: Mapping[str, Slot], calendar: Calendar) -> date:
    """A slot over midnight belongs to the day on which it begins."""
    slot = slots.get(event.slot or "")
    if slot is not None and slot.order == event.order:
        return calendar.day(minute_of(slot.starts_at))
    return calendar.day(minute_of(times[event.id].at))


def _marks(events: Sequence[CheckEvent], kind: str, times: Times, settings: SessionSettings) -> list[Mark]:
    """Join each record of the participant with the station's nearest, if that is near enough."""
    own = [event for event in events if event.kind == kind and event.is_participants]
    stations = [event for event in events if event.kind == kind and not event.is_participants]
    pairs = sorted(
        (abs(minute_of(times[one.id].at) - minute_of(times[other.id].at)), one.id, other.id)
        for one in own
        for other in stations
    )
    partner: dict[str, str] = {}
    for apart_min, one_id, other_id in pairs:
        if apart_min <= settings.pair_within_min and one_id not in partner and other_id not in partner:
            partner |= {one_id: other_id, other_id: one_id}
    by_id = {event.id: event for event in stations}
    joined = [Mark(kind, event, by_id.get(partner.get(event.id, ""))) for event in own]
    return joined + [Mark(kind, None, event) for event in stations if event.id not in partner]


def _walked(empty: Draft, marks: Iterable[Mark], times: Times, settings: SessionSettings) -> Iterator[Draft]:
    """Yield the sessions of one order at one station on one day."""
    in_order = sorted(marks, key=lambda mark: (mark.at(times), mark.kind, mark.first.id))
    drafts: list[Draft] = []
    for mark in in_order:
        last = drafts[-1] if drafts else None
        if last is None or not _joins(last, mark, times, settings):
            new = Draft(empty.order, empty.station, empty.day, None)
            drafts.append(new)
            last = new
            if mark.kind == "in":
                new.ins = mark
            else:
                new.outs = mark
    yield from drafts


def _joins(draft: Draft, mark: Mark, times: Times, settings: SessionSettings) -> bool:
    """Take the mark into the session if it belongs there; False when it begins another."""
    known = draft.ins if mark.kind == "in" else draft.outs
    if mark.kind == "out" and known is None and draft.ins is not None:
        draft.outs = mark
        return True
    if known is None or (mark.kind == "in" and draft.outs is not None):
        return False
    if _complements(known, mark) and _is_near(known, mark, times, settings):
        known.own, known.stations = known.own or mark.own, known.stations or mark.stations
        return True
    if mark.at(times) - known.at(times) <= settings.pair_within_min:
        draft.repeated += mark.events
        return True
    return False


def _is_near(known: Mark, mark: Mark, times: Times, settings: SessionSettings) -> bool:
    """Beyond this they are two check-ins, unless one of the clocks cannot be trusted."""
    if not all(times[event.id].is_trusted for event in (*known.events, *mark.events)):
        return True
    return abs(mark.at(times) - known.at(times)) <= settings.attach_within_min


def _complements(known: Mark, mark: Mark) -> bool:
    """Does one come from the participant alone and the other from the station alone?"""
    return (known.own is None) == (mark.own is not None) and (known.stations is None) == (
        mark.stations is not None
    )
