"""The audit: logins, sensitive reads, enrolments, revocations and decisions in one hash chain per node.

Each row names the hash of the one before it, so that a changed, missing or moved row is found by place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from server.identity.instants import instant, now
from server.identity.races import own, withdrawn
from server.records.canonical import canonical, sha256_hex
from sync.errors import Overloaded
from sync.peer import Document, Server

DATABASE: Final = "audit"
PAGE: Final = 500
ATTEMPTS: Final = 50
NUMBER_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class AuditRow:
    n: int
    at: str
    kind: str
    actor: str
    about: str
    params: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenPlace:
    """The first number at which the chain does not fit."""

    n: int
    why: str

    def __str__(self) -> str:
        return f"row {self.n}: {self.why}"


class Audit:
    """The chain of one node; several processes of the node may append."""

    def __init__(self, couch: Server, *, node: str = "main", clock: Callable[[], datetime] = now) -> None:
        self._peer = couch.ensure(DATABASE)
        self._node = node
        self._clock = clock
        self._appending = threading.Lock()
        self._head: tuple[int, str | None] | None = None

    def append(self, kind: str, *, actor: str, about: str = "", **params: Any) -> AuditRow:
        """Add a row that is on disk when this returns; nothing secret belongs in `params`.

        Blocks: call it through run_blocking in the web process. Raises: Overloaded.
        """
        with self._appending:
            for _attempt in range(ATTEMPTS):
                number, prev = self._head or self._read_head()
                row = {
                    "n": number + 1,
                    "at": instant(self._clock()),
                    "kind": kind,
                    "actor": actor,
                    "about": about,
                    "params": params,
                    "prev": prev,
                }
                row = own(row)
                row["hash"] = sha256_hex(canonical({**row, "node": self._node}))
                # The id is the lock between processes: a number can be written once.
                document = {"_id": self._doc_id(number + 1), **row}
                result = self._peer.bulk_docs([document])[0]
                if result.is_ok and result.is_durable:
                    self._head = (number + 1, str(row["hash"]))
                    return _row(row)
                self._head = None
                withdrawn(self._peer, document)
        raise Overloaded("audit: too many rows at once")

    def rows(self, *, before: int | None = None, limit: int = 100) -> list[AuditRow]:
        """Return the newest rows first, from below the number `before`."""
        newest = self._doc_id(before - 1 if before else 10**NUMBER_DIGITS - 1)
        found = self._peer.all_docs(
            start=newest, end=self._doc_id(0), limit=limit, include_docs=True, descending=True
        )
        return [_row(row.doc) for row in found if row.doc is not None]

    def head(self) -> str | None:
        """Return the hash of the newest row: kept elsewhere, it shows a tail that was cut."""
        return self._read_head()[1]

    def verify(self, *, expected_head: str | None = None) -> BrokenPlace | None:
        """Check every row and return the first place that is broken; None when all fits.

        A tail that was cut is found only against a head kept elsewhere: hand it in.
        """
        number, prev, is_head_met = 0, None, expected_head is None
        for document in self._documents():
            number += 1
            why = self._problem(document, number, prev)
            if why:
                return BrokenPlace(number, why)
            prev = document["hash"]
            is_head_met = is_head_met or prev == expected_head
        return None if is_head_met else BrokenPlace(number + 1, "the tail is missing")

    def _problem(self, document: Document, number: int, prev: str | None) -> str | None:
        row = {name: value for name, value in document.items() if name not in {"_id", "_rev", "hash"}}
        if document["_id"] != self._doc_id(number) or row.get("n") != number:
            return "a row is missing or moved"
        if row.get("prev") != prev:
            return "the row before it was changed"
        if sha256_hex(canonical({**row, "node": self._node})) != document.get("hash"):
            return "the row was changed"
        return None

    def _documents(self) -> Iterator[Document]:
        start, end = self._doc_id(0), self._doc_id(10**NUMBER_DIGITS - 1)
        while True:
            rows = self._peer.all_docs(start=start, end=end, limit=PAGE, include_docs=True)
            yield from (row.doc for row in rows if row.doc is not None)
            if len(rows) < PAGE:
                return
            start = rows[-1].id + "\0"

    def _read_head(self) -> tuple[int, str | None]:
        newest = self.rows(limit=1)
        return (newest[0].n, newest[0].hash) if newest else (0, None)

    def _doc_id(self, number: int) -> str:
        return f"{self._node}:{number:0{NUMBER_DIGITS}d}"


def _row(document: Mapping[str, Any]) -> AuditRow:
    return AuditRow(
        document["n"],
        document["at"],
        document["kind"],
        document["actor"],
        document["about"],
        document["params"],
        document["hash"],
    )
