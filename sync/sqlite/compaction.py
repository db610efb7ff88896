"""Compaction: bodies of revisions that are no leaves are dropped, a few documents to a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import apsw

from sync.sqlite.database import Database
from sync.sqlite.stored_document import COLUMNS, StoredDocument

COMPACT_CHUNK: Final = 200
"""Documents to a transaction: some milliseconds, so that writers need not wait for the whole."""


def delete_bodies(connection: apsw.Connection, numbers: Iterable[int]) -> None:
    """Delete bodies and overwrite their bytes, on pages that become free too."""
    connection.pragma("secure_delete", "on")
    try:
        connection.executemany("DELETE FROM body WHERE number = ?", [(number,) for number in numbers])
    finally:
        connection.pragma("secure_delete", "fast")


def compact_some(connection: apsw.Connection, database: Database) -> bool:
    """Compact the next few documents; True when there may be more."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {COLUMNS} FROM document INDEXED BY document_old"  # noqa: S608 - a constant
        " WHERE database = ? AND old_bodies > 0 LIMIT ?",
        (database.number, COMPACT_CHUNK),
    ).fetchall()
    for row in rows:
        document = StoredDocument.from_row(database.number, row)
        delete_bodies(connection, document.drop_old_bodies())
        *_, tree, old_bodies, seal = document.columns(database.number, row[2])
        connection.execute(
            "UPDATE document SET tree = ?, old_bodies = ?, seal = ? WHERE number = ?",
            (tree, old_bodies, seal, row[0]),
        )
    return len(rows) == COMPACT_CHUNK
