"""Ids that a CouchDB keeps in one shard: only among those does its changes feed promise an order.

Which shard a document is in is told by the first bits of the CRC-32 of its id (PROTOCOL E).
"""

from __future__ import annotations

import zlib
from itertools import count


def near(stem: str) -> str:
    """Return an id beginning with `stem`; all of them are in the first shard of at most 256."""
    return next(doc_id for n in count() if zlib.crc32((doc_id := f"{stem}.{n}").encode()) >> 24 == 0)
