"""Purging: leaves removed without a tombstone, and the records that keep them from coming back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import apsw
import orjson

from sync.revision import Revision, parse_revision
from sync.sqlite.compaction import delete_bodies
from sync.sqlite.database import Database
from sync.sqlite.seq_ranges import count_moved
from sync.sqlite.stored_document import UPSERT, StoredDocument, load_documents
from sync.sqlite.writer import touch

PurgedRevision = tuple[str, Revision]


def purge_leaves(
    connection: apsw.Connection, database: Database, wanted: Mapping[str, Sequence[Revision]]
) -> dict[str, list[str]]:
    """Remove those of `wanted` that are leaves; return them by id. Spec: PROTOCOL G96."""
    documents = load_documents(connection, database.number, wanted)
    purged: dict[str, list[str]] = {}
    seq, live, deleted = database.last_seq, 0, 0
    old_seqs: list[int] = []
    new_seqs: list[int] = []
    for doc_id, revisions in wanted.items():
        document = documents.get(doc_id)
        leaves = [each for each in dict.fromkeys(revisions) if document and each in document.tree.leaves]
        if document is None or not leaves:
            continue
        seq += 1
        was_deleted = bool(document.was_deleted)
        is_deleted = _remove(connection, database, document, leaves, seq)
        old_seqs += [document.seq or 0]
        new_seqs += [] if is_deleted is None else [seq]
        live += (is_deleted is False) - (not was_deleted)
        deleted += (is_deleted is True) - was_deleted
        purged[doc_id] = [str(leaf) for leaf in leaves]
    if purged:
        count_moved(connection, database.number, old_seqs, new_seqs)
        connection.execute(
            "UPDATE database SET last_seq = ?, doc_count = doc_count + ?, doc_del_count = doc_del_count + ?"
            " WHERE number = ?",
            (seq, live, deleted, database.number),
        )
        touch(connection, database.name)
    return purged


def _remove(
    connection: apsw.Connection,
    database: Database,
    document: StoredDocument,
    leaves: list[Revision],
    seq: int,
) -> bool | None:
    """Return whether what is left of the document is deleted; None when nothing is left."""
    tree = document.tree.without(leaves)
    if tree is None:
        freed = list(document.bodies.values())
        connection.execute("DELETE FROM document WHERE number = ?", (document.number,))
    else:
        freed = document.add(tree, None, None)
        connection.execute(UPSERT, document.columns(database.number, seq))
    delete_bodies(connection, freed)
    connection.executemany(
        "INSERT OR IGNORE INTO purged VALUES (?, ?, ?)",
        [(database.number, document.id, str(leaf)) for leaf in leaves],
    )
    return None if tree is None else document.is_deleted


def known_as_purged(
    connection: apsw.Connection, database: Database, doc_ids: Iterable[str]
) -> set[PurgedRevision]:
    """Return the revisions of these documents that were purged."""
    if connection.execute("SELECT 1 FROM purged WHERE database = ? LIMIT 1", (database.number,)).get is None:
        return set()
    rows = connection.execute(
        "SELECT id, rev FROM purged WHERE database = ? AND id IN (SELECT value FROM json_each(?))",
        (database.number, orjson.dumps(list(doc_ids)).decode()),
    )
    return {(doc_id, parse_revision(rev)) for doc_id, rev in rows}


def forget_purged(connection: apsw.Connection, database: Database, revived: Iterable[PurgedRevision]) -> None:
    """Take back the record of revisions that somebody wrote here anew."""
    connection.executemany(
        "DELETE FROM purged WHERE database = ? AND id = ? AND rev = ?",
        [(database.number, doc_id, str(revision)) for doc_id, revision in revived],
    )
