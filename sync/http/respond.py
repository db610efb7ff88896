"""One request answered: what it names, who asks, whether there is room, and the endpoint that answers.

Every request is asked about first and denied by default; every answer is JSON.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from flask import Request, Response
from werkzeug.exceptions import HTTPException

from sync.errors import MethodNotAllowed, SyncError, UriTooLong
from sync.http.address import Address, check_valid_text, read_address
from sync.http.answers import answer, error_answer, http_error_answer
from sync.http.call import Call, Face, Handler, Sessions
from sync.http.compactions import Compactions
from sync.http.guard import Endpoint, Guard
from sync.http.limits import Limits
from sync.http.load import Load
from sync.http.quarantine import Quarantine
from sync.http.routes import Target, find_target
from sync.http.shared_pages import SharedPages
from sync.http.waiting import RunBlocking, ThreadWaiter, Waiter, run_here
from sync.peer import Server

_log = logging.getLogger(__name__)

_VERSION = "3.5.0"
"""What clients compare with to know which endpoints there are: CouchDB's, whose API this is."""

_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

_ABOUT_ONE_DOCUMENT = frozenset(
    {Endpoint.DOCUMENT_READ, Endpoint.DOCUMENT_WRITE, Endpoint.LOCAL_READ, Endpoint.LOCAL_WRITE}
)


def make_face(
    server: Server,
    guard: Guard,
    *,
    run_blocking: RunBlocking = run_here,
    run_quick: RunBlocking | None = None,
    run_brief: RunBlocking | None = None,
    waiter: Waiter | None = None,
    limits: Limits | None = None,
    sessions: Sessions | None = None,
) -> Face:
    """Return what `respond` needs.

    run_blocking: every engine call goes through it. run_quick: what reads a few rows by their keys goes
    through this instead; on an engine in the same process a thread would cost more than the read.
    run_brief: the same for writes of a few kilobytes, where waiting for the engine's writer takes no thread.
    waiter: how long polls wait; without one, a thread each. sessions: who answers `_session`; without
    one, POST is 404 and nobody is signed in.
    """
    limits = limits or Limits()
    return Face(
        server=server,
        guard=guard,
        run_blocking=run_blocking,
        run_quick=run_quick or run_blocking,
        run_brief=run_brief or run_blocking,
        waiter=waiter or ThreadWaiter(server),
        limits=limits,
        sessions=sessions,
        version=_VERSION,
        compactions=Compactions(server),
        quarantine=Quarantine(server),
        shared_pages=SharedPages(),
        load=Load(limits),
    )


def respond(face: Face, current: Request, prefix: str) -> Response:
    """Answer one request; `prefix` is where the face begins, without a slash at its end."""
    try:
        response = _dispatch(face, current, prefix)
    except SyncError as error:
        response = error_answer(error)
    except HTTPException as error:
        response = http_error_answer(error)
    except Exception:  # noqa: BLE001 - the client hears of it, and the log has the trace
        _log.exception("The CouchDB API failed on %s %s", current.method, current.path)
        response = answer({"error": "internal_server_error", "reason": "See the server's log."}, 500)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _dispatch(face: Face, current: Request, prefix: str) -> Response:
    address = read_address(current, prefix.count("/"))
    target = find_target(address.parts)
    endpoint, handler = _route(target, current.method)
    doc_id = target.doc_id if endpoint in _ABOUT_ONE_DOCUMENT else None
    with face.load.working(endpoint):
        access = face.guard.check(current, endpoint, target.database or None, doc_id or None)
        _check_shape(current, address, face.limits)
        if handler is None:
            return _method_not_allowed(target)
        named = target.database, target.doc_id
        return handler(Call(face, current, prefix, endpoint, *named, access, _parameters(current)))


def _route(target: Target, method: str) -> tuple[Endpoint, Handler | None]:
    found = target.methods.get("GET" if method == "HEAD" else method)
    if found is not None:
        return found
    if not target.methods and target.fallback is not None:
        return target.fallback
    return Endpoint.DATABASE_ADMIN if target.database else Endpoint.SERVER, None


def _parameters(current: Request) -> Mapping[str, str]:
    """Return what the address asks for, of each name the first; most requests ask for nothing."""
    return current.args.to_dict() if current.query_string else _NO_PARAMETERS


def _check_shape(current: Request, address: Address, limits: Limits) -> None:
    """Raises: UriTooLong, BadRequest. Spec: PROTOCOL A14."""
    raw = current.environ.get("RAW_URI") or current.environ.get("REQUEST_URI") or current.full_path
    if len(raw) > limits.max_url_bytes:
        raise UriTooLong(f"A URL may have at most {limits.max_url_bytes} bytes.")
    check_valid_text(address)


def _method_not_allowed(target: Target) -> Response:
    """Spec: PROTOCOL A10."""
    allowed = ",".join(sorted({*target.methods, *(("HEAD",) if "GET" in target.methods else ())}))
    response = error_answer(MethodNotAllowed(f"Only {allowed} allowed"))
    response.headers["Allow"] = allowed
    return response
