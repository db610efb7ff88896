"""One writing connection, and a reading one for each native thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from server.readmodel.schema import connect, empty, is_current

Row = tuple[Any, ...]


class ReadOnly(RuntimeError):
    """This process shows the read model; the worker writes it."""


class Connections:
    def __init__(self, path: Path, *, is_writer: bool) -> None:
        self._path = path
        self._local = threading.local()
        self._write_lock = threading.Lock()
        self._writer = _open_writer(path) if is_writer else None
        if self._writer is not None and not is_current(self._writer):
            with self.writing() as connection:
                empty(connection)

    def reader(self) -> apsw.Connection:
        """Return this thread's connection; what it reads in one statement is one moment."""
        found: apsw.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = connect(self._path, is_writer=False)
            self._local.connection = found
        return found

    def select(self, sql: str, parameters: tuple[Any, ...] | dict[str, Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        return list(self.reader().execute(sql, parameters))

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One transaction: all of it, or nothing. Raises: ReadOnly."""
        if self._writer is None:
            raise ReadOnly(str(self._path.name))
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def empty_wal(self) -> bool:
        """Take everything out of the write-ahead log and cut it to nothing; False while somebody reads on."""
        if self._writer is None:
            raise ReadOnly(str(self._path.name))
        with self._write_lock:
            return not self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _open_writer(path: Path) -> apsw.Connection:
    """Open the file, or begin it anew where it is no database any more: it is a copy of `central`."""
    try:
        connection = connect(path, is_writer=True)
        if connection.execute("PRAGMA quick_check(1)").get == "ok":
            return connection
        connection.close()
    except (apsw.NotADBError, apsw.CorruptError):
        pass
    print(f"liandong: {path.name} is damaged and is built again from central", file=sys.stderr)
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return connect(path, is_writer=True)
