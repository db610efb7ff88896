"""The log of a simulated device: a chain of really signed entries, kept in memory."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from server.records.entry import log_id, new_entry, seal
from server.records.signing import SigningKey

APP: Final = "demo"
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"

LogDocument = dict[str, Any]


class DeviceLog:
    """Appends entries as a phone does; `documents` are what it would push."""

    def __init__(self, device: str, author: str, key: SigningKey, *, app: str = APP) -> None:
        self.device = device
        self.author = author
        self.app = app
        self.head: str | None = None
        self.documents: list[LogDocument] = []
        self._key = key

    def append(
        self,
        record_id: str,
        *,
        role: str,
        at: datetime,
        body: Mapping[str, Any],
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        clock: Mapping[str, Any] | None = None,
        schema: int = 1,
    ) -> LogDocument:
        """Sign the next entry and return its log document."""
        number = len(self.documents) + 1
        entry = seal(
            new_entry(
                device=self.device,
                number=number,
                prev=self.head,
                record_id=record_id,
                author=self.author,
                role=role,
                at=at.isoformat(timespec="milliseconds"),
                body=body,
                app=self.app,
                schema=schema,
                clock=clock,
                parts=parts,
            ),
            self._key,
        )
        self.head = entry["hash"]
        document = {"_id": log_id(self.device, number), "entry": entry, "parts": dict(parts or {})}
        self.documents.append(document)
        return document


def seeded_key(rng: random.Random) -> SigningKey:
    """Return the key that this seed gives: for devices of invented history alone, never for a real one."""
    return SigningKey(ec.derive_private_key(rng.getrandbits(255) + 1, ec.SECP256R1()))


def seeded_ulid(rng: random.Random, at: datetime) -> str:
    """Return the ULID of this moment that this seed gives."""
    number = (int(at.timestamp() * 1000) << 80) | rng.getrandbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
