"""The desk: the server's own log, where everything that console users do becomes an entry.

An entry is on disk in the journal before it is in `logs`; the signature proves that the server wrote it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.identity.instants import instant
from server.identity.instants import now as utc_now
from server.journal import Journal, Line
from server.records.entry import Signer, log_id, new_entry, seal
from server.records.entry_shape import check_shape
from server.records.limits import MAX_ENTRY_NUMBER
from server.records.names import new_record_id
from server.records.problem import Problem
from server.records.wellformed import value_problem
from sync.errors import StorageFailed
from sync.peer import Server, WriteResult

LOGS: Final = "logs"
APP: Final = "server"
BATCH: Final = 500
POLL_S: Final = 0.02

HasFolded = Callable[[str, int, str], bool]


class EntryUnfit(ValueError):
    """This cannot be an entry: too large, too deep, or text that cannot be written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be entered; `parts` are values with salts (server.records.parts.new_part)."""

    type: str
    body: Mapping[str, Any]
    author: str
    role: str
    record_id: str | None = None
    schema: int = 1
    at: str | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    after: str | None = None
    """Of a step: the id of an entry of the same batch on which alone it stands."""


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry that is in the log; `id` is that of the record or step."""

    device: str
    entry: int
    hash: str
    id: str


class Desk:
    """One object a process; many processes may append. All but `await_folded` block: use run_blocking."""

    def __init__(
        self,
        couch: Server,
        signer: Signer,
        journal: Journal,
        *,
        has_folded: HasFolded,
        time_zone: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._couch = couch
        self._logs = couch.ensure(LOGS)
        self._signer = signer
        self._journal = journal
        self._has_folded = has_folded
        self._zone = ZoneInfo(time_zone)
        self._now = now

    @property
    def device(self) -> str:
        """The desk of this epoch."""
        return f"desk-{self._couch.epoch}"

    def append(
        self,
        type: str,
        body: Mapping[str, Any],
        *,
        author: str,
        role: str,
        record_id: str | None = None,
        schema: int = 1,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> EntryRef:
        """Enter one thing; it is on disk when this returns. Raises: EntryUnfit, StorageFailed."""
        new = NewEntry(
            type=type,
            body=body,
            author=author,
            role=role,
            record_id=record_id,
            schema=schema,
            parts=parts or {},
        )
        return self.append_many([new])[0]

    def append_many(self, entries: Sequence[NewEntry]) -> list[EntryRef]:
        """Enter them in order; when storing fails, none that was not stored comes back by itself.

        Raises: EntryUnfit, StorageFailed.
        """
        with self._journal.locked():
            device = self.device
            number, prev = self._head(device)
            lines = self._sealed(device, number, prev, entries)
            size = self._journal.append(device, lines)
            try:
                self._store(lines)
            except BaseException:
                # Nobody was told that it is done, so it must not come back by itself later.
                self._journal.cut_back(device, size)
                raise
        return [_ref(line["entry"]) for line in lines]

    def await_folded(self, ref: EntryRef, timeout_s: float = 2.0) -> bool:
        """Has this node's read model the entry with a verdict, now or within the time?

        In the web process call it directly: it sleeps between short looks and lets others work.
        """
        deadline = time.monotonic() + timeout_s
        while not self._has_folded(ref.device, ref.entry, ref.hash):
            if time.monotonic() >= deadline:
                return False
            # The read model is written by another process, which tells nobody.
            time.sleep(POLL_S)
        return True

    def last(self) -> EntryRef | None:
        """Return the newest entry of this epoch's desk, after making journal and `logs` agree on it."""
        with self._journal.locked():
            number, _hash = self._head(self.device)
            line = self._last_stored(self.device) if number else None
        return _ref(line["entry"]) if line else None

    def replay_journal(self) -> int:
        """Put back into `logs` what the journals of all epochs hold and it lacks; returns how many."""
        replayed = 0
        with self._journal.locked():
            for device in self._journal.devices():
                for lines in _batches(self._journal.lines(device)):
                    replayed += self._store_missing(lines)
        return replayed

    def _head(self, device: str) -> tuple[int, str | None]:
        """Return number and hash of the last entry, after making journal and `logs` agree on it."""
        written, stored = self._journal.last(device), self._last_stored(device)
        if written is None and stored is None:
            return 0, None
        if stored is None or (written is not None and _number(written) > _number(stored)):
            # A crash came between journal and database.
            first = _number(stored) + 1 if stored else 1
            newer = (line for line in self._journal.lines(device) if _number(line) >= first)
            for lines in _batches(newer):
                self._store_missing(lines)
            stored = written
        elif written is None or _number(written) < _number(stored):
            # The journal's disk was lost or set back: begin it again from what is stored.
            self._journal.append(device, self._stored_after(device, _number(written) if written else 0))
        assert stored is not None
        return _number(stored), stored["entry"]["hash"]

    def _last_stored(self, device: str) -> Line | None:
        rows = self._logs.all_docs(
            start=log_id(device, MAX_ENTRY_NUMBER),
            end=log_id(device, 0),
            limit=1,
            include_docs=True,
            descending=True,
        )
        return rows[0].doc if rows else None

    def _stored_after(self, device: str, number: int) -> list[Line]:
        rows = self._logs.all_docs(
            start=log_id(device, number + 1), end=log_id(device, MAX_ENTRY_NUMBER), include_docs=True
        )
        return [{k: v for k, v in row.doc.items() if k != "_rev"} for row in rows if row.doc is not None]

    def _sealed(self, device: str, number: int, prev: str | None, entries: Sequence[NewEntry]) -> list[Line]:
        lines: list[Line] = []
        at = self._now().astimezone(self._zone).isoformat(timespec="milliseconds")
        hashes: dict[str, str] = {}
        for new in entries:
            number += 1
            on = new if new.after is None else replace(new, body={**new.body, "base": [hashes[new.after]]})
            entry = self._sealed_one(device, number, prev, on, at)
            hashes[entry["id"]] = entry["hash"]
            lines.append(
                {
                    "_id": log_id(device, number),
                    "entry": entry,
                    "parts": dict(new.parts),
                    "received_at": instant(entry["at"]),
                }
            )
            prev = entry["hash"]
        return lines

    def _sealed_one(
        self, device: str, number: int, prev: str | None, new: NewEntry, at: str
    ) -> dict[str, Any]:
        problem = value_problem(dict(new.body))
        if problem:
            raise EntryUnfit([problem])
        entry = new_entry(
            device=device,
            number=number,
            prev=prev,
            record_id=new.record_id or new_record_id(new.type),
            author=new.author,
            role=new.role,
            at=new.at or at,
            body=new.body,
            app=APP,
            schema=new.schema,
            parts=new.parts,
        )
        sealed = seal(entry, self._signer)
        if problems := check_shape(sealed):
            raise EntryUnfit(problems)
        return sealed

    def _store(self, lines: list[Line]) -> None:
        for batch in _batches(iter(lines)):
            _check_stored(self._logs.bulk_docs(batch))

    def _store_missing(self, lines: list[Line]) -> int:
        present = self._logs.get_many([line["_id"] for line in lines])
        missing = [line for line in lines if line["_id"] not in present]
        if missing:
            _check_stored(self._logs.bulk_docs(missing))
        return len(missing)


def _check_stored(results: Sequence[WriteResult]) -> None:
    for result in results:
        if not (result.is_ok and result.is_durable):
            raise StorageFailed(f"desk: {result.id} was not stored: {result.error or 'too few copies'}")


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _number(line: Line) -> int:
    return int(line["entry"]["entry"])


def _ref(entry: Mapping[str, Any]) -> EntryRef:
    return EntryRef(entry["device"], entry["entry"], entry["hash"], entry["id"])
