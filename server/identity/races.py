"""Documents whose id is a lock: two writers never write the same one, and who lost leaves nothing behind.

A cluster names a revision after its content, so that equal bodies are one revision, acknowledged to both;
and what lost may stand on a single node, to come out later as a conflict or even win (sync/QUIRKS.md).
"""

from __future__ import annotations

import secrets

from sync.errors import DocumentNotFound
from sync.peer import Document, Peer

NONCE = "nonce"


def own(document: Document) -> Document:
    """Return the document with something of this write alone; a tombstone as it is."""
    return document if document.get("_deleted") else {**document, NONCE: secrets.token_hex(8)}


def withdrawn(peer: Peer, document: Document) -> bool:
    """Take back what this write left beside what another wrote; True when it had left something."""
    try:
        leaves = peer.open_revs(document["_id"], "all")
    except DocumentNotFound:
        return False
    living = [leaf for leaf in leaves if not isinstance(leaf, str) and not leaf.get("_deleted")]
    ours = [leaf for leaf in living if leaf.get(NONCE) == document.get(NONCE, "")]
    if not ours or len(living) == len(ours):
        return False
    peer.bulk_docs([{"_id": leaf["_id"], "_rev": leaf["_rev"], "_deleted": True} for leaf in ours])
    return True
