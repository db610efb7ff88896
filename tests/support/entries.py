"""A centre on real SQLite files, people with grants, and devices that sign real entries into `logs`."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from server.demo.device_log import DeviceLog
from server.gateway.desk import EntryRef
from server.identity.devices import Device
from server.identity.instants import instant
from server.opening import open_services
from server.records.names import new_record_id, new_ulid
from server.records.parts import new_part
from server.records.signing import SigningKey
from server.services import Services
from server.settings import Settings
from server.worker import settle, worker_steps
from sync.peer import Document, Peer

TOWNSHIP = "371425104"
OTHER_TOWNSHIP = "371425105"
APP = "test-build"

LogDocument = dict[str, Any]


def ago(**lapse: float) -> datetime:
    return datetime.now(UTC) - timedelta(**lapse)


def lead_body(**changes: Any) -> dict[str, Any]:
    body = {
        "domain": "ECO",
        "domain_version": 2024,
        "title": "坝坡被开垦种植玉米",
        "description": "黄河大堤外侧坝坡约三亩被开垦种植高秆作物，影响行洪安全。",
        "observed_at": instant(ago(hours=1)),
        "place_text": "网格073，南坦险工下游二百米",
        "township": TOWNSHIP,
        "urgency": "normal",
        "no_photo_reason": "天黑，拍不清",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def station_body(**changes: Any) -> dict[str, Any]:
    body = {
        "code": "ZA-01",
        "name": "祝阿镇公益服务站",
        "host_unit": "祝阿镇人民政府",
        "township": TOWNSHIP,
        "address": "祝阿镇政府东侧",
        "point": {"lat": 36.5672, "lng": 116.7581, "accuracy_m": 5, "datum": "WGS-84"},
        "fence_m": 200,
        "open_hours": "08:30-17:30",
        "capacity": 8,
        "service_types": ["环境整治"],
        "version": 1,
    }
    return {**body, **changes}


def order_body(participant: str, stations: Sequence[str], **changes: Any) -> dict[str, Any]:
    body = {
        "order_no": "QH-GY-2026-018",
        "display_code": "甲-01",
        "participant": participant,
        "required_min": 1800,
        "start_on": "2026-11-01",
        "due_on": "2026-12-20",
        "stations": list(stations),
        "service_types": ["环境整治"],
        "verify_level": "L2",
    }
    return {**body, **changes}


def fix_part() -> dict[str, Any]:
    sample = {
        "lat": 36.5671,
        "lng": 116.758,
        "accuracy_m": 8,
        "altitude": 26.5,
        "at": instant(ago(minutes=1)),
    }
    return new_part({"samples": [sample], "datum": "WGS-84", "spread_m": 2})


def photo(text: bytes = b"photo") -> dict[str, Any]:
    import hashlib

    sha256 = hashlib.sha256(text).hexdigest()
    return {"sha256": sha256, "size": len(text), "type": "image/jpeg", "taken_at": instant(ago(minutes=2))}


@dataclass(slots=True)
class FieldDevice:
    """A phone that is enrolled: `log.documents` are what it has written, sent or not."""

    device: str
    member: str
    key: SigningKey
    log: DeviceLog

    def lead(
        self, record_id: str | None = None, *, at: datetime | None = None, **changes: Any
    ) -> LogDocument:
        return self.write(record_id or new_record_id("lead"), "volunteer", lead_body(**changes), at=at)

    def check_event(self, order: str, station: str, *, at: datetime | None = None) -> LogDocument:
        body = {"kind": "in", "order": order, "station": station, "station_version": 1}
        return self.write(new_record_id("check_event"), "participant", body, at=at, parts={"fix": fix_part()})

    def step(self, record: str, base: Sequence[str], action: str, **members: Any) -> LogDocument:
        body = {"record": record, "base": list(base), "action": action, "fields": {}, **members}
        return self.write(new_record_id("step"), "volunteer", body)

    def write(
        self,
        record_id: str,
        role: str,
        body: Mapping[str, Any],
        *,
        at: datetime | None = None,
        **more: Any,
    ) -> LogDocument:
        return self.log.append(record_id, role=role, at=at or datetime.now(UTC), body=body, **more)


@dataclass(slots=True)
class CentreInTest:
    """The services of a worker, with short ways to do and to see things."""

    services: Services
    people: dict[str, str] = field(default_factory=dict)

    def member(self, *grants: tuple[str, str], since: datetime | None = None) -> str:
        """Add a person with these (role, scope) grants."""
        directory = self.services.directory
        member = directory.add_member("张某").id
        for role, scope in grants:
            directory.add_grant(member, role, scope, since or ago(days=400))
        return member

    def phone(self, member: str | None = None, *, enrolled: datetime | None = None) -> FieldDevice:
        """Enrol a phone, by default of a new volunteer and participant."""
        owner = member or self.member(("volunteer", "self"), ("participant", "self"))
        key = SigningKey.generate()
        device = Device(
            id=f"d{new_ulid()}",
            kind="phone",
            member=owner,
            sign_key=key.public_jwk(),
            agree_key=None,
            enrolled_at=instant(enrolled or ago(days=300)),
        )
        self.services.directory.register_devices([device])
        return FieldDevice(device.id, owner, key, DeviceLog(device.id, owner, key, app=APP))

    def clerk(self) -> str:
        if "clerk" not in self.people:
            self.people["clerk"] = self.member(("intake_clerk", "county"))
        return self.people["clerk"]

    def send(self, *documents: LogDocument) -> None:
        """Put documents into `logs` as the door does."""
        results = self.services.couch.ensure("logs").bulk_docs(documents)
        assert all(result.is_ok for result in results), results

    def work(self) -> None:
        """Run ingest, projection and publish until nothing is left to do."""
        settle(worker_steps(self.services))

    def central(self, doc_id: str) -> Document | None:
        return self.services.couch.ensure("central").get_many([doc_id]).get(doc_id)

    def feed(self, audience: str) -> dict[str, Document]:
        name = f"{audience}-{self.services.epoch}"
        if name not in self.services.couch.names(audience):
            return {}
        rows = self.services.couch.open(name).all_docs(include_docs=True)
        return {row.id: row.doc for row in rows if row.doc is not None}

    def member_feed(self, member: str) -> dict[str, Document]:
        return self.feed(f"member-{self.services.directory.alias('feed', member)}")

    def desk(self, type: str, body: Mapping[str, Any], *, author: str = "system", **more: Any) -> EntryRef:
        role = more.pop("role", "system" if author == "system" else "intake_clerk")
        return self.services.desk.append(type, body, author=author, role=role, **more)

    def step(self, record: str, action: str, *, to: str | None = None, **more: Any) -> EntryRef:
        """Let the clerk take a step on the record as the read model shows it now."""
        row = self.services.readmodel.record(record)
        assert row is not None, record
        members = {"to": to} if to else {}
        body = {"record": record, "base": list(row.state.heads), "action": action, "fields": {}}
        return self.desk("step", {**body, **members, **more}, author=self.clerk())

    def admit(self, document: LogDocument, verdict: str = "admitted") -> EntryRef:
        entry = document["entry"]
        body = {name: entry[name] for name in ("device", "entry", "hash")}
        return self.desk("admission", {**body, "verdict": verdict, "reason": "核实属实"}, author=self.clerk())

    def station_and_order(self, participant: str) -> tuple[str, str]:
        station = self.desk("station", station_body()).id
        return station, self.desk("service_order", order_body(participant, [station])).id


def revisions(peer: Peer) -> dict[str, tuple[str, ...]]:
    """What was written there: another write is another revision, wherever it is read (a seq is not)."""
    return {row.id: row.revs for row in peer.changes(style="all_docs").rows}


@contextmanager
def open_centre(data: Path, **settings: Any) -> Iterator[CentreInTest]:
    services = open_services(Settings(data=data, **settings), is_worker=True)
    try:
        yield CentreInTest(services)
    finally:
        services.readmodel.close()
        services.couch.close()


def opaque(device: str, data: bytes, reason: str, *, log_id: str | None = None) -> LogDocument:
    """The document with which the door keeps bytes that are no entry."""
    from server.gateway.rows import opaque_document, opaque_id

    return opaque_document(log_id or opaque_id(device, data), data, reason)


def forked(document: LogDocument, other: LogDocument) -> LogDocument:
    """What the door keeps of another entry that came second at the place of the first."""
    row = {**other, "_id": document["_id"]}
    return opaque(document["entry"]["device"], orjson.dumps(row), "fork")


def raw_of(doc: Mapping[str, Any]) -> Any:
    return orjson.loads(base64.b64decode(doc["opaque"]["base64"]))
