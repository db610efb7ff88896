"""`liandong calendar`: the office's own working days of a year, checked, loaded and written down."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import click

from server.commands.frame import say, with_settings
from server.commands.people import services_of
from server.deadlines.year_files import YearFileError, store_year, working_days_of
from server.messages.told import one_line
from server.records.names import SYSTEM
from server.settings import Settings


@click.group("calendar")
def calendar_group() -> None:
    """Working days: load the arrangement of a year, show what a year counts as."""


@calendar_group.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_settings
def load_year(settings: Settings, *, file: Path) -> None:
    """Check FILE, the arrangement of one year, and count by it from now on."""
    text = file.read_bytes()
    try:
        year = store_year(settings.data, text.decode("utf-8"))
    except YearFileError as error:
        raise click.ClickException(f"{file.name}: {error.said('zh')} / {error.said('en')}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(one_line("calendar.not_text", file=file.name)) from error
    digest = sha256(text).hexdigest()
    with services_of(settings) as services:
        services.audit.append("working_days_loaded", actor=SYSTEM, about=str(year.year), sha256=digest)
    say("calendar.loaded", year=year.year, holidays=len(year.holidays), make_ups=len(year.make_ups))


@calendar_group.command("show")
@click.argument("year", type=click.IntRange(2004, 2099))
@with_settings
def show_year(settings: Settings, *, year: int) -> None:
    """Say how the days of YEAR are counted, and whether that can still change."""
    calendar = working_days_of(settings.data)
    first = date(year, 1, 1)
    days = [calendar.day(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)]
    kinds = Counter(day.why for day in days)
    working = sum(day.is_working for day in days)
    say("calendar.shown", year=year, working=working, holidays=kinds["holiday"], make_ups=kinds["make_up"])
    if days[0].is_provisional:
        say("deadline.provisional", years=year)
    for problem in calendar.unreadable:
        say("deadline.unreadable", file=problem)
