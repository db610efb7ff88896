"""The chain proof of one entry, checked again as the page is made: what the signature and the log show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.ingest.beacons import BeaconTimes
from server.readmodel.proof_queries import hash_before
from server.records.entry import CanonicalError, entry_hash, verify_signature
from server.records.names import is_desk
from server.services import current


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked; None means that it cannot be said yet."""

    name: str
    holds: bool | None

    @property
    def icon(self) -> str:
        return {True: "circle-check", False: "triangle-alert", None: "hourglass"}[self.holds]


@dataclass(frozen=True, slots=True)
class Proof:
    """`not_before` is the beacon's time, else when the device was enrolled; `received_at` bounds it above."""

    entry: Mapping[str, Any]
    is_desk: bool
    checks: Sequence[Check]
    receipts: Sequence[Mapping[str, Any]]
    not_before: str | None
    has_beacon: bool
    received_at: str

    @property
    def holds(self) -> bool:
        return all(check.holds is not False for check in self.checks)


def proof_of(
    entry: Mapping[str, Any], receipts: Sequence[Mapping[str, Any]], media: Sequence[Mapping[str, Any]]
) -> Proof:
    """Check hash, signature, the entry before it and the files, all from what is stored."""
    checks = [
        Check("hash", _hash_holds(entry)),
        Check("signature", _signature_holds(entry)),
        Check("chain", _chain_holds(entry)),
    ]
    if media:
        checks.append(Check("media", _media_hold(media)))
    beacon_at = _beacon_at(entry)
    return Proof(
        entry=entry,
        is_desk=is_desk(entry["device"]),
        checks=checks,
        receipts=receipts,
        not_before=beacon_at or _enrolled_at(entry["device"]),
        has_beacon=beacon_at is not None,
        received_at=receipts[0]["received_at"],
    )


def _beacon_at(entry: Mapping[str, Any]) -> str | None:
    services = current()
    epochs = dict.fromkeys([services.epoch, *services.readmodel.desk_epochs()])
    return BeaconTimes(services.key_ring, lambda: epochs).given_at(entry)


def _enrolled_at(device_id: str) -> str | None:
    device = current().directory.device_at_once(device_id)
    return device.enrolled_at if device and device.kind != "desk" else None


def _hash_holds(entry: Mapping[str, Any]) -> bool:
    try:
        return bool(entry_hash(entry) == entry["hash"])
    except CanonicalError:
        return False


def _signature_holds(entry: Mapping[str, Any]) -> bool:
    device = current().directory.device_at_once(entry["device"])
    return device is not None and verify_signature(entry, device.sign_key)


def _chain_holds(entry: Mapping[str, Any]) -> bool | None:
    if entry["entry"] == 1:
        return entry["prev"] is None
    before = hash_before(current().readmodel, entry["device"], entry["entry"])
    return None if before is None else before == entry["prev"]


def _media_hold(media: Sequence[Mapping[str, Any]]) -> bool | None:
    states = {file["state"] for file in media}
    if states & {"mismatch", "refused"}:
        return False
    return True if states == {"verified"} else None
