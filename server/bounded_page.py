"""A page of a changes feed with its documents, small enough to be held in memory.

An entry is small; bytes that are no entry, kept as they came, may be megabytes each.
"""

from __future__ import annotations

from typing import Final

from sync.peer import ChangeRow, ChangesPage, Peer, Seq

AT_ONCE: Final = 25
MOST_OPAQUE_CHARS: Final = 32_000_000


def bounded_page(peer: Peer, since: Seq, limit: int) -> ChangesPage:
    """Return up to `limit` changes after `since`, fewer where they are heavy; each document once."""
    rows: dict[str, ChangeRow] = {}
    chars = 0
    while True:
        page = peer.changes(since, limit=min(AT_ONCE, limit - len(rows)), include_docs=True)
        for row in page.rows:
            rows.pop(row.id, None)  # it changed while we read: it stands where it stands now
            rows[row.id] = row
            chars += _opaque_chars(row)
        since = page.last_seq
        if not page.rows or not page.pending or len(rows) >= limit or chars >= MOST_OPAQUE_CHARS:
            return ChangesPage(list(rows.values()), since, page.pending)


def _opaque_chars(row: ChangeRow) -> int:
    opaque = row.doc.get("opaque") if row.doc is not None else None
    return len(opaque.get("base64", "")) if isinstance(opaque, dict) else 0
