"""Databases copied whole between servers, by the replicator, and `_local` where it is listed."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from sync.couchdb.local_documents import local_documents
from sync.couchdb.peer import CouchPeer
from sync.couchdb.quorum import WITNESS
from sync.document import LOCAL_PREFIX
from sync.errors import StorageFailed, SyncError
from sync.peer import Peer
from sync.replication.replicator import Replication

COPYING: Final = "copying"
"""Name of the replication. Its log is of no use afterwards and goes; what a crash left is the next one's."""


def copy_database(source: Peer, target: Peer) -> None:
    """Copy every leaf with its ancestry, tombstones too, to enough copies.

    Raises: StorageFailed when one is refused, SyncError.
    """
    try:
        refused = Replication(source, target, COPYING).run().refused
    finally:
        for peer in (source, target):
            for log in (COPYING, f"{COPYING}-refused"):
                with suppress(SyncError):
                    peer.delete_local(log)
    if refused:
        first = refused[0]
        raise StorageFailed(f"{source.name}: {first.id} could not be copied: {first.reason}")
    if isinstance(source, CouchPeer):
        for document in local_documents(source.asking):
            if not document["_id"].startswith(WITNESS):
                target.put_local(document["_id"].removeprefix(LOCAL_PREFIX), document)
