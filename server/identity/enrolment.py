"""Enrolment: a one-time code, used once: by a member's phone or a station's tablet that registers its two
keys, or by a person who begins at a tablet.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from server.identity.devices import Device, Jwk
from server.identity.directory import Directory
from server.identity.instants import instant, later, now
from server.identity.tablets import ROLE, hand_out_secret, may_act, revoke_device, station_of
from server.records.canonical import canonical
from server.records.names import new_ulid
from server.records.signing import is_public_key
from sync.peer import Document

CODE_DIGITS = 10
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")
PHONE: Final = "phone"
TABLET: Final = "tablet"
OPERATOR: Final = "operator"
_BLANKS = re.compile(r"[\s-]+")


class CodeRefused(Exception):
    """No such code, used before, or too old: which is not said."""


class KeysRefused(ValueError):
    """Not two different public P-256 keys, or keys that another device has."""


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """Shown once, to be typed or scanned; only a keyed hash of it is stored."""

    code: str
    member: str
    expires_at: str


class Enrolment:
    """Makes codes and redeems them."""

    def __init__(
        self, directory: Directory, *, valid_min: int = 15, clock: Callable[[], datetime] = now
    ) -> None:
        self._directory = directory
        self._accounts = directory.accounts
        self._valid_min = valid_min
        self._clock = clock

    def make_code(self, member: str, by: str, *, replaces: str | None = None) -> EnrolmentCode:
        """Return a new code for the member; with `replaces`, using it revokes that device (re-enrolment)."""
        return self._made(PHONE, member, by, replaces=replaces)

    def make_tablet_code(self, station: str, by: str, *, replaces: str | None = None) -> EnrolmentCode:
        """Return a new code with which a tablet becomes the station's."""
        return self._made(TABLET, by, by, station=station, replaces=replaces)

    def make_operator_code(self, member: str, station: str, by: str) -> EnrolmentCode:
        """Return a new code with which this person begins at a tablet of the station."""
        return self._made(OPERATOR, member, by, station=station)

    def _made(
        self, kind: str, member: str, by: str, *, station: str | None = None, replaces: str | None = None
    ) -> EnrolmentCode:
        while True:
            code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
            expires_at = later(self._clock(), minutes=self._valid_min)
            document = {
                "_id": self._doc_id(code),
                "kind": kind,
                "station": station,
                "member": member,
                "made_by": by,
                "expires_at": expires_at,
                "replaces": replaces,
                "device": None,
                "keys": None,
            }
            if self._accounts.create(document):
                return EnrolmentCode(code, member, expires_at)

    def redeem(self, code: str, *, sign_key: object, agree_key: object, label: str, app: str) -> Device:
        """Return the new device. Raises: CodeRefused, KeysRefused.

        A phone that lost the answer and asks again with the same code and keys gets the same device.
        """
        keys = _checked_keys(sign_key, agree_key)
        used = self._use(code, _fingerprint(keys), {PHONE, TABLET})
        device = self._directory.device_at_once(used["device"]) or self._directory.register_device(
            member=used["member"],
            sign_key=keys[0],
            agree_key=keys[1],
            label=label,
            app=app,
            kind=TABLET if used.get("kind") == TABLET else PHONE,
            device_id=used["device"],
        )
        # Each of these is done again after a crash in between, and changes nothing when it was done.
        if used["replaces"]:
            revoke_device(self._directory, used["replaces"], self._clock(), used["made_by"])
        if device.kind == TABLET:
            self._equip(device, used["station"])
        return device

    def _equip(self, tablet: Device, station: str) -> None:
        if not self._directory.grants(tablet.id):
            self._directory.add_grant(tablet.id, ROLE, station, tablet.enrolled_at)
        if not tablet.orders:
            hand_out_secret(self._directory, tablet, station)

    def begin_operator(self, code: str, tablet: Device) -> str:
        """Return the member who may now choose a PIN at this tablet. Raises: CodeRefused.

        A tablet that lost the answer and asks again is given the same one.
        """
        station = station_of(self._directory, tablet)
        if tablet.kind != TABLET or station is None:
            raise CodeRefused
        used = self._use(code, f"{OPERATOR}:{tablet.id}", {OPERATOR}, station)
        if not may_act(self._directory, used["member"], station):
            raise CodeRefused
        self._directory.add_operator(tablet.id, used["member"])
        return str(used["member"])

    def forget_old(self) -> int:
        """Remove codes whose time is over; returns how many."""
        at = instant(self._clock())
        over = [d["_id"] for d in self._accounts.of_kind("code") if d["expires_at"] <= at]
        return sum(self._accounts.delete(doc_id) for doc_id in over)

    def _use(self, code: str, fingerprint: str, kinds: set[str], station: str | None = None) -> Document:
        code = _BLANKS.sub("", code)
        if not _CODE.fullmatch(code):
            raise CodeRefused
        at = instant(self._clock())

        def used(found: Document | None) -> Document | None:
            if found is None or found["expires_at"] <= at or found.get("kind", PHONE) not in kinds:
                raise CodeRefused
            if station is not None and found["station"] != station:
                raise CodeRefused
            if found["keys"] is not None:
                if found["keys"] != fingerprint:
                    raise CodeRefused
                return None
            if self._has_key(fingerprint):
                raise KeysRefused("another device has this key")
            return {**found, "keys": fingerprint, "device": f"d{new_ulid()}"}

        # An ordinary edit of this very revision: of two phones with one code, one gets it.
        document = self._accounts.update(self._doc_id(code), used)
        if document is None:
            raise CodeRefused
        return document

    def _has_key(self, fingerprint: str) -> bool:
        devices = self._directory.devices()
        return any(
            device.agree_key and _fingerprint((device.sign_key, device.agree_key)) == fingerprint
            for device in devices
        )

    def _doc_id(self, code: str) -> str:
        return f"code:{self._directory.key_ring.lookup('code', code)}"


def _checked_keys(sign_key: object, agree_key: object) -> tuple[Jwk, Jwk]:
    if not is_public_key(sign_key) or not is_public_key(agree_key):
        raise KeysRefused("not a public P-256 key")
    sign, agree = _public_half(sign_key), _public_half(agree_key)
    if sign == agree:
        raise KeysRefused("one key for two purposes")
    return sign, agree


def _public_half(jwk: Any) -> dict[str, str]:
    return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}


def _fingerprint(keys: tuple[Jwk, Jwk]) -> str:
    return hashlib.sha256(canonical([dict(key) for key in keys])).hexdigest()
