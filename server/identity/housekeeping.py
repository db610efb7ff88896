"""Forgetting what is over: sessions, used challenges, codes, counters of failures. No evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

EVERY_S: Final = 3600.0


class Forgetful(Protocol):
    def forget_old(self) -> int:
        """Remove what is over; returns how many."""


class Housekeeping:
    """A step of the worker that works once an hour and never asks for another round."""

    def __init__(self, *parts: Forgetful, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._clock = clock
        self._done_at_s: float | None = None

    def run_once(self) -> bool:
        """Forget what is over when an hour has passed; always False."""
        now_s = self._clock()
        if self._done_at_s is None or now_s - self._done_at_s >= EVERY_S:
            self._done_at_s = now_s
            for part in self._parts:
                part.forget_old()
        return False
