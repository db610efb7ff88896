"""Devices: phones, station tablets and the desk, each with its public keys.

A revoked one is never forgotten: what it sends is kept, and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from server.identity.crypto import KeyRing
from server.records.names import SYSTEM, is_desk

Kind = Literal["phone", "tablet", "desk"]
Jwk = Mapping[str, str]
LONG_AGO = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`member` is whose phone it is; a tablet's is who enrolled it."""

    id: str
    kind: Kind
    member: str
    sign_key: Jwk
    agree_key: Jwk | None
    label: str = ""
    enrolled_at: str = LONG_AGO
    revoked_at: str | None = None
    revoked_by: str | None = None
    last_contact_at: str | None = None
    app: str = ""
    orders: tuple[Mapping[str, Any], ...] = field(default=())
    operators: tuple[str, ...] = ()
    """Members who have begun at a shared tablet by a code of their own."""

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None


def desk_device(device_id: str, sign_key: Jwk) -> Device | None:
    """Return the server's own device of an epoch; None when the id is not of a desk."""
    if not is_desk(device_id):
        return None
    return Device(id=device_id, kind="desk", member=SYSTEM, sign_key=sign_key, agree_key=None)


def device_document(device: Device, ring: KeyRing) -> dict[str, Any]:
    doc_id = f"device:{device.id}"
    return {
        "_id": doc_id,
        "kind": device.kind,
        "member": device.member,
        "sign_key": dict(device.sign_key),
        "agree_key": dict(device.agree_key) if device.agree_key else None,
        "label": ring.seal(device.label, about=doc_id),  # people put names in it
        "enrolled_at": device.enrolled_at,
        "revoked_at": device.revoked_at,
        "revoked_by": device.revoked_by,
        "app": device.app,
        "orders": [dict(order) for order in device.orders],
        "operators": list(device.operators),
    }


def device_from_document(document: dict[str, Any], ring: KeyRing) -> Device:
    """Raises: SealBroken."""
    return Device(
        id=document["_id"].partition(":")[2],
        kind=document["kind"],
        member=document["member"],
        sign_key=document["sign_key"],
        agree_key=document["agree_key"],
        label=ring.unseal(document["label"], about=document["_id"]),
        enrolled_at=document["enrolled_at"],
        revoked_at=document["revoked_at"],
        revoked_by=document["revoked_by"],
        app=document["app"],
        orders=tuple(document["orders"]),
        operators=tuple(document.get("operators", ())),
    )
