"""This life of the data on a server: its epoch, and the place (a part of the names) of its databases.

Kept in one document of a database of our own, so that a restore brings whole new databases in place of
the old ones by one write; the old ones stay, set aside.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from sync.couchdb.address import quoted_database
from sync.couchdb.connection import Connection
from sync.errors import Conflict, DocumentNotFound, NotFound, Overloaded, PreconditionFailed

HOME: Final = "home"
DOCUMENT: Final = "life"
ACCESS: Final = "access"
BELIEVED_S: Final = 1.0
"""How long another process's new life may go unnoticed here."""
ATTEMPTS: Final = 20
RETRY_S: Final = 0.1


class Life(NamedTuple):
    epoch: str
    place: str


class Lives:
    """The document that says which life it is; looked at again each second that it is used."""

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self.home = f"/{quoted_database(prefix + HOME)}"
        self._known: Life | None = None
        self._known_at_s = 0.0

    def now(self) -> Life:
        """Return the present life; the first one begins with the first question."""
        if self._known is not None and time.monotonic() - self._known_at_s < BELIEVED_S:
            return self._known
        try:
            return self._believe(self._read())
        except NotFound:
            self._make_home()
            return self._change(lambda life: life or Life(_new_epoch(), new_place()))

    def begin(self, *, epoch: str | None = None, place: str | None = None) -> Life:
        """Begin another life: another epoch, and another place where one is given. One write."""
        present = self.now()
        return self._change(lambda life: Life(epoch or _new_epoch(), place or (life or present).place))

    def member_roles(self) -> list[str]:
        """Return the roles whose users may use our databases; none before `admit`."""
        try:
            return list(self._connection.ask("GET", f"{self.home}/{ACCESS}").json()["member_roles"])
        except NotFound:
            return []

    def admit(self, roles: Sequence[str]) -> bool:
        """Remember these roles for every database to come; False when it was so already."""
        self.now()
        try:
            present: dict[str, Any] = self._connection.ask("GET", f"{self.home}/{ACCESS}").json()
        except NotFound:
            present = {}
        if present.get("member_roles") == list(roles):
            return False
        document = {**present, "member_roles": list(roles)}
        self._connection.ask("PUT", f"{self.home}/{ACCESS}", body=document).json()
        return True

    def end(self) -> None:
        """Forget that there was any life; the next question begins another."""
        self._known = None
        with suppress(NotFound):
            self._connection.ask("DELETE", self.home).json()

    def _change(self, change: Callable[[Life | None], Life]) -> Life:
        for _attempt in range(ATTEMPTS):
            try:
                present: dict[str, Any] | None = self._read()
            except DocumentNotFound:
                present = None
            wanted = change(_life(present) if present else None)
            if present and _life(present) == wanted:
                return self._believe(present)
            document = {**(present or {}), "epoch": wanted.epoch, "place": wanted.place}
            if self._write(document):
                return self._believe(document)
            time.sleep(RETRY_S)
        raise Overloaded("The life of the data could not be written to enough copies.")

    def _write(self, document: dict[str, Any]) -> bool:
        answer = self._connection.ask("PUT", f"{self.home}/{DOCUMENT}", body=document, is_repeatable=False)
        try:
            answer.json()
        except Conflict:
            return False  # somebody was faster: theirs counts
        # Below quorum it is written again, as a next revision, until there are enough copies.
        return answer.status != HTTPStatus.ACCEPTED

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = self._connection.ask("GET", f"{self.home}/{DOCUMENT}").json()
        return found

    def _believe(self, document: dict[str, Any]) -> Life:
        self._known, self._known_at_s = _life(document), time.monotonic()
        return self._known

    def _make_home(self) -> None:
        with suppress(PreconditionFailed):  # it is there
            self._connection.ask("PUT", self.home).json()


def _life(document: dict[str, Any]) -> Life:
    return Life(str(document["epoch"]), str(document["place"]))


def _new_epoch() -> str:
    return secrets.token_hex(6)


def new_place() -> str:
    return secrets.token_hex(3)
