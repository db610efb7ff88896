"""Arithmetic of periods: days, working days and months, with days on which a clock stands still."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from server.deadlines.clock import Amount
from server.deadlines.working_days import ONE_DAY, Day, WorkingDays


@dataclass(frozen=True, slots=True)
class Still:
    """The clock stood still after `start`, up to and with `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return max(0, (self.end - self.start).days)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a period ends, and the days that were passed over on the way."""

    end: date
    skipped: tuple[Day, ...] = ()
    """Of working days: those that are none."""
    still_days: int = 0


def add_months(start: date, months: int) -> date:
    """Return the day of the same number so many months later, or that month's last day where it lacks it.

    Source: 民法典 203; 刑事诉讼法 105 with 最高人民法院解释 202, whose first and third rule this is.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def count(start: date, amount: Amount, stills: tuple[Still, ...], calendar_: WorkingDays) -> Counted:
    """Return the end of a period that begins after `start`.

    Source: 刑事诉讼法 105 (the day on which a period begins is not counted).
    """
    if amount.unit == "months":
        return _months(start, amount.number, stills)
    return _days(start, amount, stills, calendar_)


def _months(start: date, months: int, stills: tuple[Still, ...]) -> Counted:
    nominal = add_months(start, months)
    end, still_days = nominal, 0
    while True:
        found = sum(_overlap(still, start, end) for still in stills)
        if found == still_days:
            return Counted(end, (), still_days)
        still_days, end = found, nominal + timedelta(days=found)


def _overlap(still: Still, start: date, end: date) -> int:
    """Count the still days after `start` up to `end`; one that is under way at the end counts whole."""
    if still.start >= end:
        return 0
    return max(0, (still.end - max(still.start, start)).days)


def _days(start: date, amount: Amount, stills: tuple[Still, ...], calendar_: WorkingDays) -> Counted:
    on, left, still_days = start, amount.number, 0
    skipped: list[Day] = []
    while left:
        on += ONE_DAY
        if any(still.start < on <= still.end for still in stills):
            still_days += 1
            continue
        day = calendar_.day(on)
        if amount.unit == "working_days" and not day.is_working:
            skipped.append(day)
            continue
        left -= 1
    return Counted(on, tuple(skipped), still_days)
