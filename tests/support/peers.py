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
    """Return every leaf of every document with its body, deleted ones included, by revision."""
    return {doc_id: [_bare(doc) for doc in leaves] for doc_id, leaves in _leaves(peer).items()}


def histories(peer: Peer) -> dict[str, list[Any]]:
    """Return the ancestry of every leaf of every document."""
    return {doc_id: [doc["_revisions"]["ids"] for doc in leaves] for doc_id, leaves in _leaves(peer).items()}


def _leaves(peer: Peer) -> dict[str, list[dict[str, Any]]]:
    rows = peer.changes(style="all_docs").rows
    wanted = [(row.id, rev) for row in rows for rev in row.revs]
    held: dict[str, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for (doc_id, _), found in zip(wanted, peer.bulk_get(wanted, options=WITH_HISTORY), strict=True):
        held[doc_id] += found.docs
    return {doc_id: sorted(leaves, key=lambda leaf: str(leaf["_rev"])) for doc_id, leaves in held.items()}


def _bare(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name != "_revisions"}
