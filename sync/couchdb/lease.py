"""A lease on a CouchDB: implements sync.lease.Lease.

It is one document of `home`, written again and again by whoever has it. No clock of another machine is
believed: it has run out when its revision stayed the same for long enough by the watcher's own count.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from sync.clock import Clock, SystemClock
from sync.couchdb.address import quoted_id
from sync.couchdb.answers import Answer
from sync.couchdb.connection import Connection
from sync.couchdb.quorum import EVERY_COPY
from sync.couchdb.retries import Patience
from sync.errors import Conflict, DocumentNotFound, Overloaded, SyncError
from sync.lease import Holder, Terms

AT_ONCE: Final = Patience(attempts=1)
ANSWER_S: Final = 5.0


class CouchLease:
    """`key`: where several have the same one, something else sees to it that one runs; it goes on at once."""

    def __init__(
        self,
        connection: Connection,
        home: str,
        document: str,
        *,
        key: str,
        name: str,
        terms: Terms | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._terms = terms or Terms()
        self._connection = connection
        self._path = f"{home}/{quoted_id(document)}"
        self._key = key
        self._name = name
        self._clock = clock or SystemClock()
        self._rev: str | None = None
        self._since = self._nonce = ""
        self._renewed_s: float | None = None
        self._seen: tuple[str, float] | None = None

    @property
    def terms(self) -> Terms:
        return self._terms

    def is_ours(self) -> bool:
        renewed_s = self._renewed_s
        return renewed_s is not None and self._clock.monotonic_s() - renewed_s < self._terms.lasts_s

    def take(self) -> Holder | None:
        present = self._read()
        key = str(present.get("key", ""))
        if key and key != self._key and not self._has_run_out(present["_rev"]):
            return _holder(present)
        self._since = self._clock.now().isoformat(timespec="seconds")
        try:
            self._write(present.get("_rev"))
        except Conflict:
            self._withdraw()
            return _holder(self._read())  # somebody was faster
        except Overloaded:
            if not self._withdraw():
                raise
            return _holder(self._read())
        return None

    def renew(self) -> bool:
        if self._rev is None:
            return False
        try:
            try:
                self._write(self._rev)
            except Conflict:
                present = self._read()  # perhaps ours, of which the answer was lost
                if present.get("key") != self._key:
                    self._rev = self._renewed_s = None
                    return False
                self._write(present["_rev"])
        except SyncError:
            return False
        return True

    def release(self) -> None:
        if self._renewed_s is None or self._rev is None:
            return
        self._renewed_s = None
        with suppress(SyncError):
            self._ask("PUT", {"_rev": self._rev})

    def _has_run_out(self, rev: str) -> bool:
        now_s = self._clock.monotonic_s()
        if self._seen is None or self._seen[0] != rev:
            self._seen = rev, now_s
        return now_s - self._seen[1] >= self._terms.takeover_s

    def _read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._ask("GET").json()
        except DocumentNotFound:
            return {}
        return found

    def _withdraw(self) -> bool:
        """Take our leaf away where it stands beside another's: on a cluster both may have left one.

        Who lost could find its own there later, and extend it as if it had the lease.
        """
        asked = {"open_revs": "all", "r": EVERY_COPY}
        rows = self._connection.ask("GET", self._path, asked, patience=AT_ONCE, timeout_s=ANSWER_S).json()
        leaves = [row["ok"] for row in rows if not row.get("ok", {"_deleted": True}).get("_deleted")]
        ours = [leaf["_rev"] for leaf in leaves if leaf.get("nonce") == self._nonce]
        if not ours or len(leaves) == len(ours):
            return False
        for rev in ours:
            self._ask("PUT", {"_rev": rev, "_deleted": True})
        self._rev = None
        return True

    def _write(self, rev: str | None) -> None:
        """Write it after this revision. Raises: Conflict, Overloaded when too few nodes took it."""
        started_s = self._clock.monotonic_s()
        now = self._clock.now().isoformat(timespec="seconds")
        self._nonce = secrets.token_hex(8)
        document = {"key": self._key, "name": self._name, "since": self._since, "renewed": now}
        document["nonce"] = self._nonce
        answer = self._ask("PUT", document | ({"_rev": rev} if rev else {}))
        self._rev = str(answer.json()["rev"])
        if answer.status == HTTPStatus.ACCEPTED:
            raise Overloaded("Too few nodes took the lease.")
        self._renewed_s = started_s

    def _ask(self, method: str, body: object = None) -> Answer:
        return self._connection.ask(
            method, self._path, body=body, is_repeatable=False, timeout_s=ANSWER_S, patience=AT_ONCE
        )


def _holder(document: dict[str, Any]) -> Holder:
    return Holder(*(str(document.get(name, "")) for name in ("name", "since", "renewed")))
