"""Reads for those who may see current leaves only: old revisions answer as unknown ones do.

A tombstone is shown, for replication needs it, but never what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sync.errors import DocumentNotFound
from sync.http.guard import Access
from sync.peer import BulkGetRow, ChangeRow, Document, Peer, ReadOptions, WriteResult

_TOMBSTONE = ("_id", "_rev", "_deleted", "_revisions")


def get(peer: Peer, access: Access, doc_id: str, rev: str | None, options: ReadOptions) -> Document:
    """Raises: DocumentNotFound, BadRequest."""
    if not access.current_leaves_only:
        return peer.get(doc_id, rev=rev, options=options)
    if rev is not None:
        found = open_revs(peer, access, doc_id, [rev], options)[0]
        if isinstance(found, str):
            raise DocumentNotFound("missing")
        return found
    try:
        return _bare(peer.get(doc_id, options=options))
    except DocumentNotFound as error:
        raise DocumentNotFound("missing") from error


def open_revs(
    peer: Peer, access: Access, doc_id: str, revs: Sequence[str] | Literal["all"], options: ReadOptions
) -> list[Document | str]:
    """Raises: DocumentNotFound, BadRequest."""
    if not access.current_leaves_only:
        return peer.open_revs(doc_id, revs, options=options)
    if revs == "all":
        return [_bare_item(item) for item in peer.open_revs(doc_id, "all", options=options)]
    found: list[Document | str] = []
    for rev in revs:
        leaves = [
            _bare_item(leaf) for leaf in peer.open_revs(doc_id, [rev], options=replace(options, latest=True))
        ]
        found += leaves if options.latest else [_exactly(rev, leaves)]
    return found


def bulk_get(
    peer: Peer, access: Access, wanted: Sequence[tuple[str, str | None]], options: ReadOptions
) -> list[BulkGetRow]:
    if not access.current_leaves_only:
        return peer.bulk_get(wanted, options=options)
    rows = peer.bulk_get(wanted, options=replace(options, latest=True))
    return [
        _visible_row(row, None if options.latest else rev) for row, (_, rev) in zip(rows, wanted, strict=True)
    ]


def change_doc(access: Access, row: ChangeRow) -> Document | None:
    return _bare(row.doc) if row.doc and access.current_leaves_only else row.doc


def _visible_row(row: BulkGetRow, rev: str | None) -> BulkGetRow:
    docs = [_bare(doc) for doc in row.docs if rev is None or doc["_rev"] == rev]
    if docs or row.error:
        return replace(row, docs=docs)
    return BulkGetRow(row.id, [], WriteResult(row.id, rev, "not_found", "missing"))


def _exactly(rev: str, leaves: list[Document | str]) -> Document | str:
    for leaf in leaves:
        if not isinstance(leaf, str) and leaf["_rev"] == rev:
            return leaf
    return rev


def _bare_item(item: Document | str) -> Document | str:
    return item if isinstance(item, str) else _bare(item)


def _bare(doc: Document) -> Document:
    if doc.get("_deleted"):
        return {name: doc[name] for name in _TOMBSTONE if name in doc}
    if "_revs_info" in doc:
        newest, *older = doc["_revs_info"]
        doc["_revs_info"] = [newest, *({**each, "status": "missing"} for each in older)]
    return doc
