"""Waiting for commits without polling; a commit in any process wakes whoever waits for it.

server.hub has the waiter of the web process; this page needs no gevent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Waiter(Protocol):
    def notify(self, name: str) -> None:
        """Say that the database `name` has a new commit. May be called from any native thread."""

    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        """Return what `check` gives, asking now and after each commit to `names`; None when time is up."""


class Wakeable(Protocol):
    def set(self) -> None: ...
    def clear(self) -> None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class Waiting:
    """Who waits for which names; the two waiters differ in the event that they hand out."""

    def __init__(self) -> None:
        self._waiting: dict[Wakeable, frozenset[str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def registered(self, event: Wakeable, names: Collection[str]) -> Iterator[None]:
        with self._lock:
            self._waiting[event] = frozenset(names)
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[event]

    def wake(self, names: Collection[str]) -> None:
        with self._lock:
            events = [event for event, wanted in self._waiting.items() if not wanted.isdisjoint(names)]
        for event in events:
            event.set()

    def loop(
        self,
        event: Wakeable,
        check: Callable[[], T | None],
        names: Collection[str],
        timeout_s: float,
    ) -> T | None:
        deadline = time.monotonic() + timeout_s
        with self.registered(event, names):
            while True:
                event.clear()  # before the check: a commit during it wakes the next wait
                found = check()
                remaining_s = deadline - time.monotonic()
                if found is not None or remaining_s <= 0:
                    return found
                event.wait(remaining_s)


class ThreadWaiter(Waiting):
    """For tests, the command line and the worker: every waiter has a thread of its own."""

    def notify(self, name: str) -> None:
        self.wake({name})

    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        return self.loop(threading.Event(), check, names, timeout_s)


def run_here(call: Callable[[], T]) -> T:
    return call()
