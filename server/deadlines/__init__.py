"""Working days and due dates: when a clock runs out, and the arithmetic that says why. Year files too."""

from __future__ import annotations

from server.deadlines.clock import Clock
from server.deadlines.due_date import DueDate, due_date
from server.deadlines.timeline import Timeline
from server.deadlines.working_days import Day, WorkingDays

__all__ = ["Clock", "Day", "DueDate", "Timeline", "WorkingDays", "due_date"]
