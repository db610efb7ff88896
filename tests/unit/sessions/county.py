"""A county for tests of the rules on sessions: facts in few words, "14:05" being of Monday 23 November 2026.

"24 14:05" is another day of that month. One participant with an order at level L1 unless the test says more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.records.station_code import StationSecret, code_at
from server.sessions import (
    Assessment,
    Calendar,
    Facts,
    Session,
    SessionSettings,
    Terms,
    assess_county,
    surroundings_of,
    weekdays_only,
)
from server.sessions.facts import (
    Attestation,
    CheckEvent,
    Claim,
    Code,
    DecidedEntry,
    Decision,
    Fix,
    Objection,
    Order,
    OrderChange,
    Photo,
    Point,
    Reading,
    Reassignment,
    Revocation,
    Sample,
    SheetLine,
    Slot,
    StandDown,
    StationVersion,
)

ZONE = ZoneInfo("Asia/Shanghai")
A, B = "station:a", "station:b"
PERSON, OTHER = "m-wang", "m-zhao"
SUPERVISOR, TOWNSHIP, PROSECUTOR = "m-sun", "m-town", "m-pros"
HERE, THERE = Point(36.7340, 116.8420), Point(36.7790, 116.8420)
"""THERE lies 5.0 km north of HERE."""
METRE = 1 / 111_195


def at(text: str) -> datetime:
    """The moment that a test names."""
    day, _, clock = text.rpartition(" ")
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return datetime(2026, 11, int(day or 23), hour, minute, *second, tzinfo=ZONE)


def minute(text: str) -> int:
    return int(at(text).timestamp() // 60)


def secret_of(station: str) -> bytes:
    return station.encode()


def secrets_of(station: str) -> tuple[StationSecret, ...]:
    return (StationSecret(1, secret_of(station)),)


def code(text: str, station: str = A, *, typed: str | None = None) -> Code:
    """What the station showed at one time, typed at that time or another."""
    return Code(code_at(secret_of(station), at(text)), at(typed or text))


def fix(
    text: str,
    *,
    north_m: float = 0,
    point: Point = HERE,
    accuracy_m: float = 10,
    jitter_m: float = 2,
    datum: str = "WGS-84",
    altitude: float | None = 24.0,
) -> Fix:
    """Three samples so far north of a point."""
    lat = point.lat + north_m * METRE
    samples = tuple(
        Sample(
            lat + n * jitter_m * METRE,
            point.lng,
            accuracy_m + n,
            altitude,
            at(text) - timedelta(seconds=4 * n),
        )
        for n in range(3)
    )
    return Fix(samples, datum, 2 * jitter_m)


class County:
    """Collects facts; `assessment()` hands them to the rules."""

    def __init__(
        self, *, level: str = "L1", hours: tuple[int, int] | None = (480, 1080), **order: Any
    ) -> None:
        self.level = level
        self.orders: list[Order] = []
        self.events: list[CheckEvent] = []
        self.others: dict[str, list[Any]] = {}
        self.order = self.add_order(PERSON, **order)
        self.stations = [
            StationVersion(
                station=A, version=1, point=HERE, fence_m=200, valid_from=at("1 00:00"), hours=hours
            ),
            StationVersion(
                station=B, version=1, point=THERE, fence_m=200, valid_from=at("1 00:00"), hours=hours
            ),
        ]

    def add_order(self, participant: str, **members: Any) -> str:
        defaults: dict[str, Any] = {
            "id": f"order:{participant}" if not members.get("id") else members["id"],
            "participant": participant,
            "required_min": 1800,
            "start_on": date(2026, 11, 1),
            "due_on": date(2026, 12, 20),
            "verify_level": self.level,
        }
        self.orders.append(Order(**{**defaults, **members}))
        return self.orders[-1].id

    def event(self, kind: str, text: str, **members: Any) -> CheckEvent:
        """An event whose device's clock is right, received a minute later."""
        number = len(self.events) + 1
        defaults: dict[str, Any] = {
            "id": f"e{number:02}",
            "hash": f"{number:02x}" * 32,
            "device": "phone",
            "entry": 0,
            "author": PERSON,
            "role": "participant",
            "kind": kind,
            "order": self.order,
            "station": A,
            "station_version": 1,
            "at": at(text),
            "received_at": at(text) + timedelta(minutes=1),
        }
        self.events.append(CheckEvent(**{**defaults, **members}))
        return self.events[-1]

    def own(self, kind: str, text: str, **members: Any) -> CheckEvent:
        return self.event(kind, text, **members)

    def staff(self, kind: str, text: str, **members: Any) -> CheckEvent:
        tablet = {"device": "tablet", "author": SUPERVISOR, "role": "supervisor", "is_shared_device": True}
        return self.event(kind, text, **{**tablet, **members})

    def late_entry(self, text: str, came: str, went: str, **members: Any) -> CheckEvent:
        words = {"reason": "手机没电", "witness": "站点老周", "claim": Claim(at(came), at(went))}
        who = {"device": "desk", "author": TOWNSHIP, "role": "township_staff"}
        return self.event("late_entry", text, **{**who, **words, **members})

    def sheet_line(
        self, text: str, came: str, went: str, *, by: str, line: int = 1, **members: Any
    ) -> CheckEvent:
        paper = {
            "sheet": SheetLine("S-007", line),
            "claim": Claim(at(came), at(went)),
            "photos": (Photo("scan", "verified"),),
        }
        return self.staff("sheet_line", text, **{"author": by, **paper, **members})

    def served(self, came: str, went: str, **members: Any) -> None:
        """A confirmed session: the participant's check-in and check-out, and the supervisor's word."""
        self.confirm(self.own("in", came, **members), went)
        self.own("out", went, **members)

    def confirm(self, event: CheckEvent, text: str, **members: Any) -> Attestation:
        return self.word(
            "confirm",
            text,
            **{"about": event.hash, "order": event.order, "station": event.station, **members},
        )

    def deny(self, event: CheckEvent, text: str, **members: Any) -> Attestation:
        return self.word(
            "deny", text, **{"about": event.hash, "order": event.order, "station": event.station, **members}
        )

    def word(self, kind: str, text: str, **members: Any) -> Attestation:
        defaults = {"kind": kind, "by": SUPERVISOR, "role": "supervisor", "at": at(text), "order": self.order}
        return self.add("attestations", Attestation, **{**defaults, "station": A, "about": None, **members})

    def decide(self, event: CheckEvent, minutes: int, **members: Any) -> Decision:
        """A prosecutor's word on the session of an event."""
        entries = (DecidedEntry("credit", minutes, "reported", "2026.1"),)
        defaults = {"event": event.id, "by": PROSECUTOR, "role": "prosecutor", "at": at("25 09:00")}
        return self.add(
            "decisions", Decision, **{**defaults, "verdict": "credited", "entries": entries, **members}
        )

    def object_to(self, decision: Decision, text: str, **members: Any) -> Objection:
        defaults = {"decision": decision.id, "by": PERSON, "at": at(text), "text": "那天我做到了六点"}
        return self.add("objections", Objection, **{**defaults, **members})

    def slot(self, starts: str, ends: str, **members: Any) -> Slot:
        defaults = {"order": self.order, "station": A, "starts_at": at(starts), "ends_at": at(ends)}
        return self.add("slots", Slot, **{**defaults, **members})

    def standdown(self, day: int, **members: Any) -> StandDown:
        defaults = {"station": A, "day": date(2026, 11, day), "by": SUPERVISOR, "role": "supervisor"}
        return self.add("standdowns", StandDown, **{**defaults, "reason": "暴雨", **members})

    def lose(self, device: str, text: str) -> None:
        self.others.setdefault("revocations", []).append(Revocation(device, at(text)))

    def reassign(self, event: CheckEvent, operator: str, **members: Any) -> Reassignment:
        defaults = {"event": event.id, "operator": operator, "by": TOWNSHIP, "role": "township_staff"}
        return self.add("reassignments", Reassignment, **{**defaults, "reason": "用错了 PIN", **members})

    def change(self, why: str, text: str) -> None:
        """The order ends, is suspended, resumed or reopened at a moment of the server."""
        is_open = why in ("resumed", "reopened")
        order = self.orders[0]
        changes = (*order.changes, OrderChange(at(text), is_open, why))
        self.orders[0] = replace(order, changes=changes)

    def add(self, name: str, fact: type, /, **members: Any) -> Any:
        found = self.others.setdefault(name, [])
        found.append(fact(**{"id": f"{name}{len(found) + 1:02}", **members}))
        return found[-1]

    def facts(self) -> Facts:
        others = {name: tuple(rows) for name, rows in self.others.items()}
        return Facts(
            orders=tuple(self.orders),
            stations=tuple(self.stations),
            events=tuple(self._numbered()),
            sheets=frozenset({("S-007", A)}),
            **others,
        )

    def _numbered(self) -> list[CheckEvent]:
        """Entries in the order of their times, unless the test numbers them."""
        in_order = sorted(self.events, key=lambda event: event.at)
        return [replace(event, entry=event.entry or n) for n, event in enumerate(in_order, start=1)]

    def assessments(self, now: str = "29 12:00", **changed: Any) -> dict[str, Assessment]:
        return assessed(self.facts(), now, **changed)

    def assessment(self, now: str = "29 12:00", **changed: Any) -> Assessment:
        return self.assessments(now, **changed)[PERSON]

    def session(self, now: str = "29 12:00", **changed: Any) -> Session:
        """The only session of the only participant."""
        (found,) = self.assessment(now, **changed).sessions
        return found


def assessed(facts: Facts, now: str, **changed: Any) -> dict[str, Assessment]:
    settings = SessionSettings(**changed)
    terms = Terms(settings, Calendar(ZONE, weekdays_only), at(now))
    return assess_county(facts, surroundings_of(facts, settings, secrets_of), terms)


def codes(found: Session | Assessment) -> set[str]:
    """The flags of a session, or of a person."""
    return {flag.code for flag in found.flags}


def deducted(session: Session) -> dict[str, int]:
    return {each.reason_code: each.minutes for each in session.deductions}


def reading(
    beacon: str | None = None, *, last_s: int = 0, next_s: int | None = None, since_s: int | None = None
) -> Reading:
    """What a log says of its clock, in seconds that the device is ahead."""
    return Reading(
        last_s * 1000,
        None if next_s is None else next_s * 1000,
        at(beacon) if beacon else None,
        None if since_s is None else since_s * 1000,
    )
