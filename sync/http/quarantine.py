"""Replicated revisions that were refused, kept durably before the answer that refuses them.

PouchDB and CouchDB never offer a refused revision again: without this it would be lost for good. Each is
a document of one companion database, through Peer alone, so that backups and every backend keep it.
Spec: PROTOCOL C47, section 1 items 2 and 3.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sync.errors import BadRequest, DatabaseNotFound, NotFound
from sync.http.json_text import parse_received
from sync.peer import Document, Peer, Server

QUARANTINE: Final = "liandong/quarantine"
PIECE_BYTES: Final = 4_000_000
"""In base64 a piece fits into one document of every backend."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row as it came, with what it says of itself, and why it was not stored."""

    data: bytes
    doc_id: str | None
    rev: str | None
    error: str
    reason: str


class Quarantine:
    """The companion database is made when the first row is refused."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def refuse(self, database: str, rows: Sequence[RefusedRow]) -> None:
        """Keep `rows`; on return they are on disk. The same row of the same database is kept once.

        Raises: StorageFailed, Overloaded: then nothing may be answered as refused.
        """
        peer = self._server.ensure(QUARANTINE)
        for row in rows:
            documents = _documents(database, row)
            for result in peer.bulk_docs(documents):
                if not result.is_ok and result.error != "conflict":  # a conflict: it is kept already
                    raise BadRequest(f"A refused row cannot be kept: {result.reason}")

    def refused(self, database: str | None = None) -> list[Document]:
        """Return what is known of every row that waits, oldest first, without its bytes."""
        try:
            peer = self._server.open(QUARANTINE)
        except DatabaseNotFound:
            return []
        rows = peer.all_docs(include_docs=True)
        found = [row.doc for row in rows if row.doc and "database" in row.doc]
        chosen = [doc for doc in found if database in (None, doc["database"])]
        shown = [{name: value for name, value in doc.items() if name != "row_base64"} for doc in chosen]
        return sorted(shown, key=lambda doc: str(doc["at"]))

    def row(self, key: str) -> tuple[Document, bytes]:
        """Return a row that waits, with its bytes as they came. Raises: NotFound."""
        peer = self._open()
        kept = peer.get(key)
        pieces = [kept["row_base64"], *(piece["row_base64"] for piece in _pieces(peer, kept))]
        return kept, b"".join(b64decode(piece) for piece in pieces)

    def readmit(self, key: str) -> str:
        """Write the revision where it was refused, then let the row go; returns its rev.

        Cut off between, it is done again: a known revision is stored once.

        Raises: NotFound, BadRequest (it is no JSON, or the engine cannot hold it).
        """
        kept, data = self.row(key)
        [result] = self._server.open(kept["database"]).bulk_docs([parse_received(data, 1)], new_edits=False)
        if result.rev is None or not result.is_durable:
            raise BadRequest(f"It cannot be stored as it is: {result.reason}")
        peer = self._open()
        gone = [kept, *_pieces(peer, kept)]
        peer.bulk_docs([{"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True} for doc in gone])
        return result.rev

    def _open(self) -> Peer:
        try:
            return self._server.open(QUARANTINE)
        except DatabaseNotFound as error:
            raise NotFound("missing") from error


def _documents(database: str, row: RefusedRow) -> list[Document]:
    """Return the row as documents: its first names the others, which only carry bytes."""
    key = hashlib.sha256(database.encode() + b"\0" + row.data).hexdigest()
    pieces = [row.data[at : at + PIECE_BYTES] for at in range(0, len(row.data), PIECE_BYTES)] or [b""]
    first: dict[str, Any] = {
        "_id": key,
        "database": database,
        "doc_id": row.doc_id,
        "rev": row.rev,
        "error": row.error,
        "reason": row.reason,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "size_bytes": len(row.data),
        "pieces": len(pieces),
        "row_base64": b64encode(pieces[0]).decode(),
    }
    others = [
        {"_id": f"{key}/{number}", "row_base64": b64encode(piece).decode()}
        for number, piece in enumerate(pieces[1:], 2)
    ]
    # What names the pieces comes last: a row that is listed is whole.
    return [*others, first]


def _pieces(peer: Peer, kept: Document) -> list[Document]:
    return [peer.get(f"{kept['_id']}/{number}") for number in range(2, kept["pieces"] + 1)]
