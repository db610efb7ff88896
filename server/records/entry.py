"""The entry: what is hashed, what is signed, and how it is named in a log.

The same rules stand in client/src/log/entry.js; tests/cases/entries.json holds both to them.
Spec: DESIGN 2, "Entries and logs".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from server.records.canonical import CanonicalError, canonical, sha256_hex
from server.records.entry_shape import ALG, check_shape, parse_time
from server.records.limits import ENTRY_DIGITS, MAX_ENTRY_NUMBER
from server.records.names import DEVICE_PATTERN
from server.records.parts import check_parts, new_part, part_hash
from server.records.signing import is_signed_by

__all__ = [
    "ALG",
    "CanonicalError",
    "Signer",
    "canonical",
    "check_parts",
    "check_shape",
    "entry_hash",
    "log_id",
    "new_entry",
    "new_part",
    "parse_log_id",
    "parse_time",
    "part_hash",
    "seal",
    "verify_signature",
]

_NOT_HASHED = frozenset({"hash", "sig"})
_LOG_ID = re.compile(rf"({DEVICE_PATTERN.pattern}):([0-9]{{{ENTRY_DIGITS}}})")


class Signer(Protocol):
    """Whoever holds a device's private key."""

    def sign(self, message: bytes) -> str:
        """Return raw r‖s over the message, base64url without padding."""


def new_entry(  # one keyword a member of the envelope
    *,
    device: str,
    number: int,
    prev: str | None,
    record_id: str,
    author: str,
    role: str,
    at: str,
    body: Mapping[str, Any],
    app: str,
    schema: int = 1,
    clock: Mapping[str, Any] | None = None,
    parts: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return an entry ready to be sealed; `parts` are values with salts, of which it keeps the hashes."""
    return {
        "device": device,
        "entry": number,
        "id": record_id,
        "type": record_id.split(":")[0],
        "schema": schema,
        "author": author,
        "role": role,
        "at": at,
        "clock": dict(clock or {"beacon": None, "since_ms": None, "skew_ms": 0}),
        "prev": prev,
        "parts": {name: part_hash(name, p["salt"], p["value"]) for name, p in (parts or {}).items()},
        "app": app,
        "body": dict(body),
        "alg": ALG,
    }


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the hash over everything but `hash` and `sig`. Raises: CanonicalError."""
    return sha256_hex(canonical({name: value for name, value in entry.items() if name not in _NOT_HASHED}))


def seal(entry: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """Return the entry with its hash and signature. Raises: CanonicalError."""
    hash_ = entry_hash(entry)
    return {**entry, "hash": hash_, "sig": signer.sign(bytes.fromhex(hash_))}


def verify_signature(entry: Mapping[str, Any], jwk: Mapping[str, Any]) -> bool:
    """Is the entry's signature this key's, over its `hash`? Whether the hash is right is another question."""
    try:
        message = bytes.fromhex(entry["hash"])
    except (KeyError, TypeError, ValueError):
        return False
    return is_signed_by(jwk, message, entry.get("sig"))


def log_id(device: str, number: int) -> str:
    """Return the `_id` of an entry's document in `logs`."""
    return f"{device}:{number:0{ENTRY_DIGITS}d}"


def parse_log_id(text: object) -> tuple[str, int] | None:
    """Return device and entry number of a log id; None when it is none."""
    match = _LOG_ID.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    number = int(match.group(2))
    return (match.group(1), number) if 1 <= number <= MAX_ENTRY_NUMBER else None
