"""`/`, `_up`, `_session`, and what a server would tell beyond its databases."""

from __future__ import annotations

import uuid

from flask import Response

from sync.errors import BadRequest, NotFound
from sync.http.answers import answer
from sync.http.call import Call
from sync.http.database_endpoints import described
from sync.http.parameters import flag, text_value, whole_number

_MAX_UUIDS = 1000
_MAX_DATABASES = 100


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
    """Takes what `_all_docs` takes of a range: keys, limit, skip, descending."""
    return answer(_names(call))


def databases_info(call: Call) -> Response:
    """Several databases at once: those of `keys` for POST, a range of all for GET."""
    keys = call.json_object().get("keys") if call.request.method == "POST" else _names(call)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise BadRequest("`keys` member must be an array of database names.")
    if len(keys) > _MAX_DATABASES:
        raise BadRequest(f"`keys` may name at most {_MAX_DATABASES} databases.")
    return answer(call.face.run_blocking(lambda: [_database_row(call, key) for key in keys]))


def _database_row(call: Call, name: str) -> dict[str, object]:
    try:
        info = call.face.server.open(name).info()
    except NotFound:
        return {"key": name, "error": "not_found"}
    return {"key": name, "info": described(info, call.face.compactions)}


def _names(call: Call) -> list[str]:
    start, end = text_value(call, "startkey", "start_key"), text_value(call, "endkey", "end_key")
    limit, skip = whole_number(call, "limit"), whole_number(call, "skip") or 0
    is_descending = flag(call, "descending")
    low, high = (end, start) if is_descending else (start, end)
    is_end_open = not flag(call, "inclusive_end", default=True)
    names = [
        name
        for name in call.face.run_blocking(call.face.server.names)
        if (low is None or name >= low)
        and (high is None or name <= high)
        and not (is_end_open and name == end)
    ]
    ordered = names[::-1] if is_descending else names
    return ordered[skip:] if limit is None else ordered[skip : skip + limit]


def active_tasks(call: Call) -> Response:
    return answer(call.face.compactions.tasks())


def uuids(call: Call) -> Response:
    try:
        count = whole_number(call, "count")
    except BadRequest as error:
        raise BadRequest("count must be a positive integer") from error
    if count is not None and count > _MAX_UUIDS:
        raise BadRequest("count parameter too large")
    return answer({"uuids": [uuid.uuid4().hex for _ in range(1 if count is None else count)]})
