"""Minutes: moments cut to the minute that people read on a clock, spans of them, local days and weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

AddWorkingDays = Callable[[date, int], date]


def minute_of(at: datetime) -> int:
    """Return the whole minutes since 1970: 14:05:59 is 14:05."""
    return int(at.timestamp() // 60)


def moment_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute to another; never backwards."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def within(self, other: Span) -> Span:
        """Return the part of this that lies in the other; of length 0 when none does."""
        start = min(max(self.start, other.start), other.end)
        return Span(start, max(start, min(self.end, other.end)))


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch as one."""
    merged: list[Span] = []
    for span in sorted(each for each in spans if each.length):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def minus(span: Span, taken: Iterable[Span]) -> list[Span]:
    """Return what is left of a span when others are taken out of it."""
    left, start = [], span.start
    for each in union(other.within(span) for other in taken):
        left.append(Span(start, each.start))
        start = each.end
    return [each for each in [*left, Span(start, span.end)] if each.length]


def total(spans: Iterable[Span]) -> int:
    return sum(span.length for span in spans)


@lru_cache(maxsize=65_536)
def _day_of_quarter(zone: ZoneInfo, quarter: int) -> date:
    """No zone's day begins within a quarter of an hour; asking the zone anew costs more than all else."""
    return moment_of(quarter * 15).astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days as the county counts them."""

    zone: ZoneInfo
    add_working_days: AddWorkingDays

    def day(self, minute: int) -> date:
        return _day_of_quarter(self.zone, minute // 15)

    def week(self, minute: int) -> tuple[int, int]:
        """Return ISO year and week; a week begins on Monday."""
        year, week, _day = self.day(minute).isocalendar()
        return year, week

    def at(self, day: date, minute_of_day: int) -> int:
        """Return the minute at which a local day's clock shows this; 1440 is the end of the day."""
        midnight = datetime.combine(day, time(), self.zone)
        return minute_of(midnight) + minute_of_day

    def minute_of_day(self, minute: int) -> int:
        local = moment_of(minute).astimezone(self.zone)
        return local.hour * 60 + local.minute

    def due(self, at: datetime, working_days: int) -> date:
        """Return the last day of a time limit that begins the day after."""
        return self.add_working_days(at.astimezone(self.zone).date(), working_days)


def weekdays_only(day: date, count: int) -> date:
    """Return the day so many weekdays later; for where no year of holidays is known."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
