"""Count and hash of all that a database holds: every leaf of every document with its body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Final, NamedTuple

import orjson

from server.messages.told import Told
from sync.peer import SEQ_START, Document, Peer

PAGE: Final = 200
MODULUS: Final = 1 << 256


class Unreadable(Told):
    """A document cannot be read, so nothing can be said of the whole."""


class Census(NamedTuple):
    """The same for the same leaves, on whatever server, in whatever order they are listed."""

    documents: int
    leaves: int
    sha256: str


def census(peer: Peer) -> Census:
    """Return the count and hash of a database that nobody writes to. Raises: Unreadable."""
    seen: set[str] = set()
    leaves = total = 0
    for doc_id, documents in _leaves(peer):
        if doc_id in seen:
            continue  # a cluster lists a row twice at times (PROTOCOL 4)
        seen.add(doc_id)
        leaves += len(documents)
        total = (total + sum(_hash(document) for document in documents)) % MODULUS
    return Census(len(seen), leaves, f"{total:064x}")


def _leaves(peer: Peer) -> Iterator[tuple[str, list[Document]]]:
    since = SEQ_START
    while (page := peer.changes(since, limit=PAGE, style="all_docs")).rows:
        wanted = [(row.id, rev) for row in page.rows for rev in row.revs]
        found = peer.bulk_get(wanted)
        held: dict[str, list[Document]] = {row.id: [] for row in page.rows}
        for (doc_id, rev), row in zip(wanted, found, strict=True):
            if row.error is not None or not row.docs:
                raise Unreadable("migrate.unreadable", database=peer.name, id=doc_id, rev=rev)
            held[doc_id] += row.docs
        yield from held.items()
        since = page.last_seq


def _hash(document: Document) -> int:
    """Of the whole document, id, revision and deletion included, however its JSON was written."""
    return int.from_bytes(hashlib.sha256(_canonical(document)).digest())


def _canonical(document: Document) -> bytes:
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # whole numbers beyond 64 bits
        return json.dumps(document, sort_keys=True).encode()
