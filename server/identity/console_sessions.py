"""Sessions of the console: a password checked once, then a random token that is stored as its hash."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.identity.crypto import new_token, token_id
from server.identity.directory import Directory
from server.identity.instants import instant, later, now, seconds_until
from server.identity.lockout import Lockout
from server.identity.members import Member, login_key
from server.identity.passwords import RunBlocking, check_password
from sync.peer import Document

COOKIE = "__Host-console"
TOUCH_EVERY_S = 60.0


class WrongCredentials(Exception):
    """No such name, or another password: which of the two is not said."""


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """`id` is the hash of the token; `address` and `agent` are shown in the list of sessions."""

    id: str
    member: str
    created_at: str
    seen_at: str
    address: str = ""
    agent: str = ""


class ConsoleSessions:
    """One object a process; sessions themselves are in `accounts`, and so hold on every node."""

    def __init__(
        self,
        directory: Directory,
        run_blocking: RunBlocking,
        *,
        idle_min: int = 60,
        longest_h: int = 12,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._directory = directory
        self._accounts = directory.accounts
        self._key_ring = directory.key_ring
        self._run_blocking = run_blocking
        self._idle_s = idle_min * 60
        self._longest_s = longest_h * 3600
        self._clock = clock
        self._lockout = Lockout(self._accounts, self._key_ring, clock)

    def sign_in(self, login: str, password: str, *, address: str, agent: str = "") -> tuple[str, Member]:
        """Return the token for the cookie and who signed in.

        Raises: WrongCredentials, LockedOut, Overloaded.
        """
        attempt = self._lockout.attempt(account=login_key(login), address=address)
        found = self._directory.login(login)
        is_right = check_password(self._run_blocking, found["verifier"] if found else None, password)
        member = self._directory.member(found["member"]) if found else None
        if not is_right or member is None or not member.is_active:
            raise WrongCredentials
        self._lockout.forgive(attempt)
        return self._begin(member, address, agent), member

    def session(self, token: str | None, *, is_use: bool = True) -> ConsoleSession | None:
        """Return the session of this token; None when there is none, or its time is over.

        What a page asks by itself is no use: it does not put off the end of an idle session.
        """
        document = self._accounts.find(_doc_id(token_id(token))) if token else None
        if document is None or self._is_over(document):
            return None
        member = self._directory.member(document["member"])
        if member is None or not member.is_active:
            return None
        if is_use:
            self._touch(document)
        return self._session(document)

    def sessions(self, member_id: str) -> list[ConsoleSession]:
        """Return the member's sessions that are not over, the last used first."""
        found = [
            self._session(document)
            for document in self._accounts.of_kind("console_session")
            if document["member"] == member_id and not self._is_over(document)
        ]
        return sorted(found, key=lambda session: session.seen_at, reverse=True)

    def revoke(self, session_id: str) -> None:
        self._accounts.delete(_doc_id(session_id))

    def revoke_all(self, member_id: str, *, but: str | None = None) -> None:
        for session in self.sessions(member_id):
            if session.id != but:
                self.revoke(session.id)

    def anti_forgery(self, session: ConsoleSession) -> str:
        """Return what the session's forms carry, and htmx in a header."""
        return self._key_ring.anti_forgery(session.id)

    def is_own_form(self, session: ConsoleSession, given: str | None) -> bool:
        """Was this sent by a form of the session?"""
        return hmac.compare_digest((given or "").encode(), self.anti_forgery(session).encode())

    def forget_old(self) -> int:
        """Remove what is over; returns how many."""
        over = [d["_id"] for d in self._accounts.of_kind("console_session") if self._is_over(d)]
        return self._lockout.forget_old() + sum(self._accounts.delete(doc_id) for doc_id in over)

    def _begin(self, member: Member, address: str, agent: str) -> str:
        token, at = new_token(), instant(self._clock())
        self._accounts.create(
            {
                "_id": _doc_id(token_id(token)),
                "member": member.id,
                "created_at": at,
                "seen_at": at,
                "about": self._key_ring.seal(f"{address}\n{agent[:200]}", about=token_id(token)),
            }
        )
        return token

    def _is_over(self, document: Document) -> bool:
        at = instant(self._clock())
        idle_until = later(document["seen_at"], seconds=self._idle_s)
        return at >= idle_until or at >= later(document["created_at"], seconds=self._longest_s)

    def _touch(self, document: Document) -> None:
        at = self._clock()
        if -seconds_until(document["seen_at"], at) >= TOUCH_EVERY_S:
            # Someone faster is as good: it was seen.
            self._accounts.replace({**document, "seen_at": instant(at)})

    def _session(self, document: Document) -> ConsoleSession:
        session_id = document["_id"].partition(":")[2]
        address, _, agent = self._key_ring.unseal(document["about"], about=session_id).partition("\n")
        return ConsoleSession(
            session_id, document["member"], document["created_at"], document["seen_at"], address, agent
        )


def _doc_id(session_id: str) -> str:
    return f"console_session:{session_id}"
