"""Older file formats brought up to this one, step by step, after a copy was put beside the file.

A migration that is cut off anywhere leaves the old format, and is begun again at the next start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import apsw

from sync.errors import StorageFailed
from sync.sqlite.connections import CHECKSUM_BYTES, load_checksums
from sync.sqlite.schema import FORMAT, SEQS_PER_RANGE, TABLES_SINCE_2
from sync.sqlite.seals import body_seal, document_seal, local_seal

_ROWS_AT_ONCE: Final = 1000


def migrate(connection: apsw.Connection, path: Path, found: int) -> None:
    """Bring the file from format `found` to this one. Raises: StorageFailed, apsw.Error."""
    copy = path.with_name(f"{path.name}.format-{found}")
    _save_copy(connection, copy)
    try:
        # Out of WAL: only then may pages get room for their checksums, and nobody else is in the file.
        connection.execute("PRAGMA journal_mode = DELETE")
        if load_checksums():
            connection.reserve_bytes(reserve=CHECKSUM_BYTES)
            connection.execute("VACUUM")
        connection.execute("BEGIN EXCLUSIVE")
        for step in _STEPS[found - 1 :]:
            step(connection)
        connection.pragma("user_version", FORMAT)
        connection.execute("COMMIT")
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StorageFailed(
            f"{path.name} has the older file format {found} and is in use by another process.",
            hint="Stop every process of the older build, then start this one again.",
        ) from error


def _save_copy(connection: apsw.Connection, copy: Path) -> None:
    if copy.exists():
        return  # made before a migration that was cut off: it is the older and the safer one
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(unfinished),))
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.rename(copy)
    folder = os.open(copy.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _from_1_to_2(connection: apsw.Connection) -> None:
    """Seals on every row, counted ranges of seqs, and a record of purges."""
    connection.execute(
        "ALTER TABLE document ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE body ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE local RENAME TO local_1"
    )
    connection.execute(TABLES_SINCE_2)
    connection.execute(
        "INSERT INTO seq_range SELECT database, seq / ?, count(*) FROM document GROUP BY 1, 2",
        (SEQS_PER_RANGE,),
    )
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT database, id, rev, json, sha256, is_wide FROM local_1"
    ).fetchall()
    for row in rows:
        seal = local_seal(row[1], row[2], row[4], bool(row[5]))
        connection.execute("INSERT INTO local VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, seal))
    connection.execute("DROP TABLE local_1")
    for table, columns, seal_of in (
        ("document", "number, database, id, seq, rev, is_deleted, body, tree", document_seal),
        ("body", "number, number, sha256, is_wide", body_seal),
    ):
        _seal_all(connection, table, columns, seal_of)


def _seal_all(connection: apsw.Connection, table: str, columns: str, seal_of: Any) -> None:
    query = f"SELECT {columns} FROM {table} WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 - constants
    last: Any = 0
    while rows := connection.execute(query, (last, _ROWS_AT_ONCE)).fetchall():
        connection.executemany(
            f"UPDATE {table} SET seal = ? WHERE number = ?",  # noqa: S608 - a constant
            [(seal_of(*rest), number) for number, *rest in rows],
        )
        last = rows[-1][0]


_STEPS: Final = (_from_1_to_2,)
