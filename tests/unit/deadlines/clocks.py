"""Clocks and timelines for tests, in few words."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.deadlines import Clock, DueDate, Timeline, WorkingDays, due_date
from server.deadlines.clock import Amount, Law, Start
from server.deadlines.timeline import Event

LAW = Law("criminal_procedure_law", "172")
NOV_2 = date(2026, 11, 2)


def clock(number: int = 10, unit: Any = "days", **more: Any) -> Clock:
    members = {"starts": Start("received"), "law": LAW, "until_states": frozenset({"decided"}), **more}
    return Clock("review", "deadline.title", amount=Amount(number, unit), **members)


def timeline(*events: tuple[date, str, str | None], received: date = NOV_2, **values: Any) -> Timeline:
    made = tuple(Event(on, action, state) for on, action, state in events)
    return Timeline(received, "received", made, values)


def due(of: Clock, line: Timeline, today: date = NOV_2, days: WorkingDays | None = None) -> DueDate:
    found = due_date(of, line, today, days or WorkingDays())
    assert found is not None
    return found
