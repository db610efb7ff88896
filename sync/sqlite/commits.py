"""Tells subscribers which databases changed, whichever process committed.

A thread looks at SQLite's own change counter, and only while somebody is subscribed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import apsw

from sync.errors import StorageFailed
from sync.sqlite.connections import connect

_log = logging.getLogger(__name__)

POLL_S: Final = 0.02
RETRY_S: Final = 1.0

OnCommit = Callable[[str], None]


class Commits:
    """Own commits are told at once by the writer, others' within POLL_S."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._subscribers: dict[object, OnCommit] = {}
        self._own_moments: dict[str, int] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._is_watching = threading.Event()
        self._moment: int | None = None

    def subscribe(self, on_commit: OnCommit) -> Callable[[], None]:
        """Call `on_commit(database)` after each commit from now on; returns unsubscribe."""
        token = object()
        with self._changed:
            self._subscribers[token] = on_commit
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._watch, name="sqlite-commits", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        self._is_watching.wait(timeout=5)

        def unsubscribe() -> None:
            with self._changed:
                self._subscribers.pop(token, None)

        return unsubscribe

    def tell(self, touched: dict[str, int]) -> None:
        """Take the names that a commit of this process touched, with their moments."""
        self._own_moments.update(touched)
        self._call(touched)

    def _call(self, names: Iterable[str]) -> None:
        with self._changed:
            subscribers = list(self._subscribers.values())
        for name in names:
            for on_commit in subscribers:
                try:
                    on_commit(name)
                except Exception:  # noqa: BLE001
                    # A subscriber's defect may stop neither writers nor the other subscribers.
                    _log.exception("A subscriber to commits failed on %s", name)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._subscribers.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        is_over = False
        while not is_over:
            try:
                with closing(connect(self._path, is_reader=True)) as connection:
                    self._follow(connection)
                is_over = True
            except (apsw.Error, StorageFailed):
                # A disk that fails for a while may not end what wakes everybody who waits.
                _log.exception("Commits of other processes cannot be read; trying again")
                is_over = self._is_over_after(RETRY_S)

    def _follow(self, connection: apsw.Connection) -> None:
        """Tell subscribers of commits until closed; after a failure go on from what was told last."""
        version = None
        if self._moment is None:
            version, self._moment = connection.pragma("data_version"), _latest(connection)
        self._is_watching.set()
        while self._wait_for_subscribers():
            found = connection.pragma("data_version")
            if found == version:
                continue
            rows: list[tuple[Any, ...]] = connection.execute(
                "SELECT name, moment FROM activity WHERE moment > ?", (self._moment,)
            ).fetchall()
            version, self._moment = found, max([self._moment, *(at for _, at in rows)])
            self._call([name for name, at in rows if self._own_moments.get(name) != at])

    def _is_over_after(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._is_closed, timeout=seconds)

    def _wait_for_subscribers(self) -> bool:
        """Sleep until it is time to look again; False when there is nothing to look for any more."""
        with self._changed:
            while not self._subscribers and not self._is_closed:
                self._changed.wait()
            self._changed.wait_for(lambda: self._is_closed, timeout=POLL_S)
            return not self._is_closed


def _latest(connection: apsw.Connection) -> int:
    return connection.execute("SELECT coalesce(max(moment), 0) FROM activity").get  # type: ignore[no-any-return]
