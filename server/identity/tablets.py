"""Station tablets: shared by several people, trusted with the secret of one station's rotating code.

The secret reaches a tablet sealed to its key, by a signed order; whoever acts at it holds a grant there too.
"""

from __future__ import annotations

from datetime import datetime

from server.identity.devices import Device
from server.identity.directory import Directory
from server.identity.instants import Moment, now
from server.identity.orders import give_order
from server.identity.sealing import sealed_to

ROLE = "supervisor"
SEAL_ABOUT = "liandong station secret"


def station_of(directory: Directory, tablet: Device, at: datetime | None = None) -> str | None:
    """Return the station that a tablet is granted now; None when its grant has ended."""
    held = directory.grants_in_force(tablet.id, at)
    return next((grant.scope for grant in held if grant.role == ROLE), None)


def station_ever(directory: Directory, tablet: Device) -> str | None:
    """Return the station that a tablet was enrolled for, whatever became of its grant."""
    return next((grant.scope for grant in directory.grants(tablet.id) if grant.role == ROLE), None)


def tablets_of(directory: Directory, station: str) -> list[Device]:
    """Return the tablets at work for a station, the newest first."""
    return [
        device
        for device in directory.devices()
        if device.kind == "tablet" and not device.is_revoked and station_of(directory, device) == station
    ]


def may_act(directory: Directory, member: str, station: str | None) -> bool:
    """Does this person supervise the station at this moment?"""
    person = directory.member(member)
    return (
        person is not None
        and person.is_active
        and any(grant.role == ROLE and grant.scope == station for grant in directory.grants_in_force(member))
    )


def operators_of(directory: Directory, tablet: Device) -> list[str]:
    """Return who has begun at the tablet and still supervises its station; none at a revoked one."""
    station = None if tablet.is_revoked else station_of(directory, tablet)
    return [member for member in tablet.operators if may_act(directory, member, station)]


def hand_out_secret(directory: Directory, tablet: Device, station: str) -> None:
    """Order the tablet to use the station's secret of now; sealed, so that the order gives nothing away."""
    assert tablet.agree_key is not None, "only the desk has no agreement key"
    secret = directory.station_secrets.current(station)
    about = f"{SEAL_ABOUT}\0{tablet.id}\0{station}\0{secret.number}"
    sealed = sealed_to(tablet.agree_key, secret.key, about=about)
    says = {"station": station, "number": secret.number, "sealed": sealed}
    give_order(directory, tablet.id, "new_secret", says=says)


def replace_secret(directory: Directory, station: str, lost_at: Moment, by: str) -> int:
    """Give a station a new secret, and send it to its tablets; return its number."""
    secret = directory.station_secrets.replace(station, lost_at, by)
    for tablet in tablets_of(directory, station):
        hand_out_secret(directory, tablet, station)
    return secret.number


def revoke_device(directory: Directory, device_id: str, at: Moment, by: str) -> None:
    """Revoke a device from this moment on; with a tablet the secret that it holds is lost."""
    device = directory.device_at_once(device_id)
    directory.revoke_device(device_id, at, by)
    if device is None or device.kind != "tablet" or device.is_revoked:
        return
    stations = {grant.scope for grant in directory.grants(device_id) if grant.role == ROLE}
    for station in sorted(stations):
        replace_secret(directory, station, at, by)


def reset_pin(directory: Directory, tablet: Device, member: str) -> None:
    """Order the tablet to forget a person's PIN; they begin again by a new code."""
    give_order(directory, tablet.id, "reset_pin", at=now(), says={"member": member})
