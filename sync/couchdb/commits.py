"""Hearing of commits, whoever made them: a changes feed for each database that is open here.

`_db_updates`, where it may be read, covers the databases that are not; it tells up to half a second late.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sync.couchdb.asking import Asking
from sync.couchdb.connection import Connection
from sync.couchdb.feed import seq_text
from sync.couchdb.json_text import decode
from sync.errors import DatabaseNotFound, SyncError
from sync.peer import Seq

HEARTBEAT_MS: Final = 10_000
SILENCE_S: Final = 25.0
RETRY_S: Final = 1.0
MAX_FEEDS: Final = 128
"""Databases beyond these are heard of by `_db_updates` alone."""


class NamesOf(Protocol):
    """Says what we call a database of the server; None: it is not ours."""

    def name_of(self, place: str) -> str | None: ...


class Commits:
    """Who wants to hear, and the threads that listen while anybody does."""

    def __init__(self, connection: Connection, names: NamesOf) -> None:
        self._connection = connection
        self._names = names
        self._listeners: dict[int, Callable[[str], None]] = {}
        self._followed: dict[str, Follower] = {}
        self._known: dict[str, Asking] = {}
        self._next = 0
        self._lock = threading.Lock()
        self._updates: Updates | None = None

    def subscribe(self, on_commit: Callable[[str], None]) -> Callable[[], None]:
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._listeners[number] = on_commit
            waiting = [database for name, database in self._known.items() if name not in self._followed]
            starts = self._updates is None
            if starts:
                self._updates = Updates(self._connection, self._names, self.tell)
        if starts and self._updates is not None:
            self._updates.start()
        for database in waiting:
            self._follow(database)
        return lambda: self._unsubscribe(number)

    def opened(self, database: Asking) -> None:
        """A database is in use here: follow it, now or when somebody subscribes."""
        with self._lock:
            is_new = database.name not in self._known
            self._known[database.name] = database
            is_wanted = bool(self._listeners)
        if is_new and is_wanted:
            self._follow(database)

    def forget(self, name: str) -> None:
        with self._lock:
            self._known.pop(name, None)
            follower = self._followed.pop(name, None)
        if follower:
            follower.stop()

    def tell(self, name: str) -> None:
        with self._lock:
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener(name)

    def close(self) -> None:
        with self._lock:
            self._listeners.clear()
            followers, self._followed = list(self._followed.values()), {}
            updates, self._updates = self._updates, None
        for follower in followers:
            follower.stop()
        if updates:
            updates.stop()

    def _unsubscribe(self, number: int) -> None:
        with self._lock:
            self._listeners.pop(number, None)

    def _follow(self, database: Asking) -> None:
        if len(self._followed) >= MAX_FEEDS:
            return
        try:
            # Before the caller goes on, so that no commit after this is missed.
            since = seq_text(database.ask("GET").json()["update_seq"])
        except SyncError:
            since = "now"
        follower = Follower(database, since, self.tell)
        with self._lock:
            if database.name in self._followed:
                return
            self._followed[database.name] = follower
        follower.start()


class Listening(threading.Thread):
    """Reads one stream for ever, again from where it was after each break."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        self._is_stopped.set()

    def run(self) -> None:
        while not self._is_stopped.is_set():
            try:
                self._listen()
            except DatabaseNotFound:
                return
            except SyncError:
                # Told nowhere: whoever uses the database meets the same failure, and is told.
                self._is_stopped.wait(RETRY_S)

    def _listen(self) -> None:
        raise NotImplementedError


class Follower(Listening):
    """The changes feed of one database."""

    def __init__(self, database: Asking, since: Seq, tell: Callable[[str], None]) -> None:
        super().__init__(f"couchdb-{database.name}")
        self._database = database
        self._since = since
        self._tell = tell

    def _listen(self) -> None:
        asked = {"feed": "continuous", "since": self._since, "heartbeat": HEARTBEAT_MS}
        with self._database.stream("GET", "_changes", asked, silence_s=SILENCE_S) as lines:
            for line in lines:
                if self._is_stopped.is_set():
                    return
                if line and "seq" in (row := decode(line)):
                    self._since = seq_text(row["seq"])
                    self._tell(self._database.name)


class Updates(Listening):
    """`_db_updates`: commits of every database, for those who may read it."""

    def __init__(self, connection: Connection, names: NamesOf, tell: Callable[[str], None]) -> None:
        super().__init__("couchdb-updates")
        self._connection = connection
        self._names = names
        self._tell = tell

    def _listen(self) -> None:
        asked: Mapping[str, Any] = {"feed": "continuous", "since": "now", "heartbeat": HEARTBEAT_MS}
        try:
            with self._connection.stream("GET", "/_db_updates", asked, silence_s=SILENCE_S) as lines:
                for line in lines:
                    if self._is_stopped.is_set():
                        return
                    if line and (name := self._names.name_of(str(decode(line).get("db_name", "")))):
                        self._tell(name)
        except SyncError as error:
            if error.status in (401, 403, 404, 405, 501):
                self._is_stopped.set()  # not here, or not for us: open databases are followed anyway
                return
            raise
        time.sleep(RETRY_S)
