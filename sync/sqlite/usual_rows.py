"""The rows that replication mostly brings, prepared in a third of the time that any row takes.

Knows only what needs no judgement: a plain object with an ordinary id, one revision of ours and no other
special member. Of everything else it says None, and `edits` looks at it closely.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import orjson

from sync.document import OfferedDocument
from sync.revision import MAX_GENERATION, Revision, is_ours
from sync.sqlite.body import EncodedBody
from sync.sqlite.limits import EngineLimits

LONGEST_ID: Final = 250

_Usual = tuple[OfferedDocument, EncodedBody]


def prepare_usual(offered: Any, limits: EngineLimits) -> _Usual | None:
    """Return what a new document made elsewhere comes to; None where that takes a closer look."""
    if type(offered) is not dict:  # a spelling of its own is looked at too
        return None
    body = offered.copy()
    doc_id, revisions = body.pop("_id", None), body.pop("_revisions", None)
    body.pop("_rev", None)
    if (
        type(doc_id) is not str
        or not 0 < len(doc_id) <= min(LONGEST_ID, limits.id_bytes)
        or doc_id[0] == "_"
        or not (doc_id.isascii() and doc_id.isprintable())
    ):
        return None
    revision = _only_revision(revisions, min(limits.generation, MAX_GENERATION))
    if revision is None or not body:
        return None
    try:
        encoded = orjson.dumps(body)
    except (TypeError, RecursionError):
        return None
    if not _is_harmless(encoded, limits):
        return None
    return OfferedDocument(doc_id, [revision], False, body), EncodedBody(
        encoded, sha256(encoded).digest(), is_wide=False
    )


def _only_revision(revisions: Any, most: int) -> Revision | None:
    if type(revisions) is not dict:
        return None
    start, ids = revisions.get("start"), revisions.get("ids")
    if type(start) is not int or not 1 <= start <= most or type(ids) is not list or len(ids) != 1:
        return None
    return Revision(start, ids[0]) if is_ours(ids[0]) else None


def _is_harmless(encoded: bytes, limits: EngineLimits) -> bool:
    """Whether nothing in the bytes can be too much, too deep, no number, or a name that is special."""
    return (
        len(encoded) <= limits.document_bytes
        and b"null" not in encoded
        and b'"_' not in encoded  # special members, and __proto__ wherever it is
        and encoded.count(b"{") + encoded.count(b"[") <= limits.depth
    )
