"""When a clock runs out, computed from what happened and today, with everything that an explanation needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from server.deadlines.clock import Amount, Clock, Extension, Law, Start
from server.deadlines.period import Counted, Still, count
from server.deadlines.timeline import Event, Timeline
from server.deadlines.working_days import Day, WorkingDays
from server.fold.state import same_value

Status = Literal["running", "still", "overdue", "over", "met", "met_late"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the period: the limit itself, then one for each extension."""

    start: date
    amount: Amount
    counted: Counted
    action: str = ""
    """The action that extended it; empty for the limit itself."""
    taken_on: date | None = None
    law: Law | None = None
    asked_until: date | None = None
    """The day that the extension named, where it is later than what may be given."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """From when to when the clock stood still; `end` is None while it still does."""

    start: date
    end: date | None
    days: int
    law: Law | None


@dataclass(frozen=True, slots=True)
class DueDate:
    """The result of a clock, and each term of its arithmetic."""

    clock: Clock
    started_on: date
    segments: tuple[Segment, ...]
    suspensions: tuple[Suspension, ...]
    rolled: tuple[Day, ...]
    """Days that are no working days, from the computed end to the day before `on`."""
    on: date
    status: Status
    ended_on: date | None
    """When what was due was done."""
    days_left: int
    working_days_left: int
    provisional_years: tuple[int, ...]
    warned_roles: frozenset[str]
    """Whom it concerns today."""
    unreadable: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.clock.name

    @property
    def is_provisional(self) -> bool:
        return bool(self.provisional_years)

    @property
    def computed_end(self) -> date:
        """The end before it is moved off a holiday."""
        return self.segments[-1].counted.end


def due_date(clock: Clock, timeline: Timeline, today: date, calendar: WorkingDays) -> DueDate | None:
    """Return when the clock runs out; None while it has not begun, or where it does not run at all."""
    if any(not same_value(timeline.values.get(name), value) for name, value in clock.when.items()):
        return None
    start = start_of(clock.starts, timeline)
    if start is None:
        return None
    started_on, index = start
    later = timeline.events[index + 1 :]
    ended_on = _met_before(clock, timeline, index) or next((e.on for e in later if _meets(clock, e)), None)
    suspensions = _suspensions(clock, timeline, started_on, min(today, ended_on or today))
    stills = tuple(Still(each.start, each.start + timedelta(days=each.days)) for each in suspensions)
    segments = _segments(clock, later, started_on, stills, calendar)
    end = segments[-1].counted.end
    # A period of no working days ends on its own day only where that is one.
    must_work = clock.rolls or (clock.amount.unit == "working_days" and clock.amount.number == 0)
    on = calendar.first_from(end) if must_work else end
    rolled = tuple(calendar.day(end + timedelta(days=n)) for n in range((on - end).days))
    is_still = any(each.end is None for each in suspensions) and ended_on is None
    return DueDate(
        clock=clock,
        started_on=started_on,
        segments=segments,
        suspensions=suspensions,
        rolled=rolled,
        on=on,
        status=_status(on, today, ended_on, is_still=is_still, is_window=clock.is_window),
        ended_on=ended_on,
        days_left=(on - today).days,
        working_days_left=calendar.between(today, on),
        provisional_years=_provisional_years(clock, started_on, end, on, calendar),
        warned_roles=frozenset() if ended_on else _warned(clock, on, today, calendar),
        unreadable=calendar.unreadable,
    )


def start_of(start: Start, timeline: Timeline) -> tuple[date, int] | None:
    """Return the day from which a clock runs, and which event that was; -1 where none of them was it.

    None: nothing has started it.
    """
    if start.kind == "field":
        value = timeline.values.get(start.name)
        wrote = [index for index, event in enumerate(timeline.events) if start.name in event.fields]
        return (date.fromisoformat(value[:10]), max(wrote, default=-1)) if isinstance(value, str) else None
    if start.kind == "received":
        return timeline.received_on, -1
    found = [
        (event.on, index)
        for index, event in enumerate(timeline.events)
        if start.name == (event.state if start.kind == "state" else event.action)
    ]
    if start.kind == "state" and timeline.initial_state == start.name:
        found.insert(0, (timeline.received_on, -1))
    return (found[-1] if start.is_last else found[0]) if found else None


def _met_before(clock: Clock, timeline: Timeline, index: int) -> date | None:
    """Return when the end was reached, where the field was written once more while the record stood there."""
    if clock.starts.kind != "field":
        return None
    entered = [event for event in timeline.events[: index + 1] if event.state is not None]
    return entered[-1].on if entered and entered[-1].state in clock.until_states else None


def _meets(clock: Clock, event: Event) -> bool:
    return event.action in clock.until_actions or event.state in clock.until_states


def _suspensions(clock: Clock, timeline: Timeline, started_on: date, today: date) -> tuple[Suspension, ...]:
    found: list[Suspension] = []
    for pause in clock.pauses:
        begun: date | None = None
        moments = [(timeline.received_on, "", timeline.initial_state)]
        moments += [(event.on, event.action, event.state or "") for event in timeline.events]
        for on, action, state in moments:
            begins = state == pause.state if pause.state else action == pause.from_action
            ends = bool(state) and state != pause.state if pause.state else action == pause.to_action
            if begun is None and begins:
                begun = max(on, started_on)
            elif begun is not None and ends:
                found.append(_suspension(begun, on, pause.law))
                begun = None
        if begun is not None:
            days = max(0, (today - begun).days)
            found.append(Suspension(begun, None, days, pause.law))
    return tuple(sorted((s for s in found if s.days or s.end is None), key=lambda each: each.start))


def _suspension(start: date, end: date, law: Law | None) -> Suspension:
    return Suspension(start, end, max(0, (end - start).days), law)


def _segments(
    clock: Clock,
    later: tuple[Event, ...],
    started_on: date,
    stills: tuple[Still, ...],
    calendar: WorkingDays,
) -> tuple[Segment, ...]:
    first = Segment(started_on, clock.amount, count(started_on, clock.amount, stills, calendar))
    found = [first]
    times: dict[str, int] = {}
    by_action = {extension.action: extension for extension in clock.extensions}
    for event in later:
        extension = by_action.get(event.action)
        if extension is None or times.get(event.action, 0) >= extension.times:
            continue
        times[event.action] = times.get(event.action, 0) + 1
        found.append(_extended(extension, event, found[-1].counted.end, stills, calendar))
    return tuple(found)


def _extended(
    extension: Extension, event: Event, end: date, stills: tuple[Still, ...], calendar: WorkingDays
) -> Segment:
    most = count(end, extension.amount, stills, calendar)
    asked = event.fields.get(extension.field) if extension.field else None
    until = date.fromisoformat(asked) if isinstance(asked, str) else most.end
    counted = most if until >= most.end else Counted(max(until, end))
    return Segment(
        end,
        extension.amount,
        counted,
        action=extension.action,
        taken_on=event.on,
        law=extension.law,
        asked_until=until if until > most.end else None,
    )


def _status(on: date, today: date, ended_on: date | None, *, is_still: bool, is_window: bool) -> Status:
    if ended_on is not None:
        return "met" if ended_on <= on else "met_late"
    if is_still:
        return "still"
    if today <= on:
        return "running"
    return "over" if is_window else "overdue"


def _provisional_years(
    clock: Clock, start: date, end: date, on: date, calendar: WorkingDays
) -> tuple[int, ...]:
    """Return the years that this date depends on and that are not published yet."""
    counts_working_days = any(amount.unit == "working_days" for amount in _amounts(clock))
    if not counts_working_days and not clock.rolls:
        return ()
    years = range((start if counts_working_days else end).year, on.year + 1)
    return tuple(year for year in years if calendar.day(date(year, 1, 1)).is_provisional)


def _amounts(clock: Clock) -> list[Amount]:
    return [clock.amount, *(extension.amount for extension in clock.extensions)]


def _warned(clock: Clock, on: date, today: date, calendar: WorkingDays) -> frozenset[str]:
    return frozenset(
        role
        for warning in clock.warnings
        if today >= back_from(on, warning.before, calendar)
        for role in warning.roles
    )


def back_from(on: date, amount: Amount, calendar: WorkingDays) -> date:
    """Return the day so long before that day; never in months."""
    if amount.unit == "working_days":
        return calendar.plus(on, -amount.number)
    return on - timedelta(days=amount.number)
