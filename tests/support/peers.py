"""Peers for tests of what stands on a Peer: one that answers differently in chosen calls, a clock
that never really waits, and what a database holds, to compare it with another."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.peer import Peer, ReadOptions

WITH_HISTORY = ReadOptions(revs=True)


class Altered:
    """A peer whose named methods are others; each gets the peer first."""

    def __init__(self, peer: Peer, **methods: Callable[..., Any]) -> None:
        self._peer = peer
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        if name in self._methods:
            return lambda *args, **kwargs: self._methods[name](self._peer, *args, **kwargs)
        return getattr(self._peer, name)


class TestClock:
    """Waits by moving its own hands; `naps` holds how long each wait was."""

    __test__ = False

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._elapsed_s = 0.0
        self.naps: list[float] = []

    def monotonic_s(self) -> float:
        return self._elapsed_s

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self._elapsed_s)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        self.naps.append(seconds)
        self._elapsed_s += seconds

    def chance(self) -> float:
        return self._random.random()


def holdings(peer: Peer) -> dict[str, list[dict[str, Any]]]:
    """Return every leaf of every document with its body, deleted ones included."""
    rows = peer.changes(style="all_docs").rows
    return {row.id: [dict(doc) for doc in peer.open_revs(row.id, row.revs)] for row in rows}  # type: ignore[call-overload]


def histories(peer: Peer) -> dict[str, list[Any]]:
    """Return the winner's and the other leaves' ancestries by document."""
    rows = peer.changes(style="all_docs").rows
    return {
        row.id: [
            doc["_revisions"]["ids"]
            for doc in peer.open_revs(row.id, row.revs, options=WITH_HISTORY)
            if not isinstance(doc, str)
        ]
        for row in rows
    }
