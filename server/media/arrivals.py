"""What became of each file that an entry names, written beside the entry into `logs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sync.errors import DatabaseNotFound, DocumentNotFound, NotFound, Overloaded
from sync.peer import Document, Peer

ENTRY_DIGITS: Final = 10
_WRITE_ATTEMPTS: Final = 5
_ERASED_KEEPS: Final = ("_rev", "sha256", "size", "type", "received_at")


class State(StrEnum):
    """verified: hash and size are the entry's, and it is a photo; mismatch and refused keep the bytes too.

    erased: the bytes were here, or never came, and their time is over.
    """

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    REFUSED = "refused"
    ERASED = "erased"


class Reason(StrEnum):
    """Why not verified; people read it as message `media.reason.<code>`."""

    SIZE = "size"
    HASH = "hash"
    TYPE = "type"
    PIXELS = "pixels"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class FileRef:
    """File `number` (from 1) of entry `entry` in the log of `device`."""

    device: str
    entry: int
    number: int

    @property
    def log_id(self) -> str:
        return f"{self.device}:{self.entry:0{ENTRY_DIGITS}}"

    @property
    def arrival_id(self) -> str:
        return f"media:{self.log_id}:{self.number}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The bytes as they came: what they hash to, not what they were meant to be."""

    sha256: str
    size_bytes: int
    media_type: str
    state: State
    reason: Reason | None = None


class Arrivals:
    """Reads entries from `logs` and writes arrivals there; both are idempotent."""

    def __init__(self, logs: Peer) -> None:
        self._logs = logs

    def promised(self, ref: FileRef) -> Mapping[str, Any] | None:
        """Return the entry's own words about the file, or None when its entry is not in `logs`.

        Raises: NotFound when the entry is there and names no such file.
        """
        document = self._get(ref.log_id)
        if document is None:
            return None
        entry = document.get("entry")
        body = entry.get("body") if isinstance(entry, dict) else None
        files = body.get("media") if isinstance(body, dict) else None
        if not isinstance(files, list) or not 1 <= ref.number <= len(files):
            raise NotFound("the entry names no such file")
        promised = files[ref.number - 1]
        if not isinstance(promised, dict):
            raise NotFound("the entry names no such file")
        return promised

    def find(self, ref: FileRef) -> Document | None:
        return self._get(ref.arrival_id)

    def write(self, ref: FileRef, arrival: Arrival, received_at: datetime) -> Document:
        """Write the arrival and return what stands; verified stays verified, the same again changes nothing.

        Raises: Overloaded when the database did not keep it durably; nothing may be acknowledged then.
        """
        for _ in range(_WRITE_ATTEMPTS):
            standing = self._get(ref.arrival_id)
            if standing is not None and _is_settled(standing, arrival):
                return standing
            fresh = _document(ref, arrival, received_at, standing)
            [row] = self._logs.bulk_docs([fresh])
            if row.is_ok and row.is_durable:
                return {**fresh, "_rev": row.rev}
        raise Overloaded("the arrival of the file could not be written down yet")

    def erase(self, ref: FileRef) -> list[str]:
        """Note that the bytes are to be gone for good; return the SHA-256 of those that came.

        Raises: Overloaded.
        """
        for _ in range(_WRITE_ATTEMPTS):
            standing = self._get(ref.arrival_id)
            if standing is not None and standing["state"] == State.ERASED:
                return [standing["sha256"]] if standing.get("sha256") else []
            known: Document = {n: standing[n] for n in _ERASED_KEEPS if n in standing} if standing else {}
            [row] = self._logs.bulk_docs([{"_id": ref.arrival_id, **known, "state": State.ERASED.value}])
            if row.is_ok and row.is_durable:
                return [known["sha256"]] if "sha256" in known else []
        raise Overloaded("the erasure of the file could not be written down yet")

    def _get(self, doc_id: str) -> Document | None:
        try:
            return self._logs.get(doc_id)
        except (DocumentNotFound, DatabaseNotFound):
            return None


def mismatches(standing: Document | None) -> int:
    """Return how often other bytes than the promised ones came for this file."""
    return int(standing.get("mismatches", 0)) if standing is not None else 0


def _is_settled(standing: Document, arrival: Arrival) -> bool:
    is_the_same = bool(standing["sha256"] == arrival.sha256 and standing["state"] == arrival.state)
    return is_the_same or standing["state"] in (State.VERIFIED, State.ERASED)


def _document(ref: FileRef, arrival: Arrival, received_at: datetime, standing: Document | None) -> Document:
    document: Document = {
        "_id": ref.arrival_id,
        "sha256": arrival.sha256,
        "size": arrival.size_bytes,
        "type": arrival.media_type,
        "state": arrival.state.value,
        "received_at": received_at.isoformat(timespec="milliseconds"),
    }
    if arrival.reason is not None:
        document["reason"] = arrival.reason.value
    if (count := mismatches(standing) + (arrival.state is State.MISMATCH)) > 0:
        document["mismatches"] = count
    if standing is not None:
        document["_rev"] = standing["_rev"]
    return document
