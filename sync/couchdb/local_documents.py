"""`_local` documents: written whatever was there; a hint on a cluster, where a read may be stale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sync.couchdb.address import quoted_id
from sync.couchdb.asking import Asking
from sync.couchdb.json_text import encode_row
from sync.document import LOCAL_PREFIX, check_document_id
from sync.errors import BadRequest, Conflict, DatabaseNotFound, DocumentNotFound, NotFound, Overloaded
from sync.peer import Document, DocumentLike

ATTEMPTS: Final = 10
PAGE: Final = 500


def read_local(database: Asking, local_id: str) -> Document | None:
    try:
        document: Document = database.ask("GET", quoted_id(LOCAL_PREFIX + local_id)).json()
    except DocumentNotFound:
        return None
    return document


def put_local(database: Asking, local_id: str, body: DocumentLike) -> str:
    """Write it over what is there. Spec: PROTOCOL F81, F82."""
    # The id is free after its prefix, leading underscores included.
    check_document_id(f"x{local_id}" if local_id else "")
    if "_attachments" in body:
        raise BadRequest("_local documents do not accept attachments.")
    members = {name: value for name, value in body.items() if name not in ("_id", "_rev")}
    for _attempt in range(ATTEMPTS):
        present = read_local(database, local_id)
        offered = members | ({"_rev": present["_rev"]} if present else {})
        try:
            answer: dict[str, Any] = database.ask(
                "PUT", quoted_id(LOCAL_PREFIX + local_id), body=encode_row(offered)
            ).json()
        except Conflict:
            continue  # a server that checks revisions here, and someone was faster
        return str(answer["rev"])
    raise Overloaded("The local document is being written by too many.")


def delete_local(database: Asking, local_id: str) -> None:
    """Raises: DocumentNotFound."""
    present = read_local(database, local_id)
    if present is None:
        raise DocumentNotFound("missing")
    database.ask("DELETE", quoted_id(LOCAL_PREFIX + local_id), {"rev": present["_rev"]}).json()


def local_documents(database: Asking) -> Iterator[Document]:
    """Yield all of them where the server lists them; nothing where it does not."""
    start: str | None = None
    while True:
        parameters: dict[str, object] = {"include_docs": True, "limit": PAGE}
        if start is not None:
            parameters |= {"start_key": f'"{start}"', "skip": 1}
        try:
            rows = database.ask("GET", "_local_docs", parameters).json()["rows"]
        except DatabaseNotFound:
            raise
        except NotFound:
            return
        yield from (row["doc"] for row in rows)
        if len(rows) < PAGE:
            return
        start = rows[-1]["id"]
