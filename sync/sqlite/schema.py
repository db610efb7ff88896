"""The tables of the one SQLite file, and the version of their format."""

from __future__ import annotations

import secrets
from typing import Any, Final

import apsw

FORMAT: Final = 2
APPLICATION_ID: Final = 0x4C44_0001  # "LD"

SEQS_PER_RANGE: Final = 4096

TABLES: Final = """
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
-- seal: a checksum of the row, see seals.
CREATE TABLE document (
    number INTEGER PRIMARY KEY,
    database INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    rev TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    body INTEGER NOT NULL,
    tree BLOB,
    old_bodies INTEGER NOT NULL DEFAULT 0,
    seal INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX document_id ON document (database, id);
CREATE UNIQUE INDEX document_seq ON document (database, seq);
CREATE INDEX document_old ON document (database) WHERE old_bodies > 0;

CREATE TABLE body (
    number INTEGER PRIMARY KEY,
    json BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    is_wide INTEGER NOT NULL,
    seal INTEGER NOT NULL DEFAULT 0
);
"""

TABLES_SINCE_2: Final = """
-- How many documents have their seq in each range: what is pending is summed, not counted.
CREATE TABLE seq_range (
    database INTEGER NOT NULL,
    range INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    PRIMARY KEY (database, range)
) WITHOUT ROWID;

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
    seal INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (database, id)
) WITHOUT ROWID;
"""


def create_tables(connection: apsw.Connection) -> None:
    connection.execute(TABLES + TABLES_SINCE_2)
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
