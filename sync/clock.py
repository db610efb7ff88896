"""Time and chance as the replicator sees them, so that a test can hand in its own.

Monotonic seconds measure; the wall clock only labels: nothing is ever decided by it.
"""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What waits, measures and draws lots."""

    def monotonic_s(self) -> float: ...

    def now(self) -> datetime: ...

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Return after `seconds`, or as soon as `cancelled` is set."""

    def chance(self) -> float:
        """Return a number from 0 up to 1."""


class SystemClock:
    """This machine's."""

    def monotonic_s(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        cancelled.wait(seconds)

    def chance(self) -> float:
        return random.random()
