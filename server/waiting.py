"""Waiting for commits without polling; a commit in any process wakes whoever waits for it.

server.hub has the waiter of the web process; this page needs no gevent.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Waiter(Protocol):
    def notify(self, name: str) -> None:
        """Say that the database `name` has a new commit. May be called from any native thread."""

    def moment(self, name: str) -> int:
        """Return how many commits to `name` were heard of; counted before anybody is woken."""

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
        self._waiting: dict[str, dict[Wakeable, None]] = {}
        self._moments: Counter[str] = Counter()
        self._lock = threading.Lock()

    def moment(self, name: str) -> int:
        return self._moments[name]

    def count(self, names: Iterable[str]) -> None:
        with self._lock:
            self._moments.update(names)

    def has_waiting(self, name: str) -> bool:
        with self._lock:
            return name in self._waiting

    @contextmanager
    def registered(self, event: Wakeable, names: Collection[str]) -> Iterator[None]:
        with self._lock:
            for name in names:
                self._waiting.setdefault(name, {})[event] = None
        try:
            yield
        finally:
            with self._lock:
                for name in names:
                    self._forget(name, event)

    def _forget(self, name: str, event: Wakeable) -> None:
        waiting = self._waiting.get(name, {})
        waiting.pop(event, None)
        if not waiting:
            self._waiting.pop(name, None)

    def wake(self, names: Collection[str]) -> None:
        with self._lock:
            events = [event for name in names for event in self._waiting.get(name, ())]
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
        self.count((name,))
        self.wake((name,))

    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        return self.loop(threading.Event(), check, names, timeout_s)


def run_here(call: Callable[[], T]) -> T:
    return call()
