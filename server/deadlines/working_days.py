"""Which day is a working day, and why not: published arrangements, and statutes for later years."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import chinese_calendar.constants as published

ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5

Why = Literal["working", "make_up", "weekend", "holiday"]

_NAMES: Final = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping_day",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat_festival",
    "National Day": "national_day",
    "Mid-autumn Festival": "mid_autumn_festival",
    "Anti-Fascist 70th Day": "victory_day",
}
"""The codes of holidays, said by the messages `deadline.holiday.<code>`."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar, and what makes it a working day or not."""

    on: date
    why: Why
    name: str = ""
    """The holiday's code, or its name as the office's own year file has it."""
    is_provisional: bool = False
    """The year's arrangement is not published yet: this may still change."""

    @property
    def is_working(self) -> bool:
        return self.why in ("working", "make_up")


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """The published arrangement of one year: holidays, and weekend days that are worked instead."""

    year: int
    holidays: Mapping[date, str]
    make_ups: Mapping[date, str]
    source: str = ""


@dataclass(frozen=True)
class WorkingDays:
    """The calendar of the county; `years` are the office's own, which stand before the package's."""

    years: Mapping[int, YearOfDays] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    """Year files that could not be read: whoever shows a date of theirs says so."""

    def day(self, on: date) -> Day:
        """Return what kind of day it is."""
        year = self.years.get(on.year) or _published().get(on.year)
        if year is None:
            return _by_statute(on)
        if on in year.holidays:
            return Day(on, "holiday", year.holidays[on])
        if on in year.make_ups:
            return Day(on, "make_up", year.make_ups[on])
        return Day(on, "weekend" if on.weekday() >= SATURDAY else "working")

    def is_working(self, on: date) -> bool:
        """Is it a working day?"""
        return self.day(on).is_working

    def first_from(self, on: date) -> date:
        """Return that day, or the next working day where it is none."""
        while not self.is_working(on):
            on += ONE_DAY
        return on

    def plus(self, on: date, amount: int) -> date:
        """Return the working day so many after that day, which itself does not count; negative goes back."""
        step = ONE_DAY if amount >= 0 else -ONE_DAY
        for _ in range(abs(amount)):
            on += step
            while not self.is_working(on):
                on += step
        return on

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and with `end`; negative backwards."""
        if end < start:
            return -self.between(end, start)
        days = (end - start).days
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, days + 1))


def published_years() -> Iterable[int]:
    """Return the years whose arrangement the program itself brings."""
    return _published().keys()


@cache
def _published() -> Mapping[int, YearOfDays]:
    holidays: dict[int, dict[date, str]] = {}
    make_ups: dict[int, dict[date, str]] = {}
    for source, target in ((published.holidays, holidays), (published.workdays, make_ups)):
        for on, name in source.items():
            target.setdefault(on.year, {})[on] = _NAMES[name]
    return {year: YearOfDays(year, days, make_ups.get(year, {})) for year, days in holidays.items()}


def _by_statute(on: date) -> Day:
    name = _statutory(on.year).get(on)
    if name is not None:
        return Day(on, "holiday", name, is_provisional=True)
    return Day(on, "weekend" if on.weekday() >= SATURDAY else "working", is_provisional=True)


@cache
def _statutory(year: int) -> Mapping[date, str]:
    """Return the statutory holidays of a year; after the last year of the table those with a fixed date."""
    table: dict[str, Any] = tomllib.loads(
        (Path(__file__).parent / "statutory_holidays.toml").read_text("utf-8")
    )
    found: dict[date, str] = {}
    for row in table["fixed"]:
        first = date(year, row["month"], row["day"])
        found |= {first + timedelta(days=n): row["name"] for n in range(row["days"])}
    for name, festival in table["years"].get(str(year), {}).items():
        first = festival - timedelta(days=table[name].get("before", 0))
        for number in range(table[name]["days"]):
            # Where two fall on one day (中秋 on 国庆) the first named stands; nobody gains a day by statute.
            found.setdefault(first + timedelta(days=number), name)
    return found
