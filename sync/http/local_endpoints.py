"""`_local` documents: checkpoints that replicators keep, returned as they were written."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Response

from sync.document import LOCAL_PREFIX
from sync.errors import BadRequest, DocumentNotFound, Forbidden
from sync.http.address import url_of
from sync.http.answers import answer
from sync.http.body import read_object
from sync.http.call import Call
from sync.http.security_endpoints import SECURITY_ID

_MEMBERS: Final = frozenset({"_id", "_rev", "_attachments"})


def _local_id(call: Call) -> str:
    local_id = call.doc_id.removeprefix(LOCAL_PREFIX)
    if not local_id or call.doc_id == "_local":
        raise BadRequest("Invalid _local document id.")
    if local_id == SECURITY_ID:
        raise Forbidden("The security object is read and written at _security.")
    return local_id


def read(call: Call) -> Response:
    """Spec: PROTOCOL F81, F83."""
    local_id = _local_id(call)
    found = call.quickly(lambda peer: peer.get_local(local_id))
    if found is None or call.args.get("rev", found["_rev"]) != found["_rev"]:
        raise DocumentNotFound("missing")
    return answer(found)


def write(call: Call) -> Response:
    """Spec: PROTOCOL F81, F82."""
    local_id = _local_id(call)
    body = read_object(call.request, call.face.limits.max_local_bytes)
    body.pop("_revisions", None)  # they have no history: what a client read with `revs` is no member
    if body.pop("_deleted", False) is True:
        return delete(call)
    _check_members(body)
    rev = call.on_peer(lambda peer: peer.put_local(local_id, body))
    if call.args.get("batch") == "ok":
        return answer({"ok": True, "id": call.doc_id}, 202)
    headers = {"Location": url_of(call.prefix, call.database, call.doc_id)}
    return answer({"ok": True, "id": call.doc_id, "rev": rev}, 201, headers)


def _check_members(body: dict[str, Any]) -> None:
    """Raises: BadRequest. Spec: PROTOCOL B24, F81."""
    rev = body.get("_rev", "0-1")
    if not isinstance(rev, str) or not re.fullmatch("0-[0-9]+", rev):
        raise BadRequest("Invalid rev format")
    for name in body:
        if name.startswith("_") and name not in _MEMBERS:
            raise BadRequest(f"Bad special document member: {name}", error="doc_validation")


def delete(call: Call) -> Response:
    local_id = _local_id(call)
    call.on_peer(lambda peer: peer.delete_local(local_id))
    return answer({"ok": True, "id": call.doc_id, "rev": "0-0"})


def attachment(_: Call) -> Response:
    raise BadRequest("_local documents do not accept attachments.")
