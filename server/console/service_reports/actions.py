"""Which reports there are, and making one within the viewer's reach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from flask import url_for

from server.console.deadline_board.actions import find_all
from server.console.due_dates import today
from server.console.layout.words import language, now, t, zone
from server.console.listing import ListView
from server.console.permissions import Permission, may, reach
from server.console.service_reports.deadline_report import deadline_report
from server.console.service_sessions.words import rules
from server.console.viewer import Viewer
from server.readmodel.month_queries import Places, month_facts, order_facts
from server.reports.integrity_report import integrity_report
from server.reports.ledger_report import ledger_report
from server.reports.report import Cell, Report
from server.reports.station_report import station_report
from server.services import current

NAMES: Final = ("stations", "integrity", "ledger", "deadlines")
MONTHS_OFFERED: Final = 24
_LISTS: Final = {"sessions": "service_sessions.page", "spot_checks": "spot_checks.page"}


def asked_month(text: str) -> date:
    """Return the first day of the month asked for; of anything else, of this one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return now().astimezone(zone()).date().replace(day=1)


def months() -> list[tuple[str, str]]:
    """Return (month, words) to choose from, the latest first."""
    found, day = [], asked_month("")
    for _ in range(MONTHS_OFFERED):
        found.append((day.strftime("%Y-%m"), month_words(day)))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def month_words(day: date) -> str:
    """Return a month as it is written."""
    month = day.month if language() == "zh" else day.strftime("%B")
    return t("report.period", year=day.year, month=month)


def make(name: str, month: date, viewer: Viewer) -> Report | None:
    """Return the report; None when there is none of this name."""
    places = _places(viewer)
    if name == "deadlines":
        view = ListView.of("deadline_board.page", "due", {})
        return deadline_report(find_all(view, viewer), month.strftime("%Y-%m"), language())
    if name not in NAMES:
        return None
    if name == "ledger":
        return _ledger(places, month)
    facts = month_facts(current().readmodel, places, month, zone())
    if name == "integrity":
        return integrity_report(facts, language())
    return station_report(facts, language(), lambda member: supervisor_words(member, viewer))


def supervisor_words(member: str, viewer: Viewer) -> str:
    """Return a supervisor's name for who may read names, else what stands for it in reports."""
    directory = current().directory
    found = directory.member(member) if may(viewer, Permission.SEE_NAMES) else None
    return found.name if found else directory.alias("report", member)[:6].upper()


def link_of(cell: Cell) -> str:
    """Return the address of the records behind a number; empty where it has none."""
    if cell.to not in _LISTS or cell.value in (None, ""):
        return ""
    query: dict[str, Any] = {name: value for name, value in cell.query.items() if value}
    return url_for(_LISTS[cell.to], **query)


def _ledger(places: Places, month: date) -> Report:
    day = today()
    return ledger_report(
        order_facts(current().readmodel, places, month, now(), zone()),
        month.strftime("%Y-%m"),
        language(),
        day.on,
        daily_cap_min=rules().daily_cap_min,
        working_days=day.calendar.between,
    )


def _places(viewer: Viewer) -> Places:
    own = reach(viewer, Permission.SEE_SERVICE_REPORTS)
    return (None, None) if own.is_county else (own.townships, own.stations)
