"""`_session`, as CouchDB's replicator and its clients use it: sign in, see who one is, sign out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Request, Response
from werkzeug.http import http_date

from server.couch.users import COOKIE, SESSION_S, Users
from sync.errors import BadRequest, Unauthorized
from sync.http.answers import answer, error_answer
from sync.http.body import read_bytes
from sync.http.json_text import parse_json

_MAX_BYTES: Final = 20_000


class CookieSessions:
    """Implements sync.http.Sessions. Spec: PROTOCOL A15, A16."""

    def __init__(self, users: Users) -> None:
        self._users = users

    def show(self, request: Request) -> Response:
        user = self._users.of(request)
        info: dict[str, object] = {"authentication_handlers": ["cookie", "default"]}
        if user.authenticated:
            info["authenticated"] = user.authenticated
        return answer({"ok": True, "userCtx": {"name": user.name, "roles": user.roles}, "info": info})

    def sign_in(self, request: Request) -> Response:
        name, password = _credentials(request)
        try:
            user = self._users.sign_in(name, password, request.remote_addr or "")
        except Unauthorized as error:
            return _with_cookie(error_answer(error), "")
        signed_in = answer({"ok": True, "name": user.name, "roles": user.roles})
        return _with_cookie(signed_in, self._users.cookie_value(name))

    def sign_out(self, request: Request) -> Response:  # noqa: ARG002 - whoever asks is nobody afterwards
        return _with_cookie(answer({"ok": True}), "")

    def renew(self, request: Request, response: Response) -> Response:
        """Let the session of one who is working go on."""
        name = self._users.worn_session(request)
        if name is not None and "Set-Cookie" not in response.headers:
            return _with_cookie(response, self._users.cookie_value(name))
        return response


def _credentials(request: Request) -> tuple[str, str]:
    """Raises: BadRequest, TooLarge."""
    if request.mimetype == "application/json":
        given: Any = parse_json(read_bytes(request, _MAX_BYTES))
        if not isinstance(given, dict):
            raise BadRequest("Request body must be a JSON object")
    else:
        given = request.form
    name, password = given.get("name", given.get("username")), given.get("password")
    if not isinstance(name, str) or not isinstance(password, str):
        what = "a username" if not isinstance(name, str) else "a password"
        raise BadRequest(f"request body must contain {what}")
    return name, password


def _with_cookie(response: Response, value: str) -> Response:
    lasts_s = SESSION_S if value else 0
    ends = http_date(datetime.now(UTC) + timedelta(seconds=lasts_s))
    response.headers["Set-Cookie"] = (
        f"{COOKIE}={value}; Version=1; Expires={ends}; Max-Age={lasts_s}; Path=/; HttpOnly; SameSite=Lax"
    )
    return response
