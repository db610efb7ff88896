"""One document: reading it, its leaves, writing and deleting it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Response

from sync.document import check_document_id
from sync.errors import BadRequest, Conflict
from sync.http import visible
from sync.http.address import url_of
from sync.http.answers import answer, multipart_answer, raise_row
from sync.http.body import read_bytes, require_json_type
from sync.http.call import Call
from sync.http.json_text import dump_document, fragment, parse_received
from sync.http.multipart import first_part
from sync.http.parameters import attachment_flags, flag, json_value, read_options
from sync.http.rows import BadRow, bad_row, with_members
from sync.http.writing import store_rows
from sync.peer import Document, ReadOptions
from sync.revision import parse_revision
from sync.spelling import SpeltDocument

_PLAIN = ReadOptions()
_WHAT_CHANGES_WITHOUT_IT = ("_revs_info", "_conflicts", "_deleted_conflicts", "_local_seq")
"""Members that say more than the revision does: an ETag, which is the revision, would lie about them."""


def read(call: Call) -> Response:
    """Spec: PROTOCOL B20, B21, B27."""
    check_document_id(call.doc_id)
    attachment_flags(call)
    options = read_options(call)
    if call.args.get("open_revs", "[]") != "[]":
        return _open_revs(call, options)
    rev = call.args.get("rev")
    if rev is not None:
        options = _of_a_revision(options)
    doc = call.quickly(lambda peer: visible.get(peer, call.access, call.doc_id, rev, options))
    etag = f'"{doc["_rev"]}"'
    is_plain = not any(name in doc for name in _WHAT_CHANGES_WITHOUT_IT)
    if is_plain and etag in (call.request.headers.get("If-None-Match") or ""):
        return Response(status=304, headers={"ETag": etag})
    return answer(fragment(doc), headers={"ETag": etag} if is_plain else None)


def _open_revs(call: Call, options: ReadOptions) -> Response:
    """Spec: PROTOCOL B30 to B33."""
    revs: Any = "all" if call.args["open_revs"] == "all" else json_value(call, "open_revs")
    if revs != "all" and not isinstance(revs, list):
        raise BadRequest("Invalid list of revisions")
    options = _of_a_revision(options)
    found = call.on_peer(lambda peer: visible.open_revs(peer, call.access, call.doc_id, revs, options))
    if options.latest:
        found = _each_once(found)
    offered = ("multipart/mixed", "application/json")
    if call.request.accept_mimetypes.best_match(offered) == "application/json":
        return answer([_leaf(item) for item in found])
    return multipart_answer(
        (_leaf(item), True) if isinstance(item, str) else (fragment(item), False) for item in found
    )


def _of_a_revision(options: ReadOptions) -> ReadOptions:
    """What can be asked of a chosen revision: what concerns the document is told with its winner alone."""
    return ReadOptions(revs=options.revs, latest=options.latest)


def _each_once(found: list[Document | str]) -> list[Document | str]:
    """Two revisions that were asked for may have led to one leaf. Spec: PROTOCOL B33."""
    once = {item if isinstance(item, str) else item["_rev"]: item for item in found}
    return list(once.values())


def _leaf(item: Document | str) -> dict[str, Any]:
    return {"missing": item} if isinstance(item, str) else {"ok": fragment(item)}


def write(call: Call) -> Response:
    """PUT: the id in the URL wins. Spec: PROTOCOL B18, B19, B23, C37."""
    check_document_id(call.doc_id)
    new_edits = flag(call, "new_edits", default=True)
    data = read_bytes(call.request, call.face.limits.max_body_bytes)
    if call.request.mimetype == "multipart/related":
        data = first_part(call.request, data)
    row = _document(data, new_edits=new_edits)
    if isinstance(row, BadRow):
        return _store(call, replace(row, id=call.doc_id), data, new_edits=new_edits)
    if "_id" in row:
        check_document_id(row["_id"])
    named = {"_id": call.doc_id}
    rev = _rev_asked(call, row.get("_rev"))
    if rev is not None:
        named["_rev"] = rev
    row = row.with_special(named) if isinstance(row, SpeltDocument) else row | named
    return _store(call, row, with_members(data, named), new_edits=new_edits)


def create(call: Call) -> Response:
    """POST to the database: the document's own id, or a new one."""
    require_json_type(call.request)
    new_edits = flag(call, "new_edits", default=True)
    data = read_bytes(call.request, call.face.limits.max_body_bytes)
    return _store(call, _document(data, new_edits=new_edits), data, new_edits=new_edits)


