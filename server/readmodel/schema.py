"""The tables of the read model, and how its file is opened. SQL stands in this package alone.

The file is rebuilt from `central` at any time: another FORMAT, or another epoch, empties it. Moments
are UTC with milliseconds, so that text order is time order; columns named in ARCHITECTURE hold JSON.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Final

import apsw

from server.readmodel.lead_schema import LEAD_TABLES
from server.readmodel.service_schema import SERVICE_TABLES

FORMAT: Final = 5
BUSY_TIMEOUT_S: Final = 10.0

_TABLES = """
-- identity: names this build of the model; cursors given to phones carry it.
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Every receipt-bearing document of central, as it is there.
CREATE TABLE document (id TEXT PRIMARY KEY, json BLOB NOT NULL) WITHOUT ROWID;

-- One row a document of logs that was judged. device, number: the log and the place in it;
-- is_extra: the second of two entries of one number. reasons, flags: the last receipt's, as JSON;
-- chain_flags: what the neighbours in the log say (gap, fork …), derived here. cursor grows with each change.
CREATE TABLE entry (
    log TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    device TEXT NOT NULL,
    number INTEGER NOT NULL,
    is_extra INTEGER NOT NULL,
    id TEXT,
    type TEXT,
    record TEXT,
    author TEXT,
    role TEXT,
    at TEXT,
    received_at TEXT NOT NULL,
    hash TEXT,
    prev TEXT,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    flags TEXT NOT NULL,
    chain_flags TEXT NOT NULL DEFAULT '[]',
    waits_for TEXT NOT NULL,
    media TEXT NOT NULL,
    cursor INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX entry_place ON entry (device, number);
CREATE INDEX entry_cursor ON entry (device, cursor);
CREATE INDEX entry_hash ON entry (hash) WHERE hash IS NOT NULL;
CREATE INDEX entry_received ON entry (received_at);
CREATE INDEX entry_quarantine ON entry (verdict, received_at) WHERE verdict IN ('refused', 'held');

-- What held documents wait for: a record's id, hash:<hex>, schema:<type>:<n>, log:<log id> …
CREATE TABLE waiting (name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (name, document)) WITHOUT ROWID;
CREATE INDEX waiting_document ON waiting (document);

-- One row a record that counts. conflict: none, soft or hard; held: steps that the fold holds back;
-- last_at: its latest step's or its own arrival.
CREATE TABLE record (
    number_in_model INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    state TEXT,
    state_at TEXT NOT NULL,
    township TEXT,
    station TEXT,
    service_order TEXT,
    subject TEXT,
    author TEXT NOT NULL,
    device TEXT NOT NULL,
    entry INTEGER NOT NULL,
    at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    number TEXT,
    title TEXT,
    kind TEXT,
    domain TEXT,
    urgency TEXT,
    flags TEXT NOT NULL,
    conflict TEXT NOT NULL,
    held INTEGER NOT NULL,
    last_at TEXT NOT NULL
);
CREATE INDEX record_received ON record (type, received_at);
CREATE INDEX record_state ON record (type, state, received_at);
CREATE INDEX record_township ON record (type, township, received_at);
CREATE INDEX record_station ON record (type, station, received_at);
CREATE INDEX record_subject ON record (type, subject, received_at);
CREATE INDEX record_author ON record (type, author, received_at);
CREATE INDEX record_device ON record (device, entry);
CREATE INDEX record_number ON record (number) WHERE number IS NOT NULL;
CREATE INDEX record_last ON record (type, last_at);
CREATE INDEX record_urgency ON record (type, urgency, received_at);
CREATE INDEX record_conflict ON record (conflict, last_at) WHERE conflict <> 'none';

-- Steps that count, by their record.
CREATE TABLE step (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    action TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    hash TEXT NOT NULL,
    number TEXT
) WITHOUT ROWID;
CREATE INDEX step_record ON step (record, received_at);

-- Records that a record names; a change of the target puts the record into publish's queue again.
CREATE TABLE reference (
    target TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (target, record)
) WITHOUT ROWID;
CREATE INDEX reference_record ON reference (record);

-- log:<device> of central: what has receipts there. beyond, fork: JSON.
CREATE TABLE log_ack (
    device TEXT PRIMARY KEY,
    through INTEGER NOT NULL,
    head TEXT,
    beyond TEXT NOT NULL,
    fork TEXT,
    epoch TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE backup (id TEXT PRIMARY KEY, taken_at TEXT NOT NULL, epoch TEXT NOT NULL) WITHOUT ROWID;

-- Publish's queue: records in the order of their last change, those that count no more among them.
CREATE TABLE changed (record TEXT PRIMARY KEY, place INTEGER NOT NULL UNIQUE) WITHOUT ROWID;

-- Where publish has put views; publish's own memory, kept here because it is rebuilt likewise.
CREATE TABLE published (
    record TEXT NOT NULL, audience TEXT NOT NULL, PRIMARY KEY (record, audience)
) WITHOUT ROWID;

-- What our own program stumbled over, and passed by: place is projection, fold, ledger or publish.
CREATE TABLE defect (
    place TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (place, subject)
) WITHOUT ROWID;

-- Words of leads, as pairs of neighbouring characters: Chinese has no spaces to split at.
CREATE VIRTUAL TABLE record_text USING fts5(pairs, content='', contentless_delete=1, tokenize='unicode61');
"""


def connect(path: Path, *, is_writer: bool) -> apsw.Connection:
    """Open one connection; a reader cannot write. The file is made with its tables when it is absent."""
    connection = apsw.Connection(str(path), statementcachesize=200)
    connection.set_busy_timeout(int(BUSY_TIMEOUT_S * 1000))
    connection.pragma("journal_mode", "WAL")
    # NORMAL may lose the last transactions in a power cut, never tear one: they are read from central again.
    connection.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -32000")
    connection.pragma("secure_delete", True)  # what retention erased is overwritten where it lay
    _create_where_absent(connection)
    if not is_writer:
        connection.execute("PRAGMA query_only = ON")
    return connection


def is_current(connection: apsw.Connection) -> bool:
    """Were these tables made by this build?"""
    return bool(connection.pragma("user_version") == FORMAT)


def empty(connection: apsw.Connection) -> None:
    """Drop everything and begin again under a new identity; call inside a transaction."""
    names = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'record_text_%' AND name NOT LIKE 'lead_area_%'"
    ).fetchall()
    for _kind, name in names:
        connection.execute(f'DROP TABLE "{name}"')
    create(connection)


def create(connection: apsw.Connection) -> None:
    connection.execute(_TABLES + SERVICE_TABLES + LEAD_TABLES)
    identity = f"{time.time_ns():x}{secrets.token_hex(4)}"
    connection.execute(
        "INSERT INTO setting VALUES ('identity', ?), ('cursor', ''), ('last', '0')", (identity,)
    )
    connection.pragma("user_version", FORMAT)


def _create_where_absent(connection: apsw.Connection) -> None:
    if connection.pragma("user_version") != 0:
        return
    connection.execute("BEGIN IMMEDIATE")  # web and worker start at once; one of them makes the tables
    try:
        if connection.pragma("user_version") == 0:
            create(connection)
    finally:
        connection.execute("COMMIT")
