"""The office's own years: `calendar/<year>.toml` in the data folder, checked before it is taken.

A file holds `year`, `source` (the notice it was copied from), and tables `[[holiday]]` with `name`, `from`
and `to`, and `[[make_up]]` with `on` and `for`: a weekend day that is worked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from server.deadlines.working_days import SATURDAY, WorkingDays, YearOfDays
from server.messages import DEFAULT_LANGUAGE, Language, text

FOLDER: Final = "calendar"
MAX_HOLIDAY_DAYS: Final = 31
MAX_NAME_CHARS: Final = 40
_YEARS: Final = range(2000, 2100)


class YearFileError(ValueError):
    """A year file cannot be taken; said by the message `calendar.wrong.<code>`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params

    def said(self, language: Language = DEFAULT_LANGUAGE) -> str:
        """Return which member is wrong, and what is wanted there."""
        return text(f"calendar.wrong.{self.code}", language, **self.params)


def parse_year(text: str) -> YearOfDays:
    """Return the year that a file describes. Raises: YearFileError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise YearFileError("not_toml", error=error) from error
    _refuse_unknown("*", table, {"year", "source", "holiday", "make_up"})
    year = table.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or year not in _YEARS:
        raise YearFileError("year")
    source = table.get("source")
    if not isinstance(source, str) or not source.strip():
        raise YearFileError("source")
    holidays: dict[date, str] = {}
    for on, name in _holidays(table.get("holiday"), year):
        if on in holidays:
            raise YearFileError("twice", on=on)
        holidays[on] = name
    return YearOfDays(year, holidays, _make_ups(table.get("make_up", []), year, holidays), source)


def year_path(data: Path, year: int) -> Path:
    """Return where the year's file stands in the data folder."""
    return data / FOLDER / f"{year}.toml"


def store_year(data: Path, text: str) -> YearOfDays:
    """Check the text of a year file and put it into the data folder; the one before is replaced.

    Raises: YearFileError.
    """
    year = parse_year(text)
    path = year_path(data, year.year)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".tmp")
    whole.write_text(text, "utf-8")
    whole.replace(path)
    return year


def working_days_of(data: Path) -> WorkingDays:
    """Return the county's calendar: the program's years with the office's own before them.

    Files are read again when they change; one that cannot be read is named in `unreadable`.
    """
    paths = sorted((data / FOLDER).glob("*.toml"))
    stats = [(path, path.stat()) for path in paths]
    return _loaded(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))


@lru_cache(maxsize=8)
def _loaded(files: tuple[tuple[Path, int, int], ...]) -> WorkingDays:
    years: dict[int, YearOfDays] = {}
    unreadable = []
    for path, _changed, _size in files:
        try:
            year = parse_year(path.read_text("utf-8"))
        except YearFileError as error:
            unreadable.append(f"{path.name}: {error.said()}")
        except (OSError, UnicodeDecodeError) as error:
            unreadable.append(f"{path.name}: {error}")
        else:
            years[year.year] = year
    return WorkingDays(years, tuple(unreadable))


def _holidays(rows: object, year: int) -> Iterator[tuple[date, str]]:
    for row in _rows("holiday", rows, {"name", "from", "to"}):
        name, first, last = _name("holiday.name", row.get("name")), _day(row, "from"), _day(row, "to")
        if first is None or last is None or last < first:
            raise YearFileError("from_to", name=name)
        if (last - first).days >= MAX_HOLIDAY_DAYS:
            raise YearFileError("too_long", name=name, most=MAX_HOLIDAY_DAYS)
        for number in range((last - first).days + 1):
            on = first + timedelta(days=number)
            if on.year == year:  # New Year may begin in the year before
                yield on, name
    if not rows:
        raise YearFileError("no_holiday")


def _make_ups(rows: object, year: int, holidays: Mapping[date, str]) -> dict[date, str]:
    found: dict[date, str] = {}
    for row in _rows("make_up", rows, {"on", "for"}):
        on = _day(row, "on")
        if on is None or on.year != year:
            raise YearFileError("make_up_on", year=year)
        if on.weekday() < SATURDAY:
            raise YearFileError("make_up_weekday", on=on)
        if on in holidays:
            raise YearFileError("make_up_holiday", on=on)
        found[on] = _name("make_up.for", row.get("for"))
    return found


def _rows(name: str, rows: object, known: set[str]) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise YearFileError("tables", name=name)
    for row in rows:
        _refuse_unknown(name, row, known)
    return rows


def _day(row: Mapping[str, Any], name: str) -> date | None:
    value = row.get(name)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _name(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME_CHARS:
        raise YearFileError("name", where=where, most=MAX_NAME_CHARS)
    return value


def _refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise YearFileError("unknown_member", where=where, name=unknown[0])
