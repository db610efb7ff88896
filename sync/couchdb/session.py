"""Who we are to the server: a cookie session, renewed when it ends; the password where there is none."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from sync.couchdb.address import Address
from sync.couchdb.answers import Answer
from sync.couchdb.json_text import encode
from sync.errors import Unauthorized

COOKIE: Final = "AuthSession"
_HAS_NO_SESSIONS: Final = frozenset({404, 405, 501})
_COOKIE_TEXT: Final = re.compile(rf"{COOKIE}=([^;,\s]*)")

Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Sends one request without credentials."""


class Session:
    """Used by many threads at once; holds no lock while it asks, so two may sign in at the same time."""

    def __init__(self, address: Address) -> None:
        self._user, self._password = address.user, address.password
        self._cookie: str | None = None
        self._is_basic = False

    def headers(self, send: Send) -> dict[str, str]:
        """Return what to send along, signing in first where that is due. Raises: Unauthorized."""
        if self._user is None:
            return {}
        if self._cookie is None and not self._is_basic:
            self._sign_in(send)
        return {"Cookie": f"{COOKIE}={self._cookie}"} if self._cookie else self._basic()

    def learn(self, answer: Answer) -> None:
        """Take over a newer cookie: CouchDB hands one out before the present one ends."""
        found = _COOKIE_TEXT.search(answer.headers.get("Set-Cookie", ""))
        if found and found[1] and self._cookie is not None:
            self._cookie = found[1]

    def renew(self, sent: Mapping[str, str], attempt: int = 0) -> bool:
        """Forget a cookie that was refused; False when asking again would change nothing.

        A fresh one that is refused too is no session here: the nodes behind one name do not share them.
        """
        if "Cookie" not in sent:
            return False
        self._is_basic = self._is_basic or attempt > 0
        if sent["Cookie"] == f"{COOKIE}={self._cookie}":
            self._cookie = None
        return True

    def _sign_in(self, send: Send) -> None:
        body = encode({"name": self._user, "password": self._password})
        answer = send("POST", "/_session", {"Content-Type": "application/json"}, body)
        found = _COOKIE_TEXT.search(answer.headers.get("Set-Cookie", ""))
        if answer.is_ok and found and found[1]:
            self._cookie = found[1]
        elif answer.is_ok or answer.status in _HAS_NO_SESSIONS:
            self._is_basic = True
        elif answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise Unauthorized("The CouchDB server does not know this user and password.")
        else:
            # Not our password's fault: this request goes without a session, the next tries again.
            return

    def _basic(self) -> dict[str, str]:
        token = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}
