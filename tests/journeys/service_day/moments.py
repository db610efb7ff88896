"""The day of these tests, a Wednesday that was a working day, and clocks that are handed in."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 11)
BEFORE = date(2026, 3, 10)
AFTER = date(2026, 3, 12)
DRAWN = date(2026, 3, 18)
"""The same day of the next week: who served on Wednesday is expected, and may be drawn."""


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, clock_time.fromisoformat(clock), ZONE)


def acted(clock: str) -> datetime:
    """Return when somebody acts at this minute: a little after it begins, for no two clocks are equal."""
    return at(clock) + timedelta(seconds=10)


class RunningClock:
    """Set to a moment, it runs on from there: what a server beside running browsers needs."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        self._moment, self._since_s = moment, time.monotonic()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._moment.timestamp() + time.monotonic() - self._since_s, ZONE)


class FrozenClock:
    """Stands still until it is set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
