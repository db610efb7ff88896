"""Many databases in one SQLite file: the Server of the embedded engine.

Open it after any fork, once per process; other processes may open the same file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import apsw

from sync.errors import StorageFailed
from sync.outcome import Outcome, ThreadOutcome
from sync.sqlite.commits import Commits
from sync.sqlite.connections import connect, empty_wal
from sync.sqlite.database import (
    check_database_name,
    create_database,
    drop_database,
    find_database,
    renew_lives,
    sweep_dropped,
)
from sync.sqlite.file_format import prepare_file
from sync.sqlite.limits import EngineLimits
from sync.sqlite.peer import SqlitePeer
from sync.sqlite.readers import Readers
from sync.sqlite.schema import read_setting
from sync.sqlite.writer import Writer


class SqliteServer:
    """Implements Server; `epoch`, `change_epoch` and `backup_to` are its own."""

    def __init__(
        self,
        path: Path,
        limits: EngineLimits | None = None,
        new_outcome: Callable[[], Outcome] = ThreadOutcome,
    ) -> None:
        self._path = path
        self._limits = limits or EngineLimits()
        prepare_file(path)
        self._readers = Readers(path)
        self._commits = Commits(path)
        try:
            writing = connect(path)
        except apsw.Error as error:
            raise StorageFailed(f"Cannot open the database file {path.name}: {error}") from error
        self._writer = Writer(
            writing,
            on_commit=self._commits.tell,
            on_idle=sweep_dropped,
            max_waiting=self._limits.waiting_writes,
            new_outcome=new_outcome,
        )
        try:
            with self._readers.snapshot() as connection:
                self._uuid = read_setting(connection, "uuid")
        except StorageFailed:
            self.close()
            raise

    @property
    def path(self) -> Path:
        return self._path

    @property
    def uuid(self) -> str:
        return self._uuid

    @property
    def epoch(self) -> str:
        """The name of this life of the data, lower case."""
        with self._readers.snapshot() as connection:
            return read_setting(connection, "epoch")

    def change_epoch(self, epoch: str | None = None) -> str:
        """Begin another life, randomly named if no name is given, and return its name.

        Every seq given out before restarts at 0, and every instance_start_time changes.
        """
        return self._writer.run(lambda connection: renew_lives(connection, epoch))

    def open(self, name: str) -> SqlitePeer:
        with self._readers.one_answer() as connection:
            find_database(connection, name)
        return self._peer(name)

    def create(self, name: str) -> SqlitePeer:
        check_database_name(name)
        self._writer.run(lambda connection: create_database(connection, name))
        return self._peer(name)

    def ensure(self, name: str) -> SqlitePeer:
        check_database_name(name)
        with self._readers.snapshot() as connection:
            found = connection.execute("SELECT 1 FROM database WHERE name = ?", (name,)).get
        if found is None:
            self._writer.run(lambda connection: create_database(connection, name, is_new=False))
        return self._peer(name)

    def _peer(self, name: str) -> SqlitePeer:
        return SqlitePeer(name, self._readers, self._writer, self._commits, self._limits)

    def delete(self, name: str) -> None:
        self._writer.run(lambda connection: drop_database(connection, name), leaves_chores=True)

    def names(self, prefix: str = "") -> list[str]:
        with self._readers.snapshot() as connection:
            rows = connection.execute(
                "SELECT name FROM database WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
            )
            return [name for (name,) in rows]

    def subscribe(self, on_commit: Callable[[str], None]) -> Callable[[], None]:
        return self._commits.subscribe(on_commit)

    def backup_to(self, path: Path) -> None:
        """Write a consistent copy of the file as it is now; writers go on meanwhile.

        Raises: StorageFailed, also when `path` exists.
        """
        if path.exists():
            raise StorageFailed(f"{path.name} exists already; a backup never overwrites.")
        try:
            source = connect(self._path)
            try:
                source.execute("VACUUM INTO ?", (str(path),))
            finally:
                source.close()
            with path.open("rb") as copy:
                os.fsync(copy.fileno())
        except (apsw.Error, OSError) as error:
            raise StorageFailed(f"The backup could not be written: {error}") from error

    def wipe_freed(self) -> None:
        """Bodies were overwritten where they lay; what the write-ahead log still holds of them goes."""
        empty_wal(self._path)

    def close(self) -> None:
        """Store what is queued, wake nobody any more, and let go of the file."""
        self._writer.close()
        self._commits.close()
        self._readers.close()


def open_server(
    path: Path,
    *,
    epoch: str | None = None,
    limits: EngineLimits | None = None,
    new_outcome: Callable[[], Outcome] = ThreadOutcome,
) -> SqliteServer:
    """Open the file, made new if there is none, with its sync databases.

    epoch: the name that this life of the data must have; None keeps the file's own.
    new_outcome: how a caller waits for its write; on greenlets, so that the others go on meanwhile.

    Raises: StorageFailed (unsafe SQLite library, newer file format, no such folder).
    """
    server = SqliteServer(path, limits, new_outcome)
    if epoch is not None and server.epoch != epoch:
        server.change_epoch(epoch)
    return server
