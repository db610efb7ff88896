"""Writes `log:<device>` after the receipts are durable: through, head, beyond, fork (DESIGN 2, "State")."""

from __future__ import annotations

from typing import Any

from server.ingest.acks import Ranges
from server.ingest.candidate import Candidate
from server.ingest.durable import DurableWriter
from server.records.entry import log_id
from sync.peer import Document, Peer


class LogAcks:
    """Collects what got receipts. On the first reading of a life it begins from nothing."""

    def __init__(self, logs: Peer, central: Peer, writer: DurableWriter) -> None:
        self._logs = logs
        self._central = central
        self._writer = writer
        self._epoch = ""
        self._is_first_reading = False
        self._numbers: dict[str, set[int]] = {}
        self._forks: dict[str, int] = {}

    def begin(self, epoch: str, *, is_first_reading: bool) -> None:
        self._epoch, self._is_first_reading = epoch, is_first_reading
        self._numbers.clear()
        self._forks.clear()

    def add(self, candidate: Candidate) -> None:
        """Note that this document has its receipt."""
        numbers = self._numbers.setdefault(candidate.device, set())
        if candidate.number is None:
            return
        is_fork = candidate.opaque is not None and candidate.opaque.get("reason") == "fork"
        if is_fork:
            known = self._forks.get(candidate.device, candidate.number)
            self._forks[candidate.device] = min(known, candidate.number)
        elif candidate.log == log_id(candidate.device, candidate.number):
            numbers.add(candidate.number)

    def write(self) -> None:
        """Write the acks of the logs that have something new; after a first reading, of all logs."""
        if self._is_first_reading:
            for row in self._central.all_docs(start="log:", end="log:\uffff"):
                self._numbers.setdefault(row.id.removeprefix("log:"), set())  # perhaps it holds nothing now
        devices = sorted(self._numbers)
        present = self._central.get_many([f"log:{device}" for device in devices])
        acks = [self._ack(device, present.get(f"log:{device}")) for device in devices]
        heads = self._logs.get_many([_head_id(ack) for ack in acks if ack["through"]])
        for ack in acks:
            ack["head"] = _hash_of(heads.get(_head_id(ack))) if ack["through"] else None
        self._writer.write(ack for ack in acks if ack != present.get(ack["_id"]))
        self._numbers.clear()
        self._forks.clear()
        self._is_first_reading = False

    def _ack(self, device: str, present: Document | None) -> Document:
        before = {} if present is None or self._is_first_reading else present
        ranges = Ranges.of_ack(before.get("through", 0), before.get("beyond", []))
        for number in sorted(self._numbers[device]):
            ranges.add(number)
        ack: Document = {
            "_id": f"log:{device}",
            "through": ranges.through,
            "head": None,
            "beyond": ranges.beyond,
            "epoch": self._epoch,
            "entries_seen": len(ranges),
        }
        fork = _first_fork(before.get("fork"), self._forks.get(device))
        if fork is not None:
            ack["fork"] = {"entry": fork}
        if present is not None:
            ack["_rev"] = present["_rev"]
        return ack


def _first_fork(known: dict[str, Any] | None, found: int | None) -> int | None:
    numbers = [number for number in (known["entry"] if known else None, found) if number is not None]
    return min(numbers, default=None)


def _head_id(ack: Document) -> str:
    return log_id(ack["_id"].removeprefix("log:"), max(1, ack["through"]))


def _hash_of(doc: Document | None) -> str | None:
    """The head is null where bytes stand that are no entry: there is no chain hash to tell."""
    entry = (doc or {}).get("entry")
    found = entry.get("hash") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None
