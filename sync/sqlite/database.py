"""The databases in the file: found by name inside every transaction, created, dropped, renewed.

Nothing about a database is kept in memory, so that another process's change counts at once.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Any, Final, NamedTuple

import apsw

from sync.errors import BadRequest, DatabaseNotFound, PreconditionFailed
from sync.peer import SEQ_START, Seq
from sync.sqlite.schema import new_epoch
from sync.sqlite.writer import touch

MAX_NAME_BYTES: Final = 238
DROP_CHUNK: Final = 500

_NAME = re.compile(r"[a-z][a-z0-9_$()+/-]*")
_SEQ = re.compile(r"([0-9]{1,18})-([0-9a-f]{12})")


class Database(NamedTuple):
    """A row of `database`."""

    number: int
    name: str
    life: str
    instance_start_time: str
    last_seq: int
    doc_count: int
    doc_del_count: int

    def seq(self, number: int) -> Seq:
        return f"{number}-{self.life}"

    def seq_number(self, since: Seq) -> int:
        """Return where in this life of the database `since` is; 0 for a seq of another life.

        Raises: BadRequest. Spec: PROTOCOL E68, F80.
        """
        if since == SEQ_START:
            return 0
        if since == "now":
            return self.last_seq
        match = _SEQ.fullmatch(since)
        if match is None:
            raise BadRequest("Malformed sequence supplied in 'since' parameter.")
        number = int(match[1])
        # A number not yet given out: the disk was set back without an epoch change.
        return number if match[2] == self.life and number <= self.last_seq else 0


def find_database(connection: apsw.Connection, name: str) -> Database:
    """Raises: DatabaseNotFound."""
    row = connection.execute("SELECT * FROM database WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise DatabaseNotFound
    return Database(*row)


def check_database_name(name: str) -> str:
    """Raises: BadRequest (illegal_database_name, database_name_too_long). Spec: PROTOCOL A6."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"Name: '{name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters"
            " _, $, (, ), +, -, and / are allowed. Must begin with a letter.",
            error="illegal_database_name",
        )
    if len(name) > MAX_NAME_BYTES:
        raise BadRequest(f"The database name `{name}` is too long.", error="database_name_too_long")
    return name


def create_database(connection: apsw.Connection, name: str, *, is_new: bool = True) -> None:
    """Raises: PreconditionFailed when it exists, unless `is_new` is False."""
    found = connection.execute("SELECT 1 FROM database WHERE name = ?", (name,)).get
    if found is None:
        connection.execute(
            "INSERT INTO database (name, life, instance_start_time) VALUES (?, ?, ?)",
            (name, _new_life(), _now()),
        )
        touch(connection, name)
    elif is_new:
        raise PreconditionFailed("The database could not be created, the file already exists.")


def drop_database(connection: apsw.Connection, name: str) -> None:
    """Take the name away at once; its rows go later, a chunk at a time. Raises: DatabaseNotFound."""
    database = find_database(connection, name)
    connection.execute("DELETE FROM database WHERE number = ?", (database.number,))
    connection.execute("INSERT INTO dropped VALUES (?)", (database.number,))
    touch(connection, name)


def sweep_dropped(connection: apsw.Connection) -> bool:
    """Remove one chunk of a dropped database; True when there is more to do."""
    database = connection.execute("SELECT number FROM dropped LIMIT 1").get
    if database is None:
        return False
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT number, body, tree FROM document WHERE database = ? LIMIT ?", (database, DROP_CHUNK)
    ).fetchall()
    if not rows:
        connection.execute("DELETE FROM local WHERE database = ?", (database,))
        connection.execute("DELETE FROM purged WHERE database = ?", (database,))
        connection.execute("DELETE FROM seq_range WHERE database = ?", (database,))
        connection.execute("DELETE FROM dropped WHERE number = ?", (database,))
        return True
    for number, body, tree in rows:
        connection.execute("DELETE FROM body WHERE number = ?", (body,))
        if tree is not None:
            connection.execute(
                "DELETE FROM body WHERE number IN (SELECT value ->> 3 FROM json_each(?))", (tree.decode(),)
            )
        connection.execute("DELETE FROM document WHERE number = ?", (number,))
    return True


def renew_lives(connection: apsw.Connection, epoch: str | None) -> str:
    """Begin another life of every database, so that every seq given out so far starts over at 0."""
    name = epoch or new_epoch()
    connection.execute("UPDATE setting SET value = ? WHERE name = 'epoch'", (name,))
    for (number,) in connection.execute("SELECT number FROM database").fetchall():
        connection.execute(
            "UPDATE database SET life = ?, instance_start_time = ? WHERE number = ?",
            (_new_life(), _now(), number),
        )
    for (database,) in connection.execute("SELECT name FROM database").fetchall():
        touch(connection, str(database))
    return name


def _new_life() -> str:
    return secrets.token_hex(6)


def _now() -> str:
    """Microseconds, and chance behind them: a clock that was set back may not give a time twice."""
    return f"{time.time_ns() // 1000}{secrets.randbelow(1_000_000):06}"
