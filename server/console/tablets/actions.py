"""What a user can do with a station's tablets: enrol, let a person begin, reset a PIN, replace the secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.console.codes import word
from server.console.form import Form
from server.console.layout.words import t
from server.console.permissions import Permission, may
from server.console.viewer import Viewer
from server.identity import tablets
from server.identity.devices import Device
from server.identity.enrolment import EnrolmentCode
from server.identity.instants import instant
from server.readmodel.station_queries import StationRow, station_rows
from server.services import current


@dataclass(frozen=True, slots=True)
class Person:
    """A supervisor as the viewer may call them."""

    member: str
    name: str


@dataclass(frozen=True, slots=True)
class TabletView:
    """A tablet, and who has begun at it."""

    device: Device
    operators: list[Person]


@dataclass(frozen=True, slots=True)
class StationTablets:
    """A station with its tablets and the number of the secret in use."""

    row: StationRow
    tablets: list[TabletView]
    secret_number: int

    @property
    def name(self) -> str:
        return str(self.row.body["name"])

    @property
    def township(self) -> str:
        return word("township", str(self.row.body["township"]))


def find_all(viewer: Viewer) -> list[StationTablets]:
    """Return every station of the county, by code: devices are looked after in one place."""
    return [_view(row, viewer) for row in _rows()]


def find(station: str, viewer: Viewer) -> StationTablets | None:
    rows = _rows(station)
    return _view(rows[0], viewer) if rows else None


def supervisors(station: str, viewer: Viewer) -> list[tuple[str, str]]:
    """Return who may act at the station now: id, and what the viewer may call them."""
    directory = current().directory
    members = [m for m in directory.members() if tablets.may_act(directory, m.id, station)]
    return [(member.id, _person(member.id, viewer).name) for member in members]


def make_tablet_code(station: str, replaces: str | None, viewer: Viewer) -> EnrolmentCode:
    """Make the code with which a tablet becomes this station's."""
    services = current()
    enrolment = services.enrolment
    code = services.run_blocking(
        lambda: enrolment.make_tablet_code(station, viewer.member, replaces=replaces)
    )
    _note("tablet_code", viewer, station)
    return code


def make_operator_code(station: str, form: Form, viewer: Viewer) -> EnrolmentCode | None:
    """Make the code with which a person begins; None, the reason in the form, for who may not act there."""
    services, member = current(), form["member"]
    if not tablets.may_act(services.directory, member, station):
        form.errors["member"] = t("console.tablets.not_a_supervisor")
        return None
    enrolment = services.enrolment
    code = services.run_blocking(lambda: enrolment.make_operator_code(member, station, viewer.member))
    _note("operator_code", viewer, member, station=station)
    return code


def replace_secret(station: str, lost_at: datetime, reason: str, viewer: Viewer) -> None:
    """Give the station a new secret: codes of the old one are doubted from the loss on."""
    services = current()
    directory = services.directory
    number = services.run_blocking(lambda: tablets.replace_secret(directory, station, lost_at, viewer.member))
    _note("station_secret_replaced", viewer, station, at=instant(lost_at), reason=reason, number=number)


def reset_pin(tablet: Device, member: str, viewer: Viewer) -> None:
    """Let the tablet forget a person's PIN."""
    services = current()
    services.run_blocking(lambda: tablets.reset_pin(services.directory, tablet, member))
    _note("pin_reset", viewer, member, tablet=tablet.id)


def _note(kind: str, viewer: Viewer, about: str, **params: str | int) -> None:
    services = current()
    services.run_blocking(lambda: services.audit.append(kind, actor=viewer.member, about=about, **params))


def _rows(station: str | None = None) -> list[StationRow]:
    return station_rows(current().readmodel, townships=None, stations=None, station=station)


def _view(row: StationRow, viewer: Viewer) -> StationTablets:
    directory = current().directory
    found = [
        TabletView(device, [_person(each, viewer) for each in tablets.operators_of(directory, device)])
        for device in tablets.tablets_of(directory, row.id)
    ]
    return StationTablets(row, found, directory.station_secrets.current(row.id).number)


def _person(member_id: str, viewer: Viewer) -> Person:
    member = current().directory.member(member_id)
    return Person(member_id, member.name if member and may(viewer, Permission.SEE_NAMES) else member_id)
