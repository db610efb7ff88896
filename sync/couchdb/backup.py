"""Databases copied whole between servers: revisions with their ancestry, `_local` where they are listed."""

from __future__ import annotations

from typing import Final

from sync.couchdb.local_documents import local_documents
from sync.couchdb.peer import CouchPeer
from sync.couchdb.quorum import WITNESS
from sync.document import LOCAL_PREFIX
from sync.errors import StorageFailed
from sync.peer import SEQ_START, Peer, ReadOptions

PAGE: Final = 500
WITH_ANCESTRY: Final = ReadOptions(revs=True)


def copy_database(source: Peer, target: Peer) -> int:
    """Copy every leaf, tombstones too, and return how many.

    Raises: StorageFailed when one is refused, or has too few copies.
    """
    copied, since = 0, SEQ_START
    while True:
        page = source.changes(since, limit=PAGE, style="all_docs")
        wanted = [(row.id, rev) for row in page.rows for rev in row.revs]
        found = source.bulk_get(wanted, options=WITH_ANCESTRY) if wanted else []
        docs = [doc for row in found for doc in row.docs]
        for row in target.bulk_docs(docs, new_edits=False) if docs else []:
            if not (row.is_ok and row.is_durable):
                why = row.reason or "too few copies"
                raise StorageFailed(f"{source.name}: {row.id} could not be copied: {why}")
        copied += len(docs)
        since = page.last_seq
        if len(page.rows) < PAGE:
            break
    if isinstance(source, CouchPeer):
        for document in local_documents(source.asking):
            if not document["_id"].startswith(WITNESS):
                target.put_local(document["_id"].removeprefix(LOCAL_PREFIX), document)
    return copied
