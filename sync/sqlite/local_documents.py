"""`_local` documents: checkpoints and the like, in the same file and transaction log as the data.

They have no revision tree and no conflicts, and are never replicated, listed or counted.
"""

from __future__ import annotations

import apsw

from sync.document import check_document_id
from sync.errors import BadRequest, DocumentNotFound
from sync.peer import Document, DocumentLike
from sync.sqlite.body import EncodedBody, decode_body, encode_body
from sync.sqlite.database import Database
from sync.sqlite.reads import compose


def prepare_local(local_id: str, body: DocumentLike) -> EncodedBody:
    """Raises: BadRequest. Spec: PROTOCOL F81."""
    # The id is free after its prefix, leading underscores included.
    check_document_id(f"x{local_id}" if local_id else "")
    if "_attachments" in body:
        raise BadRequest("_local documents do not accept attachments.")
    return encode_body({name: value for name, value in body.items() if name not in ("_id", "_rev")})[0]


def read_local(connection: apsw.Connection, database: Database, local_id: str) -> Document | None:
    row = connection.execute(
        "SELECT rev, json, sha256, is_wide FROM local WHERE database = ? AND id = ?",
        (database.number, local_id),
    ).fetchone()
    return compose(f"_local/{local_id}", f"0-{row[0]}", decode_body(*row[1:])) if row else None


def put_local(connection: apsw.Connection, database: Database, local_id: str, body: EncodedBody) -> str:
    """Write it, whatever was there. Spec: PROTOCOL F82, section 1 item 8."""
    rev: int = connection.execute(
        "INSERT INTO local VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (database, id) DO UPDATE SET"
        " rev = rev + 1, json = excluded.json, sha256 = excluded.sha256, is_wide = excluded.is_wide"
        " RETURNING rev",
        (database.number, local_id, *body),
    ).get
    return f"0-{rev}"


def delete_local(connection: apsw.Connection, database: Database, local_id: str) -> None:
    """Raises: DocumentNotFound."""
    connection.execute("DELETE FROM local WHERE database = ? AND id = ?", (database.number, local_id))
    if connection.changes() == 0:
        raise DocumentNotFound("missing")
