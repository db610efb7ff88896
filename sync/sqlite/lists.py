"""The list of documents by id, and those asked for by key, read inside one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import apsw
import orjson

from sync.peer import DocRow
from sync.sqlite.body import decode_body
from sync.sqlite.database import Database
from sync.sqlite.reads import compose

_NO_LIMIT: Final = -1


def read_all_docs(
    connection: apsw.Connection,
    database: Database,
    *,
    start: str | None,
    end: str | None,
    limit: int | None,
    skip: int,
    include_docs: bool,
    descending: bool,
) -> list[DocRow]:
    """Rows between two ids, both inclusive; code point order is SQLite's own for UTF-8."""
    low, high = (end, start) if descending else (start, end)
    query = (
        "SELECT d.id, d.rev, b.json, b.sha256, b.is_wide"  # noqa: S608 - constants, values are bound
        " FROM document d LEFT JOIN body b ON b.number = d.body AND :include_docs"
        " WHERE d.database = :database AND NOT d.is_deleted"
        + ("" if low is None else " AND d.id >= :low")
        + ("" if high is None else " AND d.id <= :high")
        + f" ORDER BY d.id {'DESC' if descending else 'ASC'} LIMIT :limit OFFSET :skip"
    )
    values = {
        "database": database.number,
        "include_docs": include_docs,
        "low": low,
        "high": high,
        "limit": _NO_LIMIT if limit is None else limit,
        "skip": skip,
    }
    return [_doc_row(row, include_docs=include_docs) for row in connection.execute(query, values)]


def read_docs_by_key(
    connection: apsw.Connection, database: Database, keys: Sequence[str], *, include_docs: bool
) -> dict[str, DocRow]:
    """Return those of `keys` that exist and are not deleted, by id."""
    rows = connection.execute(
        "SELECT d.id, d.rev, b.json, b.sha256, b.is_wide"
        " FROM document d LEFT JOIN body b ON b.number = d.body AND ?"
        " WHERE d.database = ? AND NOT d.is_deleted AND d.id IN (SELECT value FROM json_each(?))",
        (include_docs, database.number, orjson.dumps(list(keys)).decode()),
    )
    return {row[0]: _doc_row(row, include_docs=include_docs) for row in rows}


def _doc_row(row: tuple[Any, ...], *, include_docs: bool) -> DocRow:
    doc_id, rev, *body = row
    return DocRow(doc_id, rev, compose(doc_id, rev, decode_body(*body)) if include_docs else None)
