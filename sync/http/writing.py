"""Every write of documents passes here: who may, what is refused, and that a refusal loses nothing.

A replicated revision (`new_edits=false`) that is refused is in quarantine before its refusal is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sync.document import LOCAL_PREFIX
from sync.errors import BadRequest, Forbidden, SyncError
from sync.http.call import Call
from sync.http.quarantine import RefusedRow
from sync.http.rows import BadRow
from sync.http.security_endpoints import SECURITY_ID
from sync.http.weight import check_weight, is_stricter
from sync.peer import Peer, WriteResult

BRIEF_BYTES: Final = 16_384
"""A request with so little to validate and hash is worked on in place: a thread would cost more."""

_NO_JSON: Final = BadRequest("invalid UTF-8 JSON")


def store_rows(
    call: Call,
    rows: Sequence[Any],
    *,
    new_edits: bool,
    as_received: Callable[[], Sequence[bytes]],
    size_bytes: int,
) -> list[WriteResult]:
    """Return a result for each row, in order; those that are accepted are on disk.

    as_received: the bytes of each row, asked for only when one is refused. size_bytes: of all rows.

    Raises: StorageFailed, Overloaded, DatabaseNotFound. Spec: PROTOCOL C45 to C47.
    """
    weighs = is_stricter(call.face.limits)
    refused = {
        index: error for index, row in enumerate(rows) if (error := _refusal(call, row, weighs=weighs))
    }
    taken = [(index, row) for index, row in enumerate(rows) if index not in refused]

    def write(peer: Peer) -> list[WriteResult]:
        locals_ = [(index, row) for index, row in taken if _is_local(row)]
        if not locals_ and not refused:
            every = peer.bulk_docs(rows, new_edits=new_edits)
        else:
            outside = {index for index, _ in locals_}
            plain = [row for index, row in taken if index not in outside]
            results = iter(peer.bulk_docs(plain, new_edits=new_edits))
            written = {index: _write_local(peer, row) for index, row in locals_}
            found = [written[index] if index in written else next(results) for index, _ in taken]
            every = _in_order(rows, refused, found)
        if not new_edits and not all(result.is_ok for result in every):
            call.face.quarantine.refuse(call.database, _refused_rows(rows, every, as_received()))
        return every

    return call.briefly(write) if size_bytes <= BRIEF_BYTES else call.on_peer(write)


def _refusal(call: Call, row: Any, *, weighs: bool) -> SyncError | None:
    if isinstance(row, BadRow):
        return _NO_JSON
    try:
        if weighs:
            check_weight(row, call.face.limits)
        if call.access.check_row and isinstance(row, Mapping):
            call.access.check_row(row)
    except SyncError as error:
        return error
    return None


def _in_order(
    rows: Sequence[Any], refused: Mapping[int, SyncError], found: Sequence[WriteResult]
) -> list[WriteResult]:
    results = iter(found)
    return [
        WriteResult(told_member(row, "_id") or "", error=refused[index].error, reason=refused[index].reason)
        if index in refused
        else next(results)
        for index, row in enumerate(rows)
    ]


def _refused_rows(
    rows: Sequence[Any], results: Sequence[WriteResult], received: Sequence[bytes]
) -> list[RefusedRow]:
    refused = [row for row in zip(rows, results, received, strict=True) if not row[1].is_ok]
    return [
        RefusedRow(
            data=data,
            doc_id=told_member(row, "_id"),
            rev=told_member(row, "_rev"),
            error=result.error or "",
            reason=result.reason or "",
        )
        for row, result, data in refused
    ]


def told_member(row: Any, name: str) -> str | None:
    """Return `_id` or `_rev` as a row tells it, as far as that is text."""
    if isinstance(row, BadRow):
        return row.id if name == "_id" else row.rev
    value = row.get(name) if isinstance(row, dict) else None
    return value if isinstance(value, str) else None


def _is_local(row: Any) -> bool:
    doc_id = row.get("_id") if isinstance(row, dict) else None
    return isinstance(doc_id, str) and doc_id.startswith(LOCAL_PREFIX)


def _write_local(peer: Peer, row: dict[str, Any]) -> WriteResult:
    """A batch may hold `_local` documents, as in CouchDB; they are no part of its commit."""
    doc_id = row["_id"]
    local_id = doc_id.removeprefix(LOCAL_PREFIX)
    try:
        if local_id == SECURITY_ID:
            raise Forbidden("The security object is read and written at _security.")
        if row.get("_deleted") is True:
            peer.delete_local(local_id)
            return WriteResult(doc_id, "0-0")
        return WriteResult(doc_id, peer.put_local(local_id, row))
    except SyncError as error:
        return WriteResult(doc_id, error=error.error, reason=error.reason)
