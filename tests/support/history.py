"""One small history with everything in it, to be delivered in any order; and what central makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.demo.device_log import DeviceLog
from server.identity.instants import instant
from server.records.names import SYSTEM, new_record_id
from server.records.signing import SigningKey
from tests.support.entries import (
    CentreInTest,
    FieldDevice,
    LogDocument,
    ago,
    forked,
    opaque,
    order_body,
    photo,
    station_body,
)

DESK = "desk-0000000000aa"


@dataclass(slots=True)
class History:
    """`documents` of logs in the order in which they were written."""

    documents: list[LogDocument] = field(default_factory=list)
    lead: str = ""
    admitted: str = ""

    def add(self, document: LogDocument) -> LogDocument:
        received_at = instant(ago(minutes=-len(self.documents) / 100))
        self.documents.append({**document, "received_at": received_at})
        return document


def make_history(centre: CentreInTest) -> History:
    """Station, order, leads, steps of two people, refusals, an admission, a fork, bytes, a photo."""
    history, phone, other = History(), centre.phone(), centre.phone()
    desk = _desk(centre)
    _service(history, desk, phone)
    lead = history.add(phone.lead(media=[photo()]))["entry"]
    history.lead = lead["id"]
    history.add(_arrival(lead))
    register = _clerk_step(centre, history, desk, lead, [lead["hash"]], "register", to="registered")
    note = {"note": "下游又发现一处"}
    history.add(phone.step(lead["id"], [lead["hash"]], "supplement", fields=note))
    answer = {"answer": "已转河务局清除，谢谢。"}
    _clerk_step(centre, history, desk, lead, [register["hash"]], "answer", to="answered", fields=answer)
    _doubtful(centre, history, desk, phone, other)
    return history


def _desk(centre: CentreInTest) -> DeviceLog:
    return DeviceLog(DESK, SYSTEM, centre.services.server_key)  # type: ignore[arg-type]  # it signs likewise


def _service(history: History, desk: DeviceLog, phone: FieldDevice) -> None:
    station, order = new_record_id("station"), new_record_id("service_order")
    history.add(desk.append(station, role=SYSTEM, at=ago(), body=station_body()))
    history.add(desk.append(order, role=SYSTEM, at=ago(), body=order_body(phone.member, [station])))
    history.add(phone.check_event(order, station))


def _clerk_step(
    centre: CentreInTest,
    history: History,
    desk: DeviceLog,
    record: dict[str, Any],
    base: Sequence[str],
    action: str,
    **members: Any,
) -> dict[str, Any]:
    body = {"record": record["id"], "base": list(base), "action": action, "fields": {}, **members}
    return _as_clerk(centre, history, desk, new_record_id("step"), body)


def _as_clerk(
    centre: CentreInTest, history: History, desk: DeviceLog, record_id: str, body: dict[str, Any]
) -> dict[str, Any]:
    desk.author = centre.clerk()
    document = history.add(desk.append(record_id, role="intake_clerk", at=ago(), body=body))
    desk.author = SYSTEM
    entry: dict[str, Any] = document["entry"]
    return entry


def _doubtful(
    centre: CentreInTest, history: History, desk: DeviceLog, phone: FieldDevice, other: FieldDevice
) -> None:
    bad = other.lead()
    bad["entry"]["sig"] = SigningKey.generate().sign(b"other")
    history.add(bad)
    history.admitted = bad["entry"]["id"]
    word = {name: bad["entry"][name] for name in ("device", "entry", "hash")}
    body = {**word, "verdict": "admitted", "reason": "核实属实"}
    _as_clerk(centre, history, desk, new_record_id("admission"), body)
    history.add(other.lead(title=""))
    history.add(other.write(new_record_id("lead"), "volunteer", {"future": True}, schema=9))
    elsewhere = centre.phone(other.member).lead()
    history.add(forked(bad, elsewhere))
    history.add(opaque(other.device, b"\xff", "not_json", log_id=f"{other.device}:0000000004"))


def _arrival(entry: dict[str, Any]) -> LogDocument:
    told = entry["body"]["media"][0]
    members = {name: told[name] for name in ("sha256", "size", "type")}
    return {
        "_id": f"media:{entry['device']}:{entry['entry']:010d}:1",
        **members,
        "state": "verified",
        "received_at": instant(ago()),
    }


def outcome(centre: CentreInTest) -> dict[str, Any]:
    """What central says in the end, without the times at which it came to say it."""
    found: dict[str, Any] = {}
    for row in centre.services.couch.ensure("central").all_docs(include_docs=True):
        assert row.doc is not None
        doc = {name: value for name, value in row.doc.items() if name not in ("_rev", "receipts", "epoch")}
        if "receipts" in row.doc:
            last = row.doc["receipts"][-1]
            doc["standing"] = {name: last.get(name) for name in ("verdict", "reasons", "flags", "number")}
        found[row.id] = doc
    return found


def folded(centre: CentreInTest, record_id: str) -> Any:
    row = centre.services.readmodel.record(record_id)
    return None if row is None else (row.state, row.number, sorted(step.id for step in row.steps))


def begin_again(centre: CentreInTest) -> None:
    """Empty logs and central, in a new life, with the same people and devices."""
    for name in ("logs", "central"):
        centre.services.couch.ensure(name)
        centre.services.couch.delete(name)
        centre.services.couch.ensure(name)
    centre.services.couch.change_epoch()
