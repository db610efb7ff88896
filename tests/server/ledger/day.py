"""A station's day on a real centre: signed entries of phone and tablet in, the participant's feed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from server.gateway.append import append_rows
from server.gateway.desk import NewEntry
from server.identity.beacon import beacon_statement
from server.ingest import Ingest
from server.ledger import LedgerProjection, SystemWriter
from server.messages import text
from server.publish import Publish
from server.readmodel import Projection
from server.readmodel.service_queries import computed_sessions
from server.records.canonical import canonical, sha256_hex
from server.records.names import new_record_id
from server.worker import settle
from tests.support.entries import CentreInTest, FieldDevice, order_body, station_body

ZONE = ZoneInfo("Asia/Shanghai")
YESTERDAY = datetime.now(ZONE).date() - timedelta(days=1)


def moment(clock: str, day: date | None = None) -> datetime:
    return datetime.combine(day or YESTERDAY, time.fromisoformat(clock), ZONE)


def said(line: Mapping[str, Any]) -> str:
    params = {name: said(each) if isinstance(each, dict) else each for name, each in line["params"].items()}
    return text(line["key"], "zh", **params)


class Day:
    """A station, its tablet, and a participant with a phone and an order."""

    def __init__(self, centre: CentreInTest, *, level: str = "L1", **order: Any) -> None:
        self.centre = centre
        self.phone = centre.phone()
        self.station = centre.desk("station", station_body(open_hours="08:00-18:00")).id
        body = order_body(self.phone.member, [self.station], verify_level=level, **order)
        self.order = centre.desk("service_order", body).id
        self.tablet = self._tablet()
        self.unsent: list[Any] | None = None
        """While both devices are offline: what they have written."""

    def _tablet(self) -> FieldDevice:
        directory, scope = self.centre.services.directory, f"station:{self.station.partition(':')[2]}"
        supervisor = self.centre.member(("supervisor", scope))
        found = self.centre.phone(self.centre.member())
        device = directory.device_at_once(found.device)
        assert device is not None
        tablet = replace(device, id=device.id[:-6] + "000000", kind="tablet")
        directory.register_devices([tablet])
        directory.add_grant(tablet.id, "supervisor", scope, moment("00:00") - timedelta(days=90))
        found.device = found.log.device = tablet.id
        found.log.author = supervisor
        return found

    def event(
        self,
        device: FieldDevice,
        kind: str,
        clock: str,
        *,
        day: date | None = None,
        ahead_s: int = 0,
        beacon: str | None = None,
        parts: Any = None,
        is_forged: bool = False,
        **members: Any,
    ) -> dict[str, Any]:
        """Write an event and send it; who acts follows from the device, whose clock may be ahead.

        A forged one is refused until a person admits it.
        """
        role = "supervisor" if device is self.tablet else "participant"
        body = {"kind": kind, "order": self.order, "station": self.station, "station_version": 1, **members}
        document = device.write(
            new_record_id("check_event"),
            role,
            body,
            at=moment(clock, day) + timedelta(seconds=ahead_s),
            clock={**self._heard(beacon, clock), "skew_ms": ahead_s * 1000},
            parts=parts,
        )
        if is_forged:
            document["entry"]["sig"] = "A" * 86
        if self.unsent is None:
            self.send(document)
        else:
            self.unsent.append(document)
        return document["entry"]

    def _heard(self, beacon: str | None, clock: str) -> dict[str, Any]:
        """What an entry says of the device's last word from the server, if it had one that day."""
        if beacon is None:
            return {"beacon": None, "since_ms": None}
        services, at = self.centre.services, moment(beacon)
        since_ms = int((moment(clock) - at).total_seconds() * 1000)
        said = canonical(beacon_statement(services.key_ring, at, services.epoch))
        return {"beacon": sha256_hex(said), "since_ms": since_ms}

    def send(self, *documents: Mapping[str, Any]) -> None:
        """Let the door take what a device has written."""
        logs = self.centre.services.couch.ensure("logs")
        for document in documents:
            row = {name: document[name] for name in ("_id", "entry", "parts")}
            body = orjson.dumps({"docs": [row]})
            (answer,) = append_rows(logs, document["entry"]["device"], [row], body)
            assert answer.get("ok"), answer

    def admit(self, entry: Mapping[str, Any], verdict: str = "admitted") -> None:
        """Let a person decide on an entry that was refused."""
        self.centre.work()
        self.centre.admit({"entry": entry}, verdict)
        self.centre.work()

    def served(self) -> dict[str, Any]:
        """14:05 to 17:32 with a break of forty minutes, confirmed by the tablet."""
        came = self.event(self.phone, "in", "14:05")
        self.event(self.phone, "break_start", "15:00")
        self.event(self.phone, "break_end", "15:40")
        self.event(self.phone, "out", "17:32")
        self.event(self.tablet, "sup_confirm", "17:40", about=came["hash"][:6], rating=5)
        return came

    def own(self, kind: str, clock: str, **members: Any) -> dict[str, Any]:
        return self.event(self.phone, kind, clock, **members)

    def seen(self, kind: str, clock: str, **members: Any) -> dict[str, Any]:
        """What the station's tablet records."""
        return self.event(self.tablet, kind, clock, **members)

    def desk(self, kind: str, **members: Any) -> None:
        """What a person of the township writes at the console."""
        body = {"kind": kind, "order": self.order, "station": self.station, "station_version": 1, **members}
        author = self.centre.member(("township_staff", "county"))
        self.centre.desk("check_event", body, author=author, role="township_staff")

    def sheet(self, number: str) -> str:
        """A blank sheet of paper that the township gave to the station."""
        author = self.centre.member(("township_staff", "county"))
        body = {"number": number, "station": self.station, "lines": 20}
        return self.centre.desk("blank_sheet", body, author=author, role="township_staff").id

    def sessions(self, *, now: datetime | None = None) -> list[Any]:
        """What the participant reads: state, minutes and words of each session."""
        return [
            (
                each["state"],
                each["reported_min"],
                each["credited_min"],
                [said(line) for line in each["lines"]],
            )
            for each in self.read(now=now)["sessions"]
        ]

    def computed(self, *, now: datetime | None = None) -> list[Mapping[str, Any]]:
        """What boards read of the order's sessions."""
        self.read(now=now)
        rows = computed_sessions(self.centre.services.readmodel)
        return [row for row in rows if row["order"] == self.order]

    def flags(self, *, now: datetime | None = None) -> set[str]:
        """What boards show as doubtful."""
        return {flag["code"] for row in self.computed(now=now) for flag in row["flags"]}

    def session_record(self, event: Mapping[str, Any]) -> str:
        """The record that the machine wrote of the session that this event opened."""
        (session,) = [each for each in self.read()["sessions"] if each["id"] == f"session:{event['id']}"]
        assert session["record"] is not None
        return str(session["record"])

    def step(
        self,
        record: str,
        action: str,
        role: str,
        *,
        author: str | None = None,
        at: datetime | None = None,
        **members: Any,
    ) -> None:
        """Take a step on the record as it stands."""
        row = self.centre.services.readmodel.record(record)
        assert row is not None
        body = {"record": record, "base": list(row.state.heads), "action": action, "fields": {}, **members}
        if role == "participant":
            self.send(self.phone.write(new_record_id("step"), role, body))
            self.centre.work()
            return
        by = author or ("system" if role == "system" else self.centre.member((role, "county")))
        said_at = {"at": at.isoformat()} if at else {}
        entry = NewEntry(type="step", body=body, author=by, role=role, **said_at)
        self.centre.services.desk.append_many([entry])
        self.centre.work()

    def work_at(self, now: datetime) -> None:
        """Let the worker run as if it were then."""
        services = self.centre.services
        ledger = LedgerProjection(services, now=lambda: now)
        writer, publish = SystemWriter(services, ledger), Publish(services, now=lambda: now)
        settle([Ingest(services).run_once, Projection(services).run_once, ledger.run_once, writer.run_once,
                publish.run_once])  # fmt: skip

    def read(self, *, now: datetime | None = None) -> Mapping[str, Any]:
        """What the participant's phone holds of the order's ledger."""
        if now is None:
            self.centre.work()
        else:
            self.work_at(now)
        ledger: Mapping[str, Any] = self.centre.member_feed(self.phone.member)[self.order]["ledger"]
        return ledger
