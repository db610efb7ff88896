"""The list of documents by id, and those asked for by key, read inside one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import apsw
import orjson

from sync.peer import DocRow
from sync.sqlite.body import BODY_COLUMNS, read_body
from sync.sqlite.database import Database
from sync.sqlite.reads import compose
from sync.sqlite.stored_document import check_row

_ROW: Final = (
    f"SELECT d.number, d.id, d.seq, d.rev, d.is_deleted, d.body, d.tree, d.seal, {BODY_COLUMNS}"  # noqa: S608
    " FROM document d LEFT JOIN body b ON b.number = d.body AND :include_docs"
    " WHERE d.database = :database"
)
_ROW_BY_KEY: Final = f"{_ROW} AND d.id IN (SELECT value FROM json_each(:keys))"  # noqa: S608


MOST_COUNTED: Final = 10_000
"""Rows that are gone through for a count, from either end: a millisecond, however large the database."""


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
        _ROW
        + ("" if low is None else " AND d.id >= :low")
        + ("" if high is None else " AND d.id <= :high")
        + f" ORDER BY d.id {'DESC' if descending else 'ASC'}"
    )
    values = {"database": database.number, "include_docs": include_docs, "low": low, "high": high}
    rows = _existing(connection.execute(query, values), database, include_docs=include_docs)
    return list(islice(rows, skip, None if limit is None else skip + limit))


def count_before(
    connection: apsw.Connection, database: Database, start: str, *, descending: bool
) -> int | None:
    """Count from whichever end is near; None in the midst of a large database."""
    before, behind = ("> ?", "<= ?") if descending else ("< ?", ">= ?")
    count = _count_near(connection, database, before, start)
    if count is not None:
        return count
    others = _count_near(connection, database, behind, start)
    return None if others is None else database.doc_count - others


def _count_near(connection: apsw.Connection, database: Database, side: str, start: str) -> int | None:
    order = "DESC" if side[0] == "<" else "ASC"  # away from `start`
    near = f"SELECT is_deleted FROM document WHERE database = ? AND id {side} ORDER BY id {order} LIMIT ?"  # noqa: S608
    query = f"SELECT count(*), coalesce(sum(is_deleted), 0) FROM ({near})"  # noqa: S608 - constants
    [(rows, deleted)] = connection.execute(query, (database.number, start, MOST_COUNTED + 1))
    return rows - deleted if rows <= MOST_COUNTED else None


def read_docs_by_key(
    connection: apsw.Connection, database: Database, keys: Sequence[str], *, include_docs: bool
) -> dict[str, DocRow]:
    """Return those of `keys` that exist and are not deleted, by id."""
    values = {
        "database": database.number,
        "include_docs": include_docs,
        "keys": orjson.dumps(list(keys)).decode(),
    }
    found = connection.execute(_ROW_BY_KEY, values)
    return {row.id: row for row in _existing(found, database, include_docs=include_docs)}


def _existing(rows: Iterable[tuple[Any, ...]], database: Database, *, include_docs: bool) -> Iterator[DocRow]:
    # Not in SQL: a flipped bit that says "deleted" would hide a document before its seal is looked at.
    for row in rows:
        check_row(database.number, row[:8])
        if not row[4]:
            doc_id, rev = row[1], row[3]
            yield DocRow(doc_id, rev, compose(doc_id, rev, read_body(*row[8:])) if include_docs else None)
