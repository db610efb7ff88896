"""Who may do what on a bare server: admins everything, others what a database's `_security` gives them.

A database without a security object is open to admins alone, as in CouchDB 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Request

from server.couch.users import ADMIN_ROLE, User, Users
from server.services import RunBlocking
from sync.document import DESIGN_PREFIX
from sync.errors import DatabaseNotFound, Forbidden, SyncError, Unauthorized
from sync.http.guard import Access, Endpoint
from sync.http.security_endpoints import ADMINS_ONLY, read_security
from sync.peer import Server

_OPEN: Final = frozenset({Endpoint.WELCOME, Endpoint.UP, Endpoint.SESSION, Endpoint.UUIDS})
_SERVER: Final = frozenset({Endpoint.SERVER, Endpoint.DATABASES})


class CouchGuard:
    """Implements sync.http.Guard."""

    def __init__(self, server: Server, users: Users, run_blocking: RunBlocking) -> None:
        self._server = server
        self._users = users
        self._run_blocking = run_blocking

    def check(self, request: Request, endpoint: Endpoint, database: str | None, doc_id: str | None) -> Access:
        """Raises: Unauthorized (nobody), Forbidden (somebody else); the same for a missing database."""
        if endpoint is Endpoint.SESSION and request.method != "GET":
            return Access(current_leaves_only=False)  # a session that is over may be begun again
        user = self._users.of(request)
        if user.is_admin or endpoint in _OPEN:
            return Access(current_leaves_only=False)
        if database is None or endpoint in _SERVER:
            raise _refusal(user, "You are not a server admin.")
        security = self._run_blocking(lambda: self._security(database))
        if _is_named(user, security.get("admins")):
            return Access(current_leaves_only=False)
        if not _is_member(user, security):
            raise _refusal(user, "You are not authorized to access this db.")
        if endpoint is Endpoint.DATABASE_ADMIN or _is_design_write(endpoint, doc_id):
            raise _refusal(user, "You are not a db or server admin.")
        return Access(current_leaves_only=False, check_row=lambda row: _check_row(user, row))

    def _security(self, database: str) -> dict[str, Any]:
        try:
            return read_security(self._server.open(database))
        except DatabaseNotFound:
            return ADMINS_ONLY


def _is_design_write(endpoint: Endpoint, doc_id: str | None) -> bool:
    return endpoint is Endpoint.DOCUMENT_WRITE and (doc_id or "").startswith(DESIGN_PREFIX)


def _check_row(user: User, row: Mapping[str, Any]) -> None:
    """Raises: Forbidden, Unauthorized. Spec: PROTOCOL C46."""
    doc_id = row.get("_id")
    if isinstance(doc_id, str) and doc_id.startswith(DESIGN_PREFIX):
        raise _refusal(user, "You are not a db or server admin.")


def _is_member(user: User, security: Mapping[str, Any]) -> bool:
    members = security.get("members") or {}
    is_public = not members.get("names") and not members.get("roles")
    return is_public or _is_named(user, members)


def _is_named(user: User, group: Mapping[str, Any] | None) -> bool:
    named = group or {}
    is_named = user.name is not None and user.name in named.get("names", [])
    roles = set(named.get("roles", [])) - {ADMIN_ROLE}
    return is_named or not roles.isdisjoint(user.roles)


def _refusal(user: User, reason: str) -> SyncError:
    return Unauthorized(reason) if user.name is None else Forbidden(reason)
