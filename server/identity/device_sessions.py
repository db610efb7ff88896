"""Sessions of devices: a challenge signed by the device's key, then a random token stored as its hash.

A revoked device may sign in too: it has to learn that it is revoked, and to hand in what it holds.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.identity.crypto import new_token, token_id
from server.identity.devices import Device
from server.identity.directory import Directory
from server.identity.instants import instant, later, now, seconds_until
from server.records.signing import is_signed_by

COOKIE = "__Host-device"
CHALLENGE_S = 120
SIGNED_TEXT = "liandong-session:"
LONGEST_DAYS = 90
EXTEND_EVERY_S = 24 * 3600.0


class SignInRefused(Exception):
    """Unknown device, another key, or a challenge that is old, used, or not ours: which is not said."""


@dataclass(frozen=True, slots=True)
class DeviceSession:
    id: str
    device: str
    created_at: str
    expires_at: str


class DeviceSessions:
    """Challenges are not stored before they are used; a used one is, so that it counts once."""

    def __init__(
        self, directory: Directory, *, session_days: int = 14, clock: Callable[[], datetime] = now
    ) -> None:
        self._directory = directory
        self._accounts = directory.accounts
        self._key_ring = directory.key_ring
        self._session_days = session_days
        self._clock = clock

    def challenge(self, device_id: str) -> str:
        """Return a fresh challenge for this device, known or not."""
        expires = int(self._clock().timestamp()) + CHALLENGE_S
        stem = f"{expires}.{secrets.token_urlsafe(18)}"
        return f"{stem}.{self._proof(stem, device_id)}"

    def sign_in(self, device_id: str, challenge: str, signature: str) -> str:
        """Return the token for the cookie. Raises: SignInRefused."""
        device = self._directory.device_at_once(device_id)
        expires_at = self._checked(challenge, device_id)
        message = (SIGNED_TEXT + challenge).encode("utf-8", "surrogatepass")
        if device is None or device.kind == "desk" or not is_signed_by(device.sign_key, message, signature):
            raise SignInRefused
        used = {"_id": f"used_challenge:{token_id(challenge)}", "expires_at": expires_at}
        if not self._accounts.create(used):
            raise SignInRefused
        return self.begin(device)

    def begin(self, device: Device) -> str:
        """Return a token for a device that has just proved itself, by its key or a code."""
        token, at = new_token(), self._clock()
        self._accounts.create(
            {
                "_id": _doc_id(token_id(token)),
                "device": device.id,
                "created_at": instant(at),
                "expires_at": later(at, days=self._session_days),
            }
        )
        return token

    def device(self, token: str | None) -> Device | None:
        """Return whose token this is, revoked or not; None when there is none, or its time is over."""
        session = self.session(token)
        return self._directory.device_at_once(session.device) if session else None

    def session(self, token: str | None) -> DeviceSession | None:
        document = self._accounts.find(_doc_id(token_id(token))) if token else None
        if document is None or document["expires_at"] <= instant(self._clock()):
            return None
        session = DeviceSession(
            document["_id"].partition(":")[2],
            document["device"],
            document["created_at"],
            document["expires_at"],
        )
        self._extend(document)
        return session

    def sign_out(self, token: str | None) -> None:
        if token:
            self._accounts.delete(_doc_id(token_id(token)))

    def forget_old(self) -> int:
        """Remove sessions and used challenges whose time is over; returns how many."""
        at = instant(self._clock())
        documents = self._accounts.of_kind("device_session") + self._accounts.of_kind("used_challenge")
        over = [document["_id"] for document in documents if document["expires_at"] <= at]
        return sum(self._accounts.delete(doc_id) for doc_id in over)

    def _proof(self, stem: str, device_id: str) -> str:
        return self._key_ring.lookup("challenge", f"{stem}\0{device_id}")[:32]

    def _checked(self, challenge: str, device_id: str) -> str:
        stem, _, proof = challenge.rpartition(".")
        if not hmac.compare_digest(proof.encode("utf-8", "replace"), self._proof(stem, device_id).encode()):
            raise SignInRefused
        expires_at = datetime.fromtimestamp(int(stem.split(".")[0]), self._clock().tzinfo)
        if expires_at <= self._clock():
            raise SignInRefused
        return instant(expires_at)

    def _extend(self, document: dict[str, str]) -> None:
        at = self._clock()
        wanted = min(later(at, days=self._session_days), later(document["created_at"], days=LONGEST_DAYS))
        if seconds_until(wanted, at) - seconds_until(document["expires_at"], at) >= EXTEND_EVERY_S:
            self._accounts.replace({**document, "expires_at": wanted})


def _doc_id(session_id: str) -> str:
    return f"device_session:{session_id}"
