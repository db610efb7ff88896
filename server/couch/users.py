"""Who may sign in, and by what: basic authentication, or the cookie that CouchDB's clients keep.

Passwords come from the command line and are never written down; a cookie dies with the password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Request

from server.couch.guesses import MOST, Guesses
from sync.errors import BadRequest, Unauthorized

ADMIN_ROLE: Final = "_admin"
COOKIE: Final = "AuthSession"
SESSION_S: Final = 600
_GENUINE_KEPT: Final = 1_000
"""How many headers with a cookie are known to be signed here: their signature is not computed again."""

_SEEN_AS: Final = "liandong.couch.user"
_WRONG: Final = "Name or password is incorrect."


@dataclass(frozen=True, slots=True)
class User:
    """`authenticated` is "cookie", "default" (basic), or None for nobody."""

    name: str | None = None
    roles: tuple[str, ...] = ()
    authenticated: str | None = None

    @property
    def is_admin(self) -> bool:
        return ADMIN_ROLE in self.roles


NOBODY: Final = User()


class Users:
    """`secret` signs cookies: the same in every process of one server, and after a restart."""

    def __init__(
        self,
        admins: Mapping[str, str],
        members: Mapping[str, str] | None = None,
        *,
        secret: bytes,
        clock: Callable[[], float] = time.time,
        max_wrong_passwords: int = MOST,
    ) -> None:
        # One fast keyed hash: nothing is stored, so there is nothing that a slow one would protect.
        self._salt = secrets.token_bytes(16)
        self._passwords = {**(members or {}), **admins}
        self._hashes = {name: self._hash(password) for name, password in self._passwords.items()}
        self._admins = frozenset(admins)
        self._secret = secret
        self._clock = clock
        self._guesses = Guesses(clock, max_wrong_passwords)
        self._genuine: dict[str, tuple[str, int]] = {}

    def of(self, request: Request) -> User:
        """Return who sends this. Raises: Unauthorized for wrong credentials, BadRequest."""
        seen: User | None = request.environ.get(_SEEN_AS)
        if seen is None:
            seen = self._by_cookie(request) or self._by_header(request) or NOBODY
            request.environ[_SEEN_AS] = seen
        return seen

    def sign_in(self, name: str, password: str, address: str, *, authenticated: str = "cookie") -> User:
        """Raises: Unauthorized; TooManyRequests after many wrong passwords from one address."""
        self._guesses.check((address, name))
        if not hmac.compare_digest(self._hashes.get(name, b""), self._hash(password)):
            self._guesses.note((address, name))
            raise Unauthorized(_WRONG)
        return self._user(name, authenticated)

    def cookie_value(self, name: str) -> str:
        """Return a session of `name` that begins now."""
        head = f"{name}:{int(self._clock()):X}"
        return urlsafe_b64encode(f"{head}:".encode() + self._signature(name, head)).decode().rstrip("=")

    def worn_session(self, request: Request) -> str | None:
        """Return whose session has used up a tenth of its time and should begin anew."""
        seen: User | None = request.environ.get(_SEEN_AS)
        if seen is None or seen.authenticated != "cookie":
            return None
        session = self._session(request)
        return session[0] if session and self._clock() - session[1] > SESSION_S / 10 else None

    def _user(self, name: str, authenticated: str) -> User:
        return User(name, (ADMIN_ROLE,) if name in self._admins else (), authenticated)

    def _by_cookie(self, request: Request) -> User | None:
        session = self._session(request)
        return self._user(session[0], "cookie") if session else None

    def _session(self, request: Request) -> tuple[str, int] | None:
        """Return name and beginning; None without a cookie, with one that is over or forged."""
        header = request.environ.get("HTTP_COOKIE", "")
        session = self._genuine.get(header)
        if session is None:
            value = request.cookies.get(COOKIE)
            session = self._read_session(value) if value else None
            if session is None:
                return None
            if len(self._genuine) >= _GENUINE_KEPT:
                self._genuine.clear()
            self._genuine[header] = session
        return session if -1 <= self._clock() - session[1] <= SESSION_S else None

    def _read_session(self, value: str) -> tuple[str, int] | None:
        """Return whose session a cookie is, and since when; None when it is forged. Raises: BadRequest."""
        try:
            name, began, signature = urlsafe_b64decode(value + "=" * (-len(value) % 4)).split(b":", 2)
            began_s, user = int(began, 16), name.decode()
        except ValueError as error:
            raise BadRequest("Malformed AuthSession cookie. Please clear your cookies.") from error
        wanted = self._signature(user, f"{user}:{began.decode()}")
        if user not in self._hashes or not hmac.compare_digest(signature, wanted):
            return None
        return user, began_s

    def _by_header(self, request: Request) -> User | None:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, colon, password = b64decode(value, validate=True).decode().partition(":")
        except ValueError as error:
            raise BadRequest("Authorization header has invalid base64 value") from error
        if not colon:
            return None
        return self.sign_in(name, password, request.remote_addr or "", authenticated="default")

    def _signature(self, name: str, head: str) -> bytes:
        key = self._secret + hashlib.sha256(self._passwords.get(name, "").encode()).digest()
        return hmac.digest(key, head.encode(), "sha256")

    def _hash(self, password: str) -> bytes:
        return hashlib.blake2b(password.encode(), key=self._salt, digest_size=32).digest()
