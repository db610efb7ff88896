"""What has arrived from one device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.readmodel import ReadModel


@dataclass(frozen=True, slots=True)
class DeviceWork:
    """`through`, `head`, `beyond` as the device's own state tells them; counts are of judged entries."""

    through: int
    head: str | None
    beyond: Sequence[Sequence[int]]
    is_forked: bool
    entries: int
    quarantined: int


def device_work(model: ReadModel, device: str) -> DeviceWork:
    """Return what has arrived from the device and what of it is held or refused."""
    ack = model.log_ack(device)
    entries, quarantined = model.select(
        "SELECT count(*), coalesce(sum(verdict IN ('refused', 'held')), 0) FROM entry WHERE device = ?",
        (device,),
    )[0]
    if ack is None:
        return DeviceWork(0, None, (), False, int(entries), int(quarantined))
    return DeviceWork(ack.through, ack.head, ack.beyond, ack.fork is not None, int(entries), int(quarantined))
