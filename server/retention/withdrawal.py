"""Who withdraws has the phones purged at once; what happened stays as case material (DOMAIN 6).

Views go by a wipe order. Positions and photos go from a phone once a backup holds them: nothing may be lost
with the centre's disk that only the phone had.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from server.identity.devices import Device
from server.identity.orders import give_order
from server.readmodel.participant_queries import orders_of
from server.readmodel.retention_queries import OVER, events_of, withdrawn_orders
from server.records.entry import parse_log_id
from server.services import Services

ALL_FEEDS: Final = ("*",)
DONE: Final = "withdrawn"
"""Names the order on which a device's order rests, so that each is given once."""


class Withdrawals:
    """A step of the worker; cheap where nobody has withdrawn since."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._purged: set[tuple[str, str]] = set()

    def run_once(self) -> bool:
        """Give the devices of who withdrew their orders; always False."""
        for order, member in withdrawn_orders(self._services.readmodel):
            for device in self._devices(order, member):
                self._purge(order, device)
        return False

    def _devices(self, order: str, member: str) -> Iterator[Device]:
        others = [each for each in orders_of(self._services.readmodel, member) if each.id != order]
        if any(each.state not in OVER for each in others):
            return  # the phone is still needed for another order
        for device in self._services.directory.devices(member):
            if (order, device.id) not in self._purged and device.kind == "phone":
                yield device

    def _purge(self, order: str, device: Device) -> None:
        given = {each["kind"] for each in device.orders if each.get(DONE) == order}
        directory = self._services.directory
        if "wipe" not in given:
            give_order(directory, device.id, "wipe", feeds=ALL_FEEDS, says={DONE: order})
        entries = list(self._own_evidence(order, device.id))
        backed_up_through = self._services.readmodel.backed_up_through(device.id)
        if any(entry["entry"] > backed_up_through for entry in entries):
            return
        if entries and "erase" not in given:
            give_order(directory, device.id, "erase", says={DONE: order, "entries": entries})
        self._purged.add((order, device.id))

    def _own_evidence(self, order: str, device_id: str) -> Iterator[dict[str, Any]]:
        for doc in events_of(self._services.readmodel, order):
            place = parse_log_id(doc["log"])
            parts = sorted(doc["entry"]["parts"])
            files = [file["number"] for file in doc.get("media", ()) if file["state"] == "verified"]
            if place is not None and place[0] == device_id and (parts or files):
                yield {"entry": place[1], "parts": parts, "files": files}
