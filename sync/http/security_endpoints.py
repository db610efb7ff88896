"""`_security`: who may use a database, kept with it; the guard that the server hands in gives it force.

It lies among the `_local` documents of its database: never replicated, in every backup, and gone
with the database. As a `_local` document nobody reaches it.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from sync.errors import BadRequest
from sync.http.answers import answer
from sync.http.body import read_object
from sync.http.call import Call
from sync.peer import Peer

SECURITY_ID: Final = "_security"
ADMINS_ONLY: Final[dict[str, Any]] = {"members": {"roles": ["_admin"]}, "admins": {"roles": ["_admin"]}}


def read_security(peer: Peer) -> dict[str, Any]:
    """Return the object as it was written; of a database that has none, CouchDB 3's own."""
    found = peer.get_local(SECURITY_ID)
    return dict(found["security"]) if found else ADMINS_ONLY


def show(call: Call) -> Response:
    return answer(call.quickly(read_security))


def replace(call: Call) -> Response:
    security = read_object(call.request, call.face.limits.max_local_bytes)
    for group in ("admins", "members"):
        _check_group(security.get(group, {}), group)
    call.on_peer(lambda peer: peer.put_local(SECURITY_ID, {"security": security}))
    return answer({"ok": True})


def _check_group(group: object, name: str) -> None:
    """Raises: BadRequest."""
    if not isinstance(group, dict):
        raise BadRequest(f"{name} must be an object with names and roles.")
    for kind in ("names", "roles"):
        listed = group.get(kind, [])
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise BadRequest(f"{name}.{kind} must be a JSON list of strings")
