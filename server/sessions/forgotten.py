"""Where a session without check-out ends and one without check-in begins (DOMAIN 4, rows 9 and 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.sessions.facts import Slot, StationVersion
from server.sessions.fence import version_in_force
from server.sessions.minutes import Calendar, minute_of, moment_of
from server.sessions.outcome import Flag, Session
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Limits:
    """What no forgotten session goes beyond; None where it is not known."""

    cap_min: int
    slot: tuple[int, int] | None = None
    hours: tuple[int, int] | None = None
    """Opening and closing of the day, as minutes since 1970."""
    next_in: int | None = None
    """When the same person checked in again that day, anywhere."""
    last_out: int | None = None
    """When the same person's session before this one ended."""

    def end_of(self, start: int) -> tuple[int, str]:
        """Return the earliest of slot end, closing, daily cap and the next check-in, and which it was."""
        ends = [(start + self.cap_min, "daily_cap")]
        ends += [(self.slot[1], "slot_end")] if self.slot and self.slot[1] > start else []
        ends += [(self.hours[1], "closing")] if self.hours and self.hours[1] > start else []
        ends += [(self.next_in, "next_check_in")] if self.next_in is not None else []
        return min(ends)

    def start_of(self, end: int) -> tuple[int, str]:
        """Return the latest of slot start, opening, daily cap and the check-out before, and which it was."""
        starts = [(end - self.cap_min, "daily_cap")]
        starts += [(self.slot[0], "slot_start")] if self.slot and self.slot[0] < end else []
        starts += [(self.hours[0], "opening")] if self.hours and self.hours[0] < end else []
        starts += [(self.last_out, "last_check_out")] if self.last_out is not None else []
        return max(starts)


def hours_of(versions: Sequence[StationVersion], at: datetime, calendar: Calendar) -> tuple[int, int] | None:
    """Return when the station opens and closes on the local day of this moment."""
    version = version_in_force(versions, at)
    if version is None or version.hours is None:
        return None
    day = calendar.day(minute_of(at))
    opens, closes = version.hours
    return calendar.at(day, opens), calendar.at(day, closes)


def slot_of(slots: Iterable[Slot], order: str, station: str, around: int, calendar: Calendar) -> Slot | None:
    """Return the slot that a check-in at this minute belongs to: the nearest of its order, station, day."""
    fitting = [
        slot
        for slot in slots
        if slot.order == order
        and slot.station == station
        and calendar.day(minute_of(slot.starts_at)) == calendar.day(around)
    ]
    return min(fitting, key=lambda slot: (abs(minute_of(slot.starts_at) - around), slot.id), default=None)


def after_hours(start: int, end: int, versions: Sequence[StationVersion], calendar: Calendar) -> Flag | None:
    """Return a doubt about a session that begins before opening or ends after closing."""
    hours = hours_of(versions, moment_of(start), calendar)
    if hours is None or (hours[0] <= start and end <= hours[1]):
        return None
    return Flag("after_hours", {"opens_at": hours[0], "closes_at": hours[1]})


def forgetting(sessions: Iterable[Session], settings: SessionSettings) -> dict[str, Flag]:
    """Return by session the warning for a second forgotten check-out, and the flag for a pattern of them."""
    forgotten = [
        session
        for session in sorted(sessions, key=lambda each: (each.reported, each.id))
        if any(flag.code == "forgotten_out" for flag in session.flags)
    ]
    found: dict[str, Flag] = {}
    for times, session in enumerate(forgotten, start=1):
        if times >= settings.forgotten_pattern:
            found[session.id] = Flag("forgotten_pattern", {"times": times})
        elif times > 1:
            found[session.id] = Flag("forgotten_again", {"times": times})
    return found
