"""A small county for tests, made through the desk and the directory as a real one is.

Two field members, a clerk, a prosecutor, a supervisor, one station, one order each, the code tables.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.demo.county import county as demo_county
from server.gateway.desk import NewEntry
from server.opening import open_services
from server.records.names import new_record_id
from server.services import Services
from server.settings import Settings
from server.worker import settle, worker_steps
from tests.support.entries import order_body, station_body

PASSWORD = "dyke-reed-heron-59"
FILE = "county.json"


@dataclass(frozen=True, slots=True)
class TestCounty:
    """Ids of what was made; member `both` is volunteer and participant, `other` likewise."""

    __test__ = False

    clerk: str
    prosecutor: str
    officer: str
    both: str
    other: str
    station: str
    order: str
    other_order: str


def make_county(data: Path, settings: Settings | None = None) -> TestCounty:
    """Fill an empty data folder and leave its description in it."""
    services = open_services(settings or Settings(data=data), is_worker=True)
    try:
        found = _members(services)
        _records(services, found)
        settle(worker_steps(services))
    finally:
        services.couch.close()
    (data / FILE).write_text(json.dumps(asdict(found)))
    return found


def load_county(data: Path) -> TestCounty:
    return TestCounty(**json.loads((data / FILE).read_text()))


def enrolment_code(data: Path, member: str) -> str:
    """Make a one-time code as the console does; the server may be running."""
    services = open_services(Settings(data=data))
    try:
        return services.enrolment.make_code(member, by="system").code
    finally:
        services.couch.close()


def _members(services: Services) -> TestCounty:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    station = new_record_id("station")
    logins = {
        "clerk": ("intake_clerk", "county"),
        "prosecutor": ("prosecutor", "county"),
        "officer": ("security_officer", "county"),
    }
    ids: dict[str, str] = {}
    for login, (role, scope) in logins.items():
        ids[login] = services.directory.add_member(f"{login} 同志", login=login, password=PASSWORD).id
        services.directory.add_grant(ids[login], role, scope, long_ago)
    for name in ("both", "other"):
        ids[name] = services.directory.add_member(f"志愿者 {name}").id
        for role in ("volunteer", "participant"):
            services.directory.add_grant(ids[name], role, "self", long_ago)
    orders = {"order": new_record_id("service_order"), "other_order": new_record_id("service_order")}
    return TestCounty(**ids, station=station, **orders)


def _records(services: Services, found: TestCounty) -> None:
    tables = [_table("domain", demo_county().domains), _table("township", _townships())]
    orders = [
        _order(found, found.order, found.both, "甲-01"),
        _order(found, found.other_order, found.other, "乙-02"),
    ]
    entries = [
        *tables,
        NewEntry(
            type="station", record_id=found.station, body=station_body(), author="system", role="system"
        ),
    ]
    services.desk.append_many([*entries, *orders])


def _table(name: str, codes: list[dict[str, object]]) -> NewEntry:
    body = {"table": name, "version": 2024, "valid_from": "2024-01-01", "codes": codes}
    return NewEntry(type="code_table", body=body, author="system", role="system")


def _townships() -> list[dict[str, object]]:
    return [{"code": t.code, "zh": t.zh, "en": t.en} for t in demo_county().townships]


def _order(found: TestCounty, order: str, participant: str, code: str) -> NewEntry:
    today = datetime.now(UTC).date()
    days = {"start_on": str(today - timedelta(days=3)), "due_on": str(today + timedelta(days=25))}
    names = {"order_no": f"QH-GY-{code}", "display_code": code}
    body = order_body(participant, [found.station], **names, **days)
    return NewEntry(type="service_order", record_id=order, body=body, author="system", role="system")
