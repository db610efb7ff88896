"""Proofs of presence checked again from what is stored: hash, signature, parts, chain and the station's code.

A part that was erased when its time came leaves its hash in the entry: the proof holds without it (DESIGN 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.records.entry import CanonicalError, entry_hash, parse_time, part_hash, verify_signature
from server.records.station_code import StationSecret, outcome_of

Parts = Literal["whole", "erased", "changed", "none"]


@dataclass(frozen=True, slots=True)
class PresenceProof:
    """What is left standing of one check event; None: it cannot be said."""

    event: str
    is_unaltered: bool
    is_signed: bool
    follows: bool | None
    """Its `prev` is the hash of the entry before it, where that is among those looked at."""
    parts: Parts
    is_code_right: bool | None
    head_known: bool | None
    """The tablet's chain head that its code carried is an entry of the tablet's own log."""

    @property
    def holds(self) -> bool:
        checks = (self.is_unaltered, self.is_signed, self.follows, self.is_code_right, self.head_known)
        return self.parts != "changed" and all(check is not False for check in checks)


def day_proofs(
    documents: Iterable[Mapping[str, Any]],
    keys: Mapping[str, Mapping[str, Any]],
    secrets: Sequence[StationSecret],
) -> list[PresenceProof]:
    """Check the documents of central of one station's day; `keys`: public keys by device."""
    documents = sorted(documents, key=lambda doc: (doc["entry"]["device"], doc["entry"]["entry"]))
    hashes = {(doc["entry"]["device"], doc["entry"]["entry"]): doc["entry"]["hash"] for doc in documents}
    heads = set(hashes.values())
    return [_proof(doc, keys, secrets, hashes, heads) for doc in documents]


def _proof(
    doc: Mapping[str, Any],
    keys: Mapping[str, Mapping[str, Any]],
    secrets: Sequence[StationSecret],
    hashes: Mapping[tuple[str, int], str],
    heads: set[str],
) -> PresenceProof:
    entry = doc["entry"]
    key = keys.get(entry["device"])
    before = hashes.get((entry["device"], entry["entry"] - 1))
    head = (entry["body"].get("code") or {}).get("head")
    return PresenceProof(
        entry["id"],
        _is_unaltered(entry),
        key is not None and verify_signature(entry, key),
        None if before is None else entry["prev"] == before,
        _parts(entry, doc.get("parts") or {}),
        _is_code_right(entry, secrets),
        None if head is None else head in heads,
    )


def _is_unaltered(entry: Mapping[str, Any]) -> bool:
    try:
        return bool(entry_hash(entry) == entry["hash"])
    except CanonicalError:
        return False


def _parts(entry: Mapping[str, Any], parts: Mapping[str, Any]) -> Parts:
    if not entry["parts"]:
        return "none"
    for name, part in parts.items():
        if part_hash(name, part["salt"], part["value"]) != entry["parts"].get(name):
            return "changed"
    return "whole" if parts.keys() == entry["parts"].keys() else "erased"


def _is_code_right(entry: Mapping[str, Any], secrets: Sequence[StationSecret]) -> bool | None:
    """By the clock of the entry itself; the rules on sessions set it right with what was learnt later."""
    code = entry["body"].get("code")
    typed_at = parse_time(code["at"]) if code else None
    if typed_at is None or not secrets:
        return None
    return outcome_of(secrets, code["value"], typed_at) == "right"
