"""`_local` documents: checkpoints that replicators keep, returned as they were written."""

from __future__ import annotations

from flask import Response

from sync.document import LOCAL_PREFIX
from sync.errors import BadRequest, DocumentNotFound, Forbidden
from sync.http.address import url_of
from sync.http.answers import answer
from sync.http.body import read_object
from sync.http.call import Call
from sync.http.security_endpoints import SECURITY_ID


def _local_id(call: Call) -> str:
    local_id = call.doc_id.removeprefix(LOCAL_PREFIX)
    if not local_id:
        raise BadRequest("Document id must not be empty", error="illegal_docid")
    if local_id == SECURITY_ID:
        raise Forbidden("The security object is read and written at _security.")
    return local_id


def read(call: Call) -> Response:
    """Spec: PROTOCOL F81, F83."""
    local_id = _local_id(call)
    found = call.quickly(lambda peer: peer.get_local(local_id))
    if found is None:
        raise DocumentNotFound("missing")
    return answer(found)


def write(call: Call) -> Response:
    """Spec: PROTOCOL F81, F82."""
    local_id = _local_id(call)
    body = read_object(call.request, call.face.limits.max_local_bytes)
    body.pop("_revisions", None)  # they have no history: what a client read with `revs` is no member
    if body.pop("_deleted", False) is True:
        return delete(call)
    rev = call.on_peer(lambda peer: peer.put_local(local_id, body))
    headers = {"Location": url_of(call.prefix, call.database, call.doc_id)}
    return answer({"ok": True, "id": call.doc_id, "rev": rev}, 201, headers)


def delete(call: Call) -> Response:
    local_id = _local_id(call)
    call.on_peer(lambda peer: peer.delete_local(local_id))
    return answer({"ok": True, "id": call.doc_id, "rev": "0-0"})


def attachment(_: Call) -> Response:
    raise BadRequest("_local documents do not accept attachments.")
