"""What a beacon states: a second of the server's time that nobody could have named before it was given out.

Made by the door, found again by ingest; nothing is stored.
"""

from __future__ import annotations

from datetime import UTC, datetime

from server.identity.crypto import KeyRing


def beacon_statement(key_ring: KeyRing, moment: datetime, epoch: str) -> dict[str, str]:
    """Return `{at, epoch, nonce}`: `at` in whole seconds, the nonce a keyed hash of both."""
    at = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"at": at, "epoch": epoch, "nonce": key_ring.lookup("beacon", f"{at} {epoch}")}
