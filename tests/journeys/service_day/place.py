"""The county of the day: one station with its tablet, three orders, who decides; ids are literal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from server.gateway.desk import NewEntry
from server.identity.members import NewMember
from server.services import Services
from server.settings import Settings
from tests.journeys.service_day.moments import ZONE
from tests.support.console_rig import VERIFIER
from tests.support.entries import TOWNSHIP, order_body, station_body

SINCE = datetime(2026, 1, 1, tzinfo=ZONE)
STATION = "station:01kk0000000000000000000stn"
SHEET = "ZA-0007"
CODES = {"jia": "甲-01", "yi": "乙-02", "bing": "丙-03"}
ORDERS = {name: f"service_order:01kk0000000000000000000{n}rd" for n, name in enumerate(CODES)}
PEOPLE = {name: f"m01kk00000000000000000000{n:02}" for n, name in enumerate(CODES, start=1)}
ZHAO, QIAN = "m01kk0000000000000000000011", "m01kk0000000000000000000012"
STAFF = {
    "clerk": ("m01kk0000000000000000000021", "intake_clerk", "county"),
    "township": ("m01kk0000000000000000000022", "township_staff", f"township:{TOWNSHIP}"),
    "prosecutor": ("m01kk0000000000000000000023", "prosecutor", "county"),
    "third": ("m01kk0000000000000000000024", "prosecutor", "county"),
}


def settings_of(data: Path, **more: Any) -> Settings:
    """Return the settings of every centre here: with one secret, ids and keyed draws are always the same."""
    return Settings(data=data, secret_key="5e" * 32, **more)


def set_up(services: Services) -> None:
    """Enter people, station, sheet and orders as the office did before the day."""
    directory = services.directory
    directory.add_members([NewMember(name=f"参与人{code}", member_id=PEOPLE[n]) for n, code in CODES.items()])
    for member, name in ((ZHAO, "赵督导"), (QIAN, "钱督导")):
        directory.add_member(name, member_id=member)
        directory.add_grant(member, "supervisor", STATION, SINCE)
    for login, (member, role, scope) in STAFF.items():
        directory.add_members([NewMember(name=login, login=login, verifier=VERIFIER, member_id=member)])
        directory.add_grant(member, role, scope, SINCE)
    for member in PEOPLE.values():
        directory.add_grant(member, "participant", "self", SINCE)
    services.desk.append_many([_station(), *map(_order, CODES), _sheet()])


def _station() -> NewEntry:
    body = station_body(open_hours="08:00-18:00", opens_at="08:00", closes_at="18:00")
    return NewEntry(type="station", record_id=STATION, body=body, author="system", role="system")


def _order(name: str) -> NewEntry:
    days = {"start_on": "2026-03-02", "due_on": "2026-04-20"}
    names = {"order_no": f"QH-GY-2026-{CODES[name]}", "display_code": CODES[name]}
    body = order_body(PEOPLE[name], [STATION], **names, **days)
    return NewEntry(type="service_order", record_id=ORDERS[name], body=body, author="system", role="system")


def _sheet() -> NewEntry:
    body = {"number": SHEET, "station": STATION, "lines": 20}
    member, role, _scope = STAFF["township"]
    return NewEntry(type="blank_sheet", body=body, author=member, role=role)
