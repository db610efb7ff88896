"""Writing documents: rows checked here first, sent in bounded batches, and never repeated blindly.

CouchDB refuses a whole batch for one bad row; here the batch is halved until the row stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sync.couchdb.answers import Answer, error_of
from sync.couchdb.asking import Asking
from sync.couchdb.connection import InDoubt
from sync.couchdb.json_text import decode, encode_row
from sync.couchdb.quorum import Witnesses
from sync.couchdb.reads import read_bulk
from sync.couchdb.retries import IN_DOUBT
from sync.document import parse_document
from sync.errors import Conflict, SyncError
from sync.peer import DocumentLike, ReadOptions, WriteResult
from sync.revision import Revision
from sync.spelling import spelling_of

BATCH_BYTES: Final = 8_000_000
BATCH_ROWS: Final = 1_000
MAX_CHECKS: Final = 4
_WHOLE_BATCH_REFUSED: Final = frozenset({400, 413})


class Row(NamedTuple):
    """A row that may be sent: its place in the call, and the revision it follows or is."""

    place: int
    id: str
    head: Revision | None
    encoded: bytes


class Edits:
    """Writes of one database."""

    def __init__(self, database: Asking) -> None:
        self._database = database
        self._witnesses = Witnesses(database)

    def write(self, docs: Sequence[DocumentLike], *, new_edits: bool) -> list[WriteResult]:
        """Return a result a row, in order. Raises: StorageFailed, Overloaded, DatabaseNotFound."""
        results: list[WriteResult | None] = [None] * len(docs)
        rows: list[Row] = []
        for place, offered in enumerate(docs):
            prepared = _prepare(place, offered, new_edits=new_edits)
            if isinstance(prepared, Row):
                rows.append(prepared)
            else:
                results[place] = prepared
        if not rows:
            self._database.ask("GET").json()  # a database that is gone is told, whatever the rows
        is_witnessed = new_edits or not rows or self._witnesses.are_heard()
        for batch in _batches(rows):
            for row, result in self._send(batch, new_edits=new_edits):
                results[row.place] = result
        if not new_edits and rows:
            is_witnessed = self._witnesses.are_heard() and is_witnessed
        return [_with_doubt(result, is_witnessed) for result in results if result is not None]

    def _send(self, rows: list[Row], *, new_edits: bool) -> Iterator[tuple[Row, WriteResult]]:
        body = b'{"new_edits":%s,"docs":[%s]}' % (
            b"true" if new_edits else b"false",
            b",".join(row.encoded for row in rows),
        )
        for _check in range(MAX_CHECKS):
            try:
                answer = self._database.ask("POST", "_bulk_docs", body=body, is_repeatable=not new_edits)
            except InDoubt:
                answer = None
            if answer is not None and not (new_edits and answer.status in IN_DOUBT):
                break
            # Sent, and perhaps stored: look before sending again.
            stored = self._stored(rows)
            if stored:
                yield from ((row, stored[row.place]) for row in rows if row.place in stored)
                left = [row for row in rows if row.place not in stored]
                if left:
                    yield from self._send(left, new_edits=new_edits)
                return
        else:
            raise InDoubt("The server did not say whether it stored the write.")
        if answer.status in _WHOLE_BATCH_REFUSED:
            yield from self._halve(rows, answer, new_edits=new_edits)
        else:
            yield from zip(rows, _results(rows, answer, new_edits=new_edits), strict=True)

    def _halve(
        self, rows: list[Row], answer: Answer, *, new_edits: bool
    ) -> Iterator[tuple[Row, WriteResult]]:
        if len(rows) == 1:
            yield rows[0], _refusal(rows[0].id, error_of(answer))
            return
        middle = len(rows) // 2
        yield from self._send(rows[:middle], new_edits=new_edits)
        yield from self._send(rows[middle:], new_edits=new_edits)

    def _stored(self, rows: Sequence[Row]) -> dict[int, WriteResult]:
        """Return the rows whose very content stands as a leaf after the revision that they follow."""
        found = read_bulk(self._database, [(row.id, None) for row in rows], ReadOptions(revs=True))
        stored = {}
        for row, standing in zip(rows, found, strict=True):
            offered = _content(decode(row.encoded))
            for leaf in standing.docs:
                if _parent(leaf) == _digest(row.head) and _content(leaf) == offered:
                    # How many copies there are was in the answer that is lost.
                    stored[row.place] = WriteResult(row.id, leaf["_rev"], is_durable=not self._has_copies())
        return stored

    def _has_copies(self) -> bool:
        return int((self._database.ask("GET").json().get("cluster") or {}).get("n", 1)) > 1


def _prepare(place: int, offered: DocumentLike, *, new_edits: bool) -> Row | WriteResult:
    try:
        parsed = parse_document(offered, new_edits=new_edits)
        row: dict[str, Any] = {**parsed.body, "_id": parsed.id}
        if parsed.is_deleted:
            row["_deleted"] = True
        if parsed.path:
            row["_rev"] = str(parsed.path[0])
        if not new_edits:
            row["_revisions"] = {
                "start": parsed.path[0].generation,
                "ids": [revision.digest for revision in parsed.path],
            }
        # An ordinary edit is named by the server after its bytes: those go in the order of their keys.
        encoded = encode_row(row, None if new_edits else spelling_of(offered))
        return Row(place, parsed.id, parsed.path[0] if parsed.path else None, encoded)
    except SyncError as error:
        doc_id = offered.get("_id") if isinstance(offered, Mapping) else None
        return _refusal(doc_id if isinstance(doc_id, str) else "", error)


def _refusal(doc_id: str, error: SyncError) -> WriteResult:
    return WriteResult(doc_id, error=error.error, reason=error.reason)


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size_bytes = 0
    for row in rows:
        if batch and (len(batch) == BATCH_ROWS or size_bytes + len(row.encoded) > BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(row)
        size_bytes += len(row.encoded)
    if batch:
        yield batch


def _results(rows: Sequence[Row], answer: Answer, *, new_edits: bool) -> list[WriteResult]:
    said: list[dict[str, Any]] = answer.json()
    if new_edits:
        return [_result(row.id, each) for row, each in zip(rows, said, strict=True)]
    # Failures alone are listed (PROTOCOL section 1, item 1); a server that lists all says ok.
    failed = {(each["id"], each.get("rev")): each for each in said if "error" in each}
    results = []
    for row in rows:
        problem = failed.get((row.id, str(row.head))) or failed.get((row.id, None))
        results.append(_result(row.id, problem) if problem else WriteResult(row.id, str(row.head)))
    return results


def _result(doc_id: str, said: Mapping[str, Any]) -> WriteResult:
    if "error" in said:
        reason = Conflict().reason if said["error"] == "conflict" else str(said.get("reason", ""))
        return WriteResult(doc_id, error=str(said["error"]), reason=reason)
    return WriteResult(
        str(said.get("id", doc_id)), str(said["rev"]), is_durable=not said.get("accepted", False)
    )


def _with_doubt(result: WriteResult, is_witnessed: bool) -> WriteResult:
    if is_witnessed or not result.is_ok:
        return result
    return WriteResult(result.id, result.rev, is_durable=False)


def _content(document: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if not k.startswith("_") or k == "_deleted"}


def _digest(revision: Revision | None) -> str | None:
    return revision.digest if revision else None


def _parent(leaf: Mapping[str, Any]) -> str | None:
    """Return the digest of the revision before it, None for a first one."""
    ids = leaf["_revisions"]["ids"]
    return str(ids[1]) if len(ids) > 1 else None
