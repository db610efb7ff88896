"""`/`, `_up`, `_session`, and what a server would tell beyond its databases."""

from __future__ import annotations

import uuid

from flask import Response

from sync.errors import BadRequest, DatabaseNotFound, NotFound
from sync.http.answers import answer
from sync.http.call import Call
from sync.http.parameters import whole_number

_MAX_UUIDS = 1000


def welcome(call: Call) -> Response:
    """Spec: PROTOCOL A1."""
    version = call.face.version
    return answer(
        {
            "couchdb": "Welcome",
            "version": version,
            "uuid": call.face.server.uuid,
            "vendor": {"name": "Liandong"},
        }
    )


def up(_: Call) -> Response:
    """Spec: PROTOCOL A17."""
    return answer({"status": "ok", "seeds": {}})


def show_session(call: Call) -> Response:
    """Spec: PROTOCOL A16."""
    if call.face.sessions:
        return call.face.sessions.show(call.request)
    nobody: dict[str, object] = {"name": None, "roles": []}
    return answer({"ok": True, "userCtx": nobody, "info": {"authentication_handlers": []}})


def sign_in(call: Call) -> Response:
    """Exactly 404 where there are none: any other refusal stops CouchDB's replicator. Spec: PROTOCOL A15."""
    if call.face.sessions is None:
        raise NotFound("There are no cookie sessions here.")
    return call.face.sessions.sign_in(call.request)


def sign_out(call: Call) -> Response:
    if call.face.sessions is None:
        return answer({"ok": True})
    return call.face.sessions.sign_out(call.request)


def all_databases(call: Call) -> Response:
    server = call.face.server
    return answer(call.face.run_blocking(server.names))


def uuids(call: Call) -> Response:
    count = whole_number(call.request, "count")
    if count is not None and count > _MAX_UUIDS:
        raise BadRequest("count parameter too large")
    return answer({"uuids": [uuid.uuid4().hex for _ in range(1 if count is None else count)]})


def unknown_at_server(call: Call) -> Response:
    if call.request.method == "PUT":
        raise BadRequest("A database name must begin with a letter.", error="illegal_database_name")
    raise DatabaseNotFound
