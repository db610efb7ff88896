"""Many documents at once: `_bulk_docs`, `_bulk_get`, `_revs_diff`."""

from __future__ import annotations

from typing import Any

from flask import Response

from sync.document import LOCAL_PREFIX, check_document_id
from sync.errors import BadRequest, NotImplementedHere, SyncError, TooLarge
from sync.http import visible
from sync.http.answers import answer, multipart_answer, result_row
from sync.http.body import read_bytes, require_json_type
from sync.http.call import Call
from sync.http.json_text import dump_json, fragment, parse_received
from sync.http.parameters import attachment_flags, read_options
from sync.http.rows import BadRow, raw_rows, split_batch
from sync.http.writing import store_rows, told_member
from sync.peer import BulkGetRow, RevsDiff, WriteResult
from sync.revision import parse_revision

_FINAL_REFUSALS = ("forbidden", "unauthorized")
_ROWS = 3
"""How deep the documents of a batch lie: in a list, in an object."""


def bulk_docs(call: Call) -> Response:
    """A row each for new edits; for replicated revisions only those refused. Spec: PROTOCOL C37, C45, C46."""
    require_json_type(call.request)
    data = read_bytes(call.request, call.face.limits.max_body_bytes)
    body = _batch(data)
    new_edits = body.get("new_edits", True)
    if not isinstance(new_edits, bool):
        raise BadRequest("`new_edits` must be a boolean.")
    if body.get("all_or_nothing"):
        raise NotImplementedHere("all_or_nothing is not supported")
    docs = _list(
        call, body, "docs", "POST body must include `docs` parameter.", "`docs` parameter must be an array."
    )
    results = store_rows(
        call,
        docs,
        new_edits=new_edits,
        as_received=lambda: _as_received(data, docs),
        size_bytes=len(data),
    )
    status = 201 if all(result.is_durable for result in results) else 202
    _raise_if_nothing_is_a_document(docs, results, new_edits=new_edits)
    if new_edits:
        return answer([result_row(result) for result in results], status)
    refused = [
        _final_refusal(result, doc) for result, doc in zip(results, docs, strict=True) if not result.is_ok
    ]
    return answer(refused, status)


def _raise_if_nothing_is_a_document(docs: list[Any], results: list[WriteResult], *, new_edits: bool) -> None:
    """Answer as CouchDB where no row could be stored as it is: nobody else's row is lost by it.

    Of a replicated batch only rows that name no revision count: no replicator sends such, and
    PouchDB takes their refusal in a list for success.

    Raises: BadRequest. Spec: QUIRKS 14.
    """
    bad = ("bad_request", "doc_validation", "illegal_docid")
    is_one = all(result.error in bad for result in results) and bool(results)
    if is_one and (new_edits or not any(told_member(doc, "_rev") or _names_a_path(doc) for doc in docs)):
        first = results[0]
        raise BadRequest(first.reason or "", error=first.error)


def _names_a_path(doc: Any) -> bool:
    return not isinstance(doc, dict) or "_revisions" in doc


def _batch(data: bytes) -> dict[str, Any]:
    """Return the body; where it is no JSON as a whole, with each row for itself."""
    try:
        body = parse_received(data, _ROWS)
    except BadRequest:
        return split_batch(data)
    if not isinstance(body, dict):
        raise BadRequest("Request body must be a JSON object")
    return body


def _as_received(data: bytes, docs: list[Any]) -> list[bytes]:
    """Return the bytes of each row, written anew where the body is spelt so that they cannot be told."""
    try:
        received = raw_rows(data)
    except BadRequest:
        received = []
    if len(received) == len(docs):
        return received
    return [doc.data if isinstance(doc, BadRow) else dump_json(doc) for doc in docs]


def _final_refusal(result: WriteResult, doc: Any) -> dict[str, object]:
    """Every other error name makes PouchDB send the batch again for ever. Spec: PROTOCOL section 1 item 3."""
    row = result_row(result)
    if (rev := told_member(doc, "_rev")) is not None:
        row["rev"] = rev
    if result.error not in _FINAL_REFUSALS:
        row |= {"error": "forbidden", "reason": f"{result.error}: {result.reason}"}
    return row


