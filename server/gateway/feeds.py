"""Names of feeds: the audience, then the epoch; and which of them a device is granted now."""

from __future__ import annotations

from server.identity.devices import Device
from server.services import Services


def feed_database(audience: str, epoch: str) -> str:
    return f"{audience}-{epoch}"


def granted_feeds(services: Services, device: Device) -> set[str]:
    """Return the databases of this epoch that the device may read now, whether they exist yet or not."""
    epoch = services.epoch
    return {feed_database(audience, epoch) for audience in services.directory.device_audiences(device)}
