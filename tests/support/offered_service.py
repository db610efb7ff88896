"""An order that is offered to somebody, with what is to be read and signed, entered at a running server."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.gateway.desk import NewEntry
from server.opening import open_services
from server.records.names import new_record_id
from server.services import Services
from server.settings import Settings
from tests.support.entries import TOWNSHIP, ago, order_body, station_body

PATIENCE_S = 60.0
SCORES = {
    "attendance": 95,
    "attitude": 90,
    "work_quality": 88,
    "rule_keeping": 92,
    "grade": "qualified",
    "station_comment": "按时到场，做事认真，和大家相处融洽。",
}
ACCEPTED = {"evidence_hash": "c" * 64, "total": 91, "weights": "出勤 30，态度 20，质量 30，守纪 20"}
WORDS = {
    "notice": (
        "公益服务告知书",
        "参加公益服务完全自愿，不参加不影响对案件的依法处理。随时可以退出，不用说明理由。",
    ),
    "pledge": (
        "自愿参加承诺书",
        "本人已阅读告知书，自愿参加公益服务，知道随时可以退出，且不会因此受到不利对待。",
    ),
    "read_back": (
        "评定回读确认书",
        "本人已阅读对公益服务的评定。签名表示已看过，不表示同意，期限内仍可提出异议。",
    ),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """Ids of what was entered."""

    member: str
    station: str
    order: str
    prosecutor: str


def offer_service(
    data: Path, prosecutor: str, *, station_name: str = "祝阿镇公益服务站", **changes: Any
) -> Offered:
    """Register a participant and offer an order; `changes` are of the order's body."""
    services = open_services(Settings(data=data))
    try:
        member = services.directory.add_member("林晓梅").id
        services.directory.add_grant(member, "participant", "self", ago(days=1))
        found = Offered(member, new_record_id("station"), new_record_id("service_order"), prosecutor)
        station = station_body(
            name=station_name, code="ZA-09", open_hours="全天", opens_at="00:00", closes_at="24:00"
        )
        _append(services, "station", station, "system", record_id=found.station)
        for kind, (title, words) in WORDS.items():
            paper = {"kind": kind, "version": 1, "title": title, "text": words, "valid_from": "2026-01-01"}
            _append(services, "notice", paper, "system")
        _offer(services, found, changes)
    finally:
        services.couch.close()
    return found


def _offer(services: Services, found: Offered, changes: dict[str, Any]) -> None:
    today = datetime.now(UTC).date()
    body = order_body(
        found.member,
        [found.station],
        **{
            "case_no": "齐检刑诉〔2026〕18号",
            "prosecutor": found.prosecutor,
            "charge_code": "危险驾驶",
            "daily_cap_min": 360,
            "weekly_cap_min": 1200,
            "start_on": str(today - timedelta(days=1)),
            "due_on": str(today + timedelta(days=20)),
            **changes,
        },
    )
    entry = NewEntry(
        type="service_order",
        body=body,
        author=found.prosecutor,
        role="prosecutor",
        record_id=found.order,
        schema=2,
    )
    (drafted,) = services.desk.append_many([entry])
    fields = {
        "stage": "investigation",
        "due_on": body["due_on"],
        "notice_document": "告知书第1版",
        "notice_served_on": str(today),
    }
    _step(services, found, "offer", "offered", fields, base=[drafted.hash])


def take_step(data: Path, found: Offered, action: str, to: str, **fields: Any) -> None:
    """Let the prosecutor act on the order as it stands now."""
    services = open_services(Settings(data=data))
    try:
        row = services.readmodel.record(found.order)
        assert row is not None, found.order
        _step(services, found, action, to, fields, base=list(row.state.heads))
    finally:
        services.readmodel.close()
        services.couch.close()


def evaluate(data: Path, found: Offered) -> str:
    """Let station, township and prosecutor evaluate the service; return the evaluation's id."""
    services = open_services(Settings(data=data))
    try:
        evaluator = services.directory.add_member("赵督导").id
        station = f"station:{found.station.partition(':')[2]}"
        services.directory.add_grant(evaluator, "supervisor", station, ago(days=1))
        reviewer = services.directory.add_member("钱镇办").id  # whoever submits does not review
        services.directory.add_grant(reviewer, "township_staff", f"township:{TOWNSHIP}", ago(days=1))
        record = new_record_id("evaluation")
        body = {"order": found.order}
        drafted = _append(services, "evaluation", body, found.prosecutor, role="prosecutor", record_id=record)
        base = drafted
        for author, role, action, to, fields in (
            (evaluator, "supervisor", "submit", "station_submitted", SCORES),
            (reviewer, "township_staff", "review", "township_reviewed", {"township_comment": "情况属实。"}),
            (found.prosecutor, "prosecutor", "accept", "prosecutor_accepted", ACCEPTED),
        ):
            step = {"record": record, "base": [base], "action": action, "to": to, "fields": fields}
            base = _append(services, "step", step, author, role=role)
    finally:
        services.couch.close()
    return record


def draft_evaluation(data: Path, order: str) -> str:
    """Let the machine ask for an order's evaluation, as it does once the hours are met; return its id."""
    services = open_services(Settings(data=data))
    record = new_record_id("evaluation")
    try:
        _append(services, "evaluation", {"order": order}, "system", record_id=record)
    finally:
        services.couch.close()
    return record


def await_state(data: Path, record: str, state: str) -> None:
    """Wait until the centre has folded a record into a state."""
    services = open_services(Settings(data=data))
    deadline = time.monotonic() + PATIENCE_S
    try:
        while (row := services.readmodel.record(record)) is None or row.state.state != state:
            assert time.monotonic() < deadline, (record, row and row.state.state)
            time.sleep(0.1)
    finally:
        services.readmodel.close()
        services.couch.close()


def _step(
    services: Services, found: Offered, action: str, to: str, fields: dict[str, Any], *, base: list[str]
) -> None:
    body = {"record": found.order, "base": base, "action": action, "to": to, "fields": fields}
    _append(services, "step", body, found.prosecutor, role="prosecutor")


def _append(
    services: Services,
    record_type: str,
    body: dict[str, Any],
    author: str,
    *,
    role: str = "system",
    record_id: str | None = None,
) -> str:
    """Enter it and return its hash."""
    entry = NewEntry(type=record_type, body=body, author=author, role=role, record_id=record_id)
    (written,) = services.desk.append_many([entry])
    return written.hash
