"""Tells when another process has committed to the read model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw

NAME = "readmodel"
POLL_S = 0.02
BUSY_TIMEOUT_MS = 10_000
RETRY_S = 1.0


class CommitWatch:
    """One thread on a connection of its own; `PRAGMA data_version` changes with others' commits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._callbacks: list[Callable[[str], None]] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def subscribe(self, on_commit: Callable[[str], None]) -> Callable[[], None]:
        """Call `on_commit("readmodel")` soon after any commit; returns unsubscribe."""
        with self._lock:
            self._callbacks.append(on_commit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True, name="readmodel-watch")
                self._thread.start()

        def unsubscribe() -> None:
            with self._lock, suppress(ValueError):
                self._callbacks.remove(on_commit)

        return unsubscribe

    def close(self) -> None:
        self._closed.set()

    def _watch(self) -> None:
        connection: apsw.Connection | None = None
        seen: object = None
        while not self._closed.wait(POLL_S):
            try:
                connection = connection or self._open()
                version = connection.pragma("data_version") if connection else seen
            except apsw.Error:
                # A full disk, or a file that is being made anew: whoever waits must not wait for ever.
                connection, version = None, object()
                self._closed.wait(RETRY_S)
            if version != seen:
                seen = version
                self._tell()
        if connection is not None:
            connection.close()

    def _open(self) -> apsw.Connection | None:
        if not self._path.exists():
            return None
        connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
        # While another connection makes or recovers the file, this one would raise.
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        return connection

    def _tell(self) -> None:
        with self._lock:
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback(NAME)
