"""Orders to devices, signed by the server: the only thing on which a phone destroys anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from server.identity.directory import Directory
from server.identity.instants import instant, now
from server.records.names import new_ulid

OrderKind = Literal["lock", "wipe", "re_enrol", "new_secret", "reset_pin", "erase"]


class UnknownDevice(LookupError):
    """No device has this id."""


def give_order(
    directory: Directory,
    device_id: str,
    kind: OrderKind,
    *,
    feeds: Sequence[str] | None = None,
    at: datetime | None = None,
    says: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Sign an order and keep it for the device to read; a wipe names the feeds to destroy.

    `says`: what a kind says besides: `new_secret` the sealed secret, `reset_pin` whose PIN, `erase` of
    which entries which parts and files.
    A `new_secret` takes the place of those before it: a tablet has one secret.

    Raises: UnknownDevice.
    """
    device = directory.device_at_once(device_id)
    if device is None:
        raise UnknownDevice(device_id)
    statement: dict[str, Any] = {
        "id": f"o{new_ulid()}",
        "device": device_id,
        "kind": kind,
        "at": instant(at or now()),
        **(says or {}),
    }
    if feeds is not None:
        statement["feeds"] = list(feeds)
    order = directory.server_key.sealed(statement)
    kept = [dict(each) for each in device.orders if kind != "new_secret" or each["kind"] != kind]
    directory.set_orders(device_id, [*kept, order])
    return order


def withdraw_order(directory: Directory, device_id: str, order_id: str) -> None:
    """Take an order back; a device that has read it may have carried it out."""
    device = directory.device_at_once(device_id)
    if device is None:
        raise UnknownDevice(device_id)
    directory.set_orders(device_id, [dict(order) for order in device.orders if order["id"] != order_id])
