"""When each device was last heard of: written at most once a minute a device, outside the changes feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from server.identity.accounts import Accounts
from server.identity.devices import Device
from server.identity.instants import instant, seconds_until

WRITE_EVERY_S = 60.0


class Contacts:
    """Kept as `_local` documents, so that a contact wakes nobody and replicates nowhere."""

    def __init__(self, accounts: Accounts) -> None:
        self._peer = accounts.peer
        self._written: dict[str, tuple[datetime, str]] = {}

    def is_due(self, device: str, app: str, at: datetime) -> bool:
        """Would `note` write? To be asked before going to a thread for it."""
        written = self._written.get(device)
        return written is None or written[1] != app or -seconds_until(written[0], at) >= WRITE_EVERY_S

    def note(self, device: str, app: str, at: datetime) -> None:
        """Remember that the device was heard of, running this build."""
        if self.is_due(device, app, at):
            self._written[device] = (at, app)
            self._peer.put_local(f"contact-{device}", {"at": instant(at), "app": app})

    def with_contact(self, device: Device) -> Device:
        found = self._peer.get_local(f"contact-{device.id}")
        if found is None:
            return device
        return replace(device, last_contact_at=found["at"], app=found["app"] or device.app)

    def with_contacts(self, devices: Iterable[Device]) -> list[Device]:
        return [self.with_contact(device) for device in devices]
