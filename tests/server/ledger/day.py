"""A station's day on a real centre: signed entries of phone and tablet in, the participant's feed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.messages import text
from server.readmodel.service_queries import computed_sessions
from server.records.names import new_record_id
from tests.support.entries import CentreInTest, FieldDevice, order_body, station_body

ZONE = ZoneInfo("Asia/Shanghai")
YESTERDAY = datetime.now(ZONE).date() - timedelta(days=1)


def moment(clock: str) -> datetime:
    return datetime.combine(YESTERDAY, time.fromisoformat(clock), ZONE)


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
        ahead_s: int = 0,
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
            at=moment(clock) + timedelta(seconds=ahead_s),
            clock={"beacon": None, "since_ms": None, "skew_ms": ahead_s * 1000},
            parts=parts,
        )
        if is_forged:
            document["entry"]["sig"] = "A" * 86
        if self.unsent is None:
            self.centre.send(document)
        else:
            self.unsent.append(document)
        return document["entry"]

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

    def sessions(self) -> list[Any]:
        """What the participant reads: state, minutes and words of each session."""
        return [
            (
                each["state"],
                each["reported_min"],
                each["credited_min"],
                [said(line) for line in each["lines"]],
            )
            for each in self.read()["sessions"]
        ]

    def computed(self) -> list[Mapping[str, Any]]:
        """What boards read of the order's sessions."""
        self.read()
        rows = computed_sessions(self.centre.services.readmodel)
        return [row for row in rows if row["order"] == self.order]

    def flags(self) -> set[str]:
        """What boards show as doubtful."""
        return {flag["code"] for row in self.computed() for flag in row["flags"]}

    def session_record(self, event: Mapping[str, Any]) -> str:
        """The record that the machine wrote of the session that this event opened."""
        (session,) = [each for each in self.read()["sessions"] if each["id"] == f"session:{event['id']}"]
        assert session["record"] is not None
        return str(session["record"])

    def step(self, record: str, action: str, role: str, **members: Any) -> None:
        row = self.centre.services.readmodel.record(record)
        assert row is not None
        body = {"record": record, "base": list(row.state.heads), "action": action, "fields": {}, **members}
        author = "system" if role == "system" else self.centre.member((role, "county"))
        if role == "participant":
            self.centre.send(self.phone.write(new_record_id("step"), role, body))
        else:
            self.centre.desk("step", body, author=author, role=role)
        self.centre.work()

    def read(self) -> Mapping[str, Any]:
        """What the participant's phone holds of the order's ledger."""
        self.centre.work()
        ledger: Mapping[str, Any] = self.centre.member_feed(self.phone.member)[self.order]["ledger"]
        return ledger
