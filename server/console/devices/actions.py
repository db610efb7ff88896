"""What a user can do with devices: look, make an enrolment code, revoke."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.console.form import Form
from server.console.layout.words import now, t
from server.console.listing import PAGE_ROWS, ListView, Page
from server.console.look import NEEDS_YOU, SETTLED, Look
from server.console.permissions import Permission, may
from server.console.viewer import Viewer
from server.identity.devices import Device
from server.identity.enrolment import EnrolmentCode
from server.identity.instants import instant
from server.identity.tablets import revoke_device, station_ever
from server.readmodel.device_queries import DeviceWork, device_work
from server.services import current

STATES = ("active", "silent", "revoked")


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device as the list shows it; `holder` is empty for who may not see names."""

    device: Device
    holder: str
    state: str
    work: DeviceWork
    station: str | None = None
    """Of a tablet, which is its station's and nobody's."""

    @property
    def look(self) -> Look:
        icon, tone = {
            "active": ("circle-check", SETTLED),
            "silent": ("clock", NEEDS_YOU),
            "revoked": ("ban", ""),
        }[self.state]
        return Look(t(f"console.devices.state.{self.state}"), icon, tone)


def state_of(device: Device) -> str:
    """Return active, silent (unheard of for longer than the setting) or revoked."""
    if device.is_revoked:
        return "revoked"
    silent_since = instant(now() - timedelta(hours=current().settings.silent_after_h))
    heard_at = device.last_contact_at or device.enrolled_at
    return "silent" if heard_at < silent_since else "active"


def find_page(view: ListView, viewer: Viewer) -> Page[DeviceView]:
    """Return the devices that fit the filters, the latest contact first unless asked otherwise."""
    found = [device for device in _devices() if _fits(device, view, viewer)]
    found.sort(key=_sort_key(view.sort), reverse=view.is_descending)
    shown = found[view.offset : view.offset + PAGE_ROWS]
    return Page([_view(device, viewer) for device in shown], len(found), view.page)


def count_silent() -> int:
    """Return how many devices have been unheard of for longer than the setting."""
    return sum(state_of(device) == "silent" for device in _devices())


def find(device_id: str, viewer: Viewer) -> DeviceView | None:
    """Return one device, revoked ones too; None when unknown."""
    device = current().directory.device(device_id)
    return _view(device, viewer) if device and device.kind != "desk" else None


def make_code(form: Form, viewer: Viewer) -> EnrolmentCode | None:
    """Make a one-time code for a member; None, with the reason in the form, when there is no such member."""
    services = current()
    member = services.directory.member(form["member"])
    if member is None or not member.is_active:
        form.errors["member"] = t("console.devices.no_such_member")
        return None
    replaces = form["replaces"] or None
    if replaces and not _is_phone_of(replaces, member.id):
        form.errors["replaces"] = t("console.devices.not_theirs")
        return None
    enrolment = services.enrolment
    code = services.run_blocking(lambda: enrolment.make_code(member.id, viewer.member, replaces=replaces))
    services.run_blocking(
        lambda: services.audit.append("enrolment_code", actor=viewer.member, about=member.id)
    )
    return code


def revoke(device_id: str, at: datetime, reason: str, viewer: Viewer) -> None:
    """Revoke from that moment on; what the device signs later is kept and refused."""
    services = current()
    services.run_blocking(lambda: revoke_device(services.directory, device_id, at, viewer.member))
    services.run_blocking(
        lambda: services.audit.append(
            "device_revoked", actor=viewer.member, about=device_id, at=instant(at), reason=reason
        )
    )


def members_to_enrol(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the members a code can be made for: id and what the viewer may call them."""
    may_name = may(viewer, Permission.SEE_NAMES)
    active = [member for member in current().directory.members() if member.is_active]
    return [(member.id, member.name if may_name else member.id) for member in active]


def _is_phone_of(device_id: str, member: str) -> bool:
    """A tablet belongs to its station, whoever enrolled it: it is replaced where tablets are."""
    device = current().directory.device(device_id)
    return device is not None and device.kind == "phone" and device.member == member


def _devices() -> list[Device]:
    return [device for device in current().directory.devices() if device.kind != "desk"]


def _view(device: Device, viewer: Viewer) -> DeviceView:
    services = current()
    member = services.directory.member(device.member)
    name = member.name if member and may(viewer, Permission.SEE_NAMES) else ""
    station = station_ever(services.directory, device) if device.kind == "tablet" else None
    if station is not None:
        name = str((services.readmodel.body(station) or {}).get("name", ""))
    work = device_work(services.readmodel, device.id)
    return DeviceView(device, name, state_of(device), work, station)


def _fits(device: Device, view: ListView, viewer: Viewer) -> bool:
    state, words, member = view.filters["state"], view.filters["q"].casefold(), view.filters["member"]
    if (state and state_of(device) != state) or (member and device.member != member):
        return False
    if not words:
        return True
    texts = [device.id, device.member]
    if may(viewer, Permission.SEE_NAMES):
        owner = current().directory.member(device.member)
        texts += [device.label, owner.name if owner else ""]
    return any(words in text.casefold() for text in texts)


def _sort_key(sort: str) -> Callable[[Device], str]:
    if sort == "enrolled":
        return lambda device: device.enrolled_at
    return lambda device: device.last_contact_at or ""
