"""A document as it is offered for writing: its special members checked and taken apart.

Says nothing about what is stored; a row that is refused here never reaches a backend's storage.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sync.errors import BadRequest, NotImplementedHere
from sync.revision import Revision, parse_history, parse_revision

LOCAL_PREFIX: Final = "_local/"
DESIGN_PREFIX: Final = "_design/"
MAX_ID_BYTES: Final = 8000

_IGNORED = frozenset({"_revs_info", "_conflicts", "_deleted_conflicts", "_local_seq"})
_TAKEN = frozenset({"_id", "_rev", "_revisions", "_deleted", "_attachments"})
_KEPT = frozenset(
    {
        "_access",
        "_replication_id",
        "_replication_state",
        "_replication_state_reason",
        "_replication_state_time",
        "_replication_stats",
    }
)
"""Special members that CouchDB keeps among the others: a replica of its databases has them."""


@dataclass(slots=True)  # not frozen: one is made for every row written, and that takes a third of the time
class OfferedDocument:
    """`path` is newest first: what `_revisions` or `_rev` name, empty where there is neither."""

    id: str
    path: Sequence[Revision]
    is_deleted: bool
    body: dict[str, Any]


def is_special(name: str) -> bool:
    """Whether a member says something of the document and is no part of its body."""
    return name[:1] == "_" and name not in _KEPT


def check_document_id(doc_id: object) -> str:
    """Return a valid id. Raises: BadRequest (illegal_docid). Spec: PROTOCOL B25, ATTACKS 7.31."""
    if not isinstance(doc_id, str):
        raise BadRequest("Document id must be a string", error="illegal_docid")
    if doc_id.isascii() and doc_id.isprintable() and 0 < len(doc_id) <= MAX_ID_BYTES and doc_id[0] != "_":
        return doc_id  # nearly all of them
    if not doc_id:
        raise BadRequest("Document id must not be empty", error="illegal_docid")
    if doc_id[0] == "_" and not (doc_id.startswith(DESIGN_PREFIX) and len(doc_id) > len(DESIGN_PREFIX)):
        raise BadRequest("Only reserved document ids may start with underscore.", error="illegal_docid")
    try:
        size_bytes = len(doc_id.encode())
    except UnicodeEncodeError as error:
        raise BadRequest("Document id must be valid UTF-8", error="illegal_docid") from error
    if "\0" in doc_id:
        raise BadRequest("Document id must not hold a NUL character", error="illegal_docid")
    if size_bytes > MAX_ID_BYTES:
        raise BadRequest("Document id is too long", error="illegal_docid")
    return doc_id


def parse_document(offered: object, *, new_edits: bool = True) -> OfferedDocument:
    """Return the parts of one row of a write; without `_id` it is given one.

    Raises: BadRequest, NotImplementedHere. Spec: PROTOCOL B24, B25, C40, C44.
    """
    if not isinstance(offered, (dict, Mapping)):  # dict first: to ask an abstract class is slow
        raise BadRequest("Document must be a JSON object")
    doc_id = check_document_id(offered["_id"]) if "_id" in offered else uuid.uuid4().hex
    is_deleted = offered.get("_deleted", False)
    if not isinstance(is_deleted, bool):
        raise BadRequest("Bad special document member: _deleted", error="doc_validation")
    return OfferedDocument(doc_id, _path(offered, new_edits=new_edits), is_deleted, _body(offered))


def _path(offered: Mapping[str, Any], *, new_edits: bool) -> Sequence[Revision]:
    if new_edits:
        return [parse_revision(offered["_rev"])] if "_rev" in offered else []
    if "_revisions" in offered:
        return parse_history(offered["_revisions"])  # whatever _rev says: PouchDB counts on it
    if "_rev" in offered:
        return [parse_revision(offered["_rev"])]
    raise BadRequest("When `new_edits: false`, the document needs `_rev` or `_revisions` specified")


def _body(offered: Mapping[str, Any]) -> dict[str, Any]:
    body = dict(offered)
    try:
        special = [name for name in offered if is_special(name)]
    except TypeError as error:
        raise BadRequest("Document members must have string names", error="doc_validation") from error
    for name in special:
        if name not in _TAKEN and name not in _IGNORED:
            raise BadRequest(f"Bad special document member: {name}", error="doc_validation")
        del body[name]
    attachments = offered.get("_attachments")
    if "_attachments" in offered and not isinstance(attachments, Mapping):
        raise BadRequest("Bad special document member: _attachments", error="doc_validation")
    if attachments:
        raise NotImplementedHere("Attachments are not supported here yet.")
    return body


def has_proto_member(value: object) -> bool:
    """Whether an object anywhere inside has a member `__proto__`, which PouchDB loses silently.

    Spec: PROTOCOL section 1 item 24.
    """
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Mapping):
            if "__proto__" in item:
                return True
            pending += item.values()
        elif isinstance(item, (list, tuple)):
            pending += item
    return False