def delete(call: Call) -> Response:
    """Spec: PROTOCOL B19, B21, section 1 item 27."""
    check_document_id(call.doc_id)
    rev = _rev_asked(call, None)
    call.quickly(lambda peer: visible.get(peer, call.access, call.doc_id, None, _PLAIN))
    if rev is None:
        raise Conflict
    return _store(call, {"_id": call.doc_id, "_rev": rev, "_deleted": True}, b"", new_edits=True)


def copy(call: Call) -> Response:
    """COPY, with where to in `Destination: ID` or `Destination: ID?rev=REV`."""
    check_document_id(call.doc_id)
    target, _, query = call.request.headers.get("Destination", "").partition("?")
    if not target:
        raise BadRequest("Destination header is mandatory for COPY.")
    if "://" in target:
        raise BadRequest("Destination URL must be relative.")
    rev = call.args.get("rev")
    doc = call.quickly(lambda peer: visible.get(peer, call.access, call.doc_id, rev, _PLAIN))
    doc["_id"] = unquote_to_bytes(target.lstrip("/")).decode("utf-8", "replace")
    del doc["_rev"]
    if query.startswith("rev="):
        doc["_rev"] = query.removeprefix("rev=")
    return _store(call, doc, dump_document(doc), new_edits=True)


def _document(data: bytes, *, new_edits: bool) -> dict[str, Any] | BadRow:
    """Return the document; of a replicated one that is no JSON, its bytes. Raises: BadRequest."""
    try:
        doc = parse_received(data, 1)
    except BadRequest:
        if new_edits:
            raise
        return bad_row(data)
    if not isinstance(doc, dict):
        raise BadRequest("Document must be a JSON object")
    return doc


def _rev_asked(call: Call, in_body: Any) -> Any:
    """Return the one rev that body, query and If-Match name. Raises: BadRequest."""
    if_match = call.request.headers.get("If-Match")
    stated = [in_body, call.args.get("rev"), if_match.strip('" ') if if_match else None]
    named = [rev for rev in stated if rev is not None]
    for rev in named:
        parse_revision(rev)
    if len(set(named)) > 1:
        said = "request body and query string" if if_match is None else "and etag"
        raise BadRequest(f"Document rev {'from ' if if_match is None else ''}{said} have different values")
    return named[0] if named else None


def _store(call: Call, row: dict[str, Any] | BadRow, data: bytes, *, new_edits: bool) -> Response:
    [result] = store_rows(call, [row], new_edits=new_edits, as_received=lambda: [data], size_bytes=len(data))
    raise_row(result)
    if call.args.get("batch") == "ok":
        # It is on disk as every other; but who asks so does not wait for a rev.
        return answer({"ok": True, "id": result.id}, 202)
    is_post, is_deletion = call.request.method == "POST", isinstance(row, dict) and bool(row.get("_deleted"))
    status = 200 if is_deletion and not is_post else 201
    headers = {}
    if not is_post:
        headers["ETag"] = f'"{result.rev}"'
    if call.request.method != "DELETE":
        headers["Location"] = url_of(call.prefix, call.database, result.id)
    shown = {"ok": True, "id": result.id, "rev": result.rev}
    return answer(shown, status if result.is_durable else 202, headers)
