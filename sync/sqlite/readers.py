"""Read connections, lent one at a time to whichever thread asks, each read one snapshot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from sync.errors import StorageFailed
from sync.sqlite.connections import connect

MAX_IDLE: Final = 16


class Readers:
    """As many connections as are read from at once; idle ones are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[apsw.Connection] = deque()
        self._is_closed = False

    @contextmanager
    def one_answer(self) -> Iterator[apsw.Connection]:
        """Lend a connection for one statement, which is its own snapshot. Raises: StorageFailed."""
        connection = None
        try:
            connection = self._take()
            yield connection
        except (apsw.Error, UnicodeDecodeError) as error:
            raise StorageFailed(f"The database file cannot be read: {error}") from error
        finally:
            if connection is not None:
                self._give_back(connection)

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """Lend a connection inside one read transaction. Raises: StorageFailed."""
        connection = None
        try:
            connection = self._take()
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except (apsw.Error, UnicodeDecodeError) as error:  # text that is no text any more is damage too
            raise StorageFailed(f"The database file cannot be read: {error}") from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _take(self) -> apsw.Connection:
        if self._is_closed:
            raise StorageFailed("The database file is closed.")
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self._path, is_reader=True)

    def _give_back(self, connection: apsw.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._is_closed or len(self._idle) >= MAX_IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close idle connections now, and lent ones when they come back."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()
