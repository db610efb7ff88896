"""How a long request waits for commits; the mounting application may hand in its own way.

An application on greenlets must: a waiting request may not occupy a thread of the pool.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar

from sync.peer import Server

T = TypeVar("T")


class RunBlocking(Protocol):
    """Runs a call that may block, away from whatever must stay responsive."""

    def __call__(self, call: Callable[[], T], /) -> T: ...


class Waiter(Protocol):
    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        """Return what `check` gives, asking now and after each commit to `names`; None when time is up.

        Interest is registered before the first check, so no commit is missed.
        """

    def moment(self, name: str) -> int | None:
        """Return how many commits to `name` were heard of, counted before anybody is woken.

        None where that is not known: then whoever is woken must look for himself.
        """


class ThreadWaiter:
    """For servers with a thread for each request. Spec: PROTOCOL E76."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def moment(self, name: str) -> int | None:  # noqa: ARG002 - it listens only while somebody waits
        return None

    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        deadline_s = time.monotonic() + timeout_s
        committed = threading.Event()
        unsubscribe = self._server.subscribe(lambda name: committed.set() if name in names else None)
        try:
            while True:
                committed.clear()
                found = check()
                left_s = deadline_s - time.monotonic()
                if found is not None or left_s <= 0:
                    return found
                committed.wait(left_s)
        finally:
            unsubscribe()


def run_here(call: Callable[[], T]) -> T:
    """The RunBlocking of servers whose requests may block."""
    return call()
