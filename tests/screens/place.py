"""The county of the screens: the demo's, somebody with an earlier phone, names as long as they get."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.demo.seed import seed_demo
from server.gateway.desk import NewEntry
from server.opening import open_services
from server.records.names import new_record_id
from server.settings import Settings
from tests.support.county import PASSWORD
from tests.support.entries import CentreInTest, ago, lead_body, order_body, station_body

FILE = "place.json"
LONG_TITLE = (
    "南坦险工下游二百米至三百五十米处黄河大堤外侧坝坡被连片开垦种植玉米高粱等高秆作物并搭建看护棚"
    "影响行洪和巡堤查险请尽快核实处理"
)[:60]
LONG_ENGLISH = "Embankment Reinforcement Counterproductive Misappropriation!"[:60]
LONG_STATION = (
    "祝阿镇人民政府与齐河县人民检察院共建公益诉讼检察听证与社会服务联动示范站第一分站"
    "（原乡镇综合文化站旧址东侧二楼会议室）"
)[:60]
LONG_NAME = "阿卜杜热西提·买买提伊力·努尔麦麦提江"
ANSWER = "已会同河务局现场核实，责令七日内清除作物并恢复坝坡。感谢您的报告。"
RETURNED = "请补一张能看到桩号的照片，再说明这片地是谁在种。"


@dataclass(frozen=True, slots=True)
class Place:
    """Who signs in where; `both` records on a phone, `newcomer` has no order and no record yet."""

    login: str
    prosecutor: str
    both: str
    newcomer: str
    long_named: str
    station: str
    answered: str
    returned: str
    long_title: str
    primary: str
    refused: str


def make_place(data: Path) -> Place:
    """Fill an empty data folder; what stands in it is kept as a file beside it."""
    services = open_services(Settings(data=data), is_worker=True)
    try:
        seed_demo(services, leads=40, sessions=(1, 2))
        found = _people_and_records(CentreInTest(services))
    finally:
        services.couch.close()
    (data / FILE).write_text(json.dumps(asdict(found)))
    return found


def _people_and_records(centre: CentreInTest) -> Place:
    directory = centre.services.directory
    officer = directory.add_member("徐建国", login="officer", password=PASSWORD).id
    people = {name: directory.add_member(full).id for name, full in _NAMES.items()}
    for member in people.values():
        for role in ("volunteer", "participant"):
            directory.add_grant(member, role, "self", ago(days=400))
    stations = [new_record_id("station") for _ in range(2)]
    for role, scope in (
        ("intake_clerk", "county"),
        ("prosecutor", "county"),
        ("security_officer", "county"),
        ("supervisor", f"station:{stations[0].partition(':')[2]}"),
    ):
        directory.add_grant(officer, role, scope, ago(days=400))
    _catalog(centre, people, stations)
    records = _earlier_phone(centre, people["both"]) | _long_names(centre, people["long_named"], stations)
    records |= _seen_by_three(centre)
    return Place(login="officer", prosecutor=officer, **people, station=stations[0], **records)


_NAMES = {"both": "林晓梅", "newcomer": "周明", "long_named": LONG_NAME}


def _catalog(centre: CentreInTest, people: dict[str, str], stations: list[str]) -> None:
    """Stations, one with the longest name, and orders that run now."""
    today = datetime.now(UTC).date()
    for number, (station, name) in enumerate(
        zip(stations, ("祝阿镇公益服务站", LONG_STATION), strict=True), start=1
    ):
        body = station_body(name=name, code=f"ZA-0{number}")
        centre.services.desk.append_many([_system("station", body, station)])
    dates = {"start_on": str(today - timedelta(days=3)), "due_on": str(today + timedelta(days=25))}
    orders = [
        order_body(people["both"], stations[:1], **dates),
        order_body(people["long_named"], stations, display_code="乙-02", order_no="长" * 40, **dates),
    ]
    centre.services.desk.append_many(
        [_system("service_order", order, new_record_id("service_order")) for order in orders]
    )
    centre.work()


def _system(record_type: str, body: dict[str, object], record: str) -> NewEntry:
    return NewEntry(type=record_type, body=body, author="system", role="system", record_id=record)


def _earlier_phone(centre: CentreInTest, member: str) -> dict[str, str]:
    """Two leads of the member that central has worked on."""
    phone = centre.phone(member)
    titles = {"answered": "坝坡被开垦种植玉米", "returned": "河道内堆放建筑垃圾"}
    leads = {
        name: phone.lead(title=title, at=ago(days=6 - n), observed_at=_moment(ago(days=6 - n, hours=1)))
        for n, (name, title) in enumerate(titles.items())
    }
    for n, lead in enumerate(leads.values()):
        centre.send({**lead, "received_at": _moment(ago(days=6 - n))})
    centre.work()
    for name, action, to, fields in (
        ("answered", "register", "registered", {}),
        ("answered", "answer", "answered", {"answer": ANSWER}),
        ("returned", "return", "returned", {"note": RETURNED}),
    ):
        centre.step(leads[name]["entry"]["id"], action, to=to, fields=fields)
        centre.work()
    return {name: lead["entry"]["id"] for name, lead in leads.items()}


def _long_names(centre: CentreInTest, member: str, stations: list[str]) -> dict[str, str]:
    """Leads with titles as long as they may be, and one in a role that may not."""
    phone = centre.phone(member)
    at = ago(days=30)
    long_lead = phone.lead(
        at=at,
        observed_at=_moment(at),
        title=LONG_TITLE,
        place_text="黄河大堤桩号98+300附近" * 10,
        urgency="urgent",
    )
    english = phone.lead(
        at=at, observed_at=_moment(at), title=LONG_ENGLISH, description="Uncharacteristically " * 20
    )
    refused = phone.write(new_record_id("lead"), "participant", lead_body(title=LONG_TITLE))
    centre.send(*({**document, "received_at": _moment(at)} for document in (long_lead, english)), refused)
    centre.work()
    entry = refused["entry"]
    return {
        "long_title": long_lead["entry"]["id"],
        "refused": f"entry:{entry['device']}:{entry['entry']:010d}",
    }


def _seen_by_three(centre: CentreInTest) -> dict[str, str]:
    """Three volunteers saw the same: one lead is merged into the first, the other is still beside it."""
    at = ago(days=2)
    seen = [
        centre.phone().lead(at=at + timedelta(hours=n), title=LONG_TITLE, place_text="网格073" * 20)
        for n in range(3)
    ]
    centre.send(*seen)
    centre.work()
    first, second, _third = (each["entry"]["id"] for each in seen)
    fields = {"primary_lead": first, "merged_from": "received", "is_merged": True}
    centre.step(second, "merge_into", to="merged_into", fields=fields, reason="同一处坝坡")
    centre.work()
    return {"primary": first}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
