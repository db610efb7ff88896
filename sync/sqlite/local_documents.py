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
from sync.sqlite.seals import damaged, local_seal


def prepare_local(local_id: str, body: DocumentLike) -> EncodedBody:
    """Raises: BadRequest. Spec: PROTOCOL F81."""
    # The id is free after its prefix, leading underscores included.
    check_document_id(f"x{local_id}" if local_id else "")
    if "_attachments" in body:
        raise BadRequest("_local documents do not accept attachments.")
    return encode_body({name: value for name, value in body.items() if name not in ("_id", "_rev")})


def read_local(connection: apsw.Connection, database: Database, local_id: str) -> Document | None:
    row = connection.execute(
        "SELECT rev, json, sha256, is_wide, seal FROM local WHERE database = ? AND id = ?",
        (database.number, local_id),
    ).fetchone()
    if row is None:
        return None
    rev, json, sha256, is_wide, seal = row
    try:
        is_whole = isinstance(json, bytes) and local_seal(local_id, rev, sha256, is_wide) == seal
    except (TypeError, ValueError):  # a flipped bit may have changed what type a column has
        is_whole = False
    if not is_whole:
        raise damaged("A stored _local document")
    return compose(f"_local/{local_id}", f"0-{rev}", decode_body(json, sha256, is_wide))


def put_local(connection: apsw.Connection, database: Database, local_id: str, body: EncodedBody) -> str:
    """Write it, whatever was there. Spec: PROTOCOL F82, section 1 item 8."""
    key = (database.number, local_id)
    before = connection.execute("SELECT rev FROM local WHERE database = ? AND id = ?", key).get
    rev = 1 if before is None else before + 1
    seal = local_seal(local_id, rev, body.sha256, body.is_wide)
    connection.execute("REPLACE INTO local VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, rev, *body, seal))
    return f"0-{rev}"


def delete_local(connection: apsw.Connection, database: Database, local_id: str) -> None:
    """Raises: DocumentNotFound."""
    connection.execute("DELETE FROM local WHERE database = ? AND id = ?", (database.number, local_id))
    if connection.changes() == 0:
        raise DocumentNotFound("missing")