def bulk_get(call: Call) -> Response:
    """As many results as asked, in that order. Spec: PROTOCOL D56 to D63."""
    body = call.json_object()
    attachment_flags(call)
    options = read_options(call)
    absent = "Missing JSON list of 'docs'."
    asked = [_asked(entry) for entry in _list(call, body, "docs", absent, absent)]
    wanted = [(item.id, item.rev) for item in asked if item.is_ok]
    found = iter(call.on_peer(lambda peer: visible.bulk_get(peer, call.access, wanted, options)))
    rows = [next(found) if item.is_ok else BulkGetRow(item.id, [], item) for item in asked]
    accepted = call.request.accept_mimetypes.best_match(
        ("application/json", "multipart/mixed", "multipart/related")
    )
    if accepted and accepted.startswith("multipart/"):
        parts = [(value, kind == "error") for row in rows for kind, value in _entries(row)]
        return multipart_answer(parts, accepted.partition("/")[2])
    results = [
        {"id": row.id or None, "docs": [{kind: value} for kind, value in _entries(row)]} for row in rows
    ]
    return answer({"results": results})


def _asked(entry: Any) -> WriteResult:
    """Return the pair that one entry asks for, or its error. Spec: PROTOCOL D61."""
    doc_id = entry.get("id") if isinstance(entry, dict) else None
    rev = entry.get("rev") if isinstance(entry, dict) else None
    rev_text = rev if isinstance(rev, str) else None
    try:
        if not isinstance(entry, dict):
            raise BadRequest("document must be a JSON object")
        if doc_id is None:
            raise BadRequest("document id missed")
        # Of _local documents nothing is known here, as in CouchDB.
        check_document_id(doc_id.removeprefix(LOCAL_PREFIX) if isinstance(doc_id, str) else doc_id)
        if rev is not None:
            parse_revision(rev)
        _check_atts_since(entry.get("atts_since"))
    except SyncError as error:
        return WriteResult(doc_id if isinstance(doc_id, str) else "", rev_text, error.error, error.reason)
    return WriteResult(str(doc_id), rev_text)


def _check_atts_since(revs: Any) -> None:
    """Without attachments it changes nothing, but it must be a list. Spec: PROTOCOL D60."""
    if revs is not None and not isinstance(revs, list):
        raise BadRequest("atts_since must be a list of revs")


def _entries(row: BulkGetRow) -> list[tuple[str, Any]]:
    if row.error is None:
        return [("ok", fragment(doc)) for doc in row.docs]
    error = row.error
    rev = error.rev or ("undefined" if error.error == "not_found" else None)
    shown = {"id": error.id or None, "rev": rev, "error": error.error, "reason": error.reason}
    return [("error", shown)]


def revs_diff(call: Call) -> Response:
    """Spec: PROTOCOL D52 to D54."""
    return answer(
        {
            doc_id: {"missing": difference.missing}
            | ({"possible_ancestors": difference.possible_ancestors} if difference.possible_ancestors else {})
            for doc_id, difference in _differences(call).items()
        }
    )


def missing_revs(call: Call) -> Response:
    """The older form of `_revs_diff`, for clients that still ask it."""
    return answer({"missing_revs": {doc_id: each.missing for doc_id, each in _differences(call).items()}})


def _differences(call: Call) -> dict[str, RevsDiff]:
    asked = call.json_object()
    if len(asked) > call.face.limits.max_batch_rows:
        raise TooLarge("Too many documents in one request.")
    for revs in asked.values():
        if not isinstance(revs, list):
            raise BadRequest("Revisions to compare must be a list.")
    # Of _local documents nothing is known here: what they are asked for is missing, as in CouchDB.
    local = {doc_id: RevsDiff(revs) for doc_id, revs in asked.items() if doc_id.startswith(LOCAL_PREFIX)}
    plain = {doc_id: revs for doc_id, revs in asked.items() if doc_id not in local}
    return call.on_peer(lambda peer: peer.revs_diff(plain)) | local


def _list(call: Call, body: dict[str, Any], name: str, absent: str, not_list: str) -> list[Any]:
    if name not in body:
        raise BadRequest(absent)
    items = body[name]
    if not isinstance(items, list):
        raise BadRequest(not_list)
    if len(items) > call.face.limits.max_batch_rows:
        raise TooLarge("Too many documents in one request.")
    return items
