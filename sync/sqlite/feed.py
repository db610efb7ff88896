"""The changes feed and the list of documents, read inside one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import apsw
import orjson

from sync.peer import ChangeRow, ChangesPage, DocRow, Seq, Style
from sync.sqlite.body import decode_body
from sync.sqlite.database import Database
from sync.sqlite.reads import compose
from sync.sqlite.stored_document import StoredDocument

_CHANGE: Final = (
    "SELECT d.number, d.id, d.seq, d.rev, d.is_deleted, d.body, d.tree, b.json, b.sha256, b.is_wide"
    " FROM document d LEFT JOIN body b ON b.number = d.body AND :include_docs"
    " WHERE d.database = :database AND d.seq > :since"
)
_NO_LIMIT: Final = -1


def read_changes(
    connection: apsw.Connection,
    database: Database,
    since: Seq,
    *,
    limit: int | None,
    include_docs: bool,
    style: Style,
    descending: bool,
    doc_ids: Sequence[str] | None,
) -> ChangesPage:
    """One row a document, at its latest seq. Spec: PROTOCOL E65 to E71."""
    start = database.seq_number(since)
    if descending:
        start = 0  # as in CouchDB, a feed read backwards begins at the end and ignores `since`
    chosen = "" if doc_ids is None else " AND d.id IN (SELECT value FROM json_each(:doc_ids))"
    values = {
        "database": database.number,
        "since": start,
        "include_docs": include_docs,
        "limit": _NO_LIMIT if limit is None else limit,
        "doc_ids": orjson.dumps(list(doc_ids or ())).decode(),
    }
    order = f" ORDER BY d.seq {'DESC' if descending else 'ASC'} LIMIT :limit"
    found: list[tuple[Any, ...]] = connection.execute(_CHANGE + chosen + order, values).fetchall()
    rows = [_change_row(database, row, style, include_docs=include_docs) for row in found]
    if limit is None or len(found) < limit:
        last = database.last_seq
        return ChangesPage(rows, database.seq(found[-1][2] if descending and found else last), 0)
    last = found[-1][2] if found else start
    rest = "<" if descending else ">"
    count = f"SELECT count(*) FROM document d WHERE d.database = :database AND d.seq {rest} :last"  # noqa: S608
    pending: int = connection.execute(count + chosen, values | {"last": last}).get
    return ChangesPage(rows, database.seq(last), pending)


def _change_row(database: Database, row: tuple[Any, ...], style: Style, *, include_docs: bool) -> ChangeRow:
    _, doc_id, seq, rev, is_deleted, _, tree, json, sha256, is_wide = row
    revs: tuple[str, ...] = (rev,)
    if style == "all_docs" and tree is not None:
        revs = tuple(str(leaf) for leaf in StoredDocument.from_row(row[:7]).tree.leaves)
    doc = None
    if include_docs:
        doc = compose(doc_id, rev, decode_body(json, sha256, is_wide))
        if is_deleted:
            doc["_deleted"] = True
    return ChangeRow(database.seq(seq), doc_id, revs, bool(is_deleted), doc)


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
