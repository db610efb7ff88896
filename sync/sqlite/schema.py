"""The tables of the one SQLite file, their format version, and how a connection to it is opened.

Refuses an SQLite library that can corrupt a WAL database, and a file that a newer build wrote.
"""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path
from typing import Any, Final

import apsw

from sync.errors import StorageFailed

FORMAT: Final = 2
APPLICATION_ID: Final = 0x4C44_0001  # "LD"
OLDEST_SAFE_SQLITE: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 10.0
WAL_BYTES_KEPT: Final = 67_108_864

_TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- life: changes with the epoch and on re-creation; every seq carries it.
CREATE TABLE database (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    life TEXT NOT NULL,
    instance_start_time TEXT NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    doc_count INTEGER NOT NULL DEFAULT 0,
    doc_del_count INTEGER NOT NULL DEFAULT 0
);

-- Databases that are gone, whose rows are still to be removed, a few at a time.
CREATE TABLE dropped (number INTEGER PRIMARY KEY);

-- When each name was last written to, counted over the whole file: what followers in other
-- processes look at. A row outlives its database, so that a deletion is seen too.
CREATE TABLE activity (name TEXT PRIMARY KEY, moment INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX activity_moment ON activity (moment);

-- One row a document, at its latest seq. rev, is_deleted, body are the winner's.
-- tree is NULL where the winner is the only revision; old_bodies counts what compaction may drop.
CREATE TABLE document (
    number INTEGER PRIMARY KEY,
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    rev TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    body INTEGER NOT NULL,
    tree BLOB,
    old_bodies INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX document_id ON document (database, id);
CREATE UNIQUE INDEX document_seq ON document (database, seq);
CREATE INDEX document_old ON document (database) WHERE old_bodies > 0;

CREATE TABLE body (
    number INTEGER PRIMARY KEY,
    json BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    is_wide INTEGER NOT NULL
);

-- Revisions removed for good: replication may not bring them back.
CREATE TABLE purged (
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    rev TEXT NOT NULL,
    PRIMARY KEY (database, id, rev)
) WITHOUT ROWID;

CREATE TABLE local (
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    json BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    is_wide INTEGER NOT NULL,
    PRIMARY KEY (database, id)
) WITHOUT ROWID;
"""


def connect(path: Path, *, is_reader: bool = False) -> apsw.Connection:
    """Open one connection. A commit on it returns when the disk has it (synchronous=FULL)."""
    flags = apsw.SQLITE_OPEN_READWRITE | (0 if is_reader else apsw.SQLITE_OPEN_CREATE)
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=200)
    configure(connection)
    if is_reader:
        connection.execute("PRAGMA query_only = ON")
    return connection


def configure(connection: apsw.Connection) -> None:
    connection.set_busy_handler(_PatientWait())
    connection.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -8000")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT}")


class _PatientWait:
    """SQLite's own back-off sleeps up to 100 ms; writers of two processes want to alternate faster."""

    def __init__(self) -> None:
        self._started_s = 0.0
        self._never = threading.Event()

    def __call__(self, attempts: int) -> bool:
        now_s = time.monotonic()
        if attempts == 0:
            self._started_s = now_s
        if now_s - self._started_s > BUSY_TIMEOUT_S:
            return False
        # Not time.sleep: an application on greenlets may have replaced it, and this is a native thread.
        self._never.wait(min(0.0005 * 2 ** min(attempts, 4), 0.005))
        return True


def prepare_file(path: Path) -> None:
    """Create the tables in a new file; check the format of an old one.

    Raises: StorageFailed, in one line an operator can act on.
    """
    _refuse_unsafe_library()
    try:
        connection = connect(path)
    except apsw.Error as error:
        raise StorageFailed(f"Cannot open the database file {path.name}: {error}") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")  # two processes may both find a new file
        _create_or_check(connection, path.name)
        connection.execute("COMMIT")
    except apsw.Error as error:
        raise StorageFailed(f"Cannot use the database file {path.name}: {error}") from error
    finally:
        connection.close()


def _refuse_unsafe_library() -> None:
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < OLDEST_SAFE_SQLITE:
        raise StorageFailed(
            f"SQLite {version} can corrupt the database (WAL reset); 3.51.3 or newer is required.",
            hint="Install apsw 3.51.3 or newer.",
        )


def _create_or_check(connection: apsw.Connection, file_name: str) -> None:
    found = connection.pragma("user_version")
    if found == FORMAT:
        return
    if found > FORMAT:
        raise StorageFailed(
            f"{file_name} has file format {found}, written by a newer build; this one reads {FORMAT}.",
            hint="Start the newer build, or restore a backup made by this one.",
        )
    if connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get is not None:
        raise StorageFailed(f"{file_name} is an SQLite file of another program.")
    connection.execute(_TABLES)
    connection.execute(
        "INSERT INTO setting VALUES ('uuid', ?), ('epoch', ?)", (secrets.token_hex(16), new_epoch())
    )
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", FORMAT)


def new_epoch() -> str:
    """Return a random name for a life of the data: lower case, fit for a database's name."""
    return secrets.token_hex(6)


def read_setting(connection: apsw.Connection, name: str) -> str:
    value: Any = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).get
    return str(value)
