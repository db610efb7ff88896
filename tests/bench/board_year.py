"""The year of `tests.bench.sessions` as documents of central, with decisions, steps, slots and looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from server.identity.instants import instant
from server.readmodel.supervision_queries import record_of
from server.records.canonical import sha256_hex
from server.sessions import Facts
from server.sessions.facts import CheckEvent, DecidedEntry, Decision
from tests.bench.sessions import ZONE

UNDECIDED_DAYS: Final = 21
"""Sessions of the last three weeks still wait for a person."""
RUNNING_ONE_IN: Final = 5
"""Of 250 orders a year 50 run at once."""
_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_FIRST_STAY_MIN: Final = 150


def ulid(number: int) -> str:
    """Return the ULID of a number."""
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def real_ids(facts: Facts, until: date) -> Facts:
    """Return the year with ids as records have them, moved so that it ends on this day."""
    last = max(event.at for event in facts.events).date()
    lapse = timedelta(days=(until - last).days)

    def record(kind: str, name: str) -> str:
        return f"{kind}:{ulid(int(name.lstrip('e').rpartition(':')[2]))}"

    def event_of(event: CheckEvent) -> CheckEvent:
        return replace(
            event,
            id=record("check_event", event.id),
            order=record("service_order", event.order),
            station=record("station", event.station),
            at=event.at + lapse,
            received_at=event.received_at + lapse,
            code=None,  # its moment would be another one
            reading=replace(event.reading, beacon_at=event.at + lapse - timedelta(hours=1)),
        )

    return Facts(
        orders=tuple(
            replace(
                order,
                id=record("service_order", order.id),
                start_on=order.start_on + lapse,
                due_on=until + timedelta(days=number % 40 - 10),
            )
            for number, order in enumerate(facts.orders)
        ),
        stations=tuple(
            replace(each, station=record("station", each.station), valid_from=each.valid_from + lapse)
            for each in facts.stations
        ),
        events=tuple(event_of(event) for event in facts.events),
        attestations=tuple(
            replace(
                word,
                order=record("service_order", word.order),
                station=record("station", word.station),
                at=word.at + lapse,
            )
            for word in facts.attestations
            if word.at + lapse < datetime.combine(until - timedelta(days=2), datetime.min.time(), ZONE)
        ),
    )


def decided(facts: Facts, until: date) -> Facts:
    """Return the year with a person's decision on every session but the latest."""
    before = datetime.combine(until - timedelta(days=UNDECIDED_DAYS), datetime.min.time(), ZONE)
    firsts = [event for event in facts.events if event.kind == "in" and event.is_participants]
    decisions = tuple(
        Decision(
            id=f"decision {event.id}",
            event=event.id,
            by="m-prosecutor",
            role="prosecutor",
            at=event.at + timedelta(days=4),
            verdict="credited",
            entries=(DecidedEntry("credit", _FIRST_STAY_MIN, "reported", "2026.1"),),
        )
        for event in firsts
        if event.at < before
    )
    return replace(facts, decisions=decisions)


def documents(facts: Facts, until: date) -> Iterator[dict[str, Any]]:
    """Yield what central would hold: stations, orders, events, words, sessions with steps, slots, looks."""
    for number, station in enumerate(facts.stations):
        yield document("station", station.station, _station_body(number), station.valid_from)
    for number, order in enumerate(facts.orders):
        station = facts.stations[number % len(facts.stations)].station
        body = _order_body(order.id, number, station, order.start_on, order.due_on)
        made = document("service_order", order.id, body, datetime(2026, 1, 1, tzinfo=UTC))
        yield made
        if number % RUNNING_ONE_IN:
            yield step(
                order.id,
                [],
                "withdraw",
                "withdrawn",
                {},
                datetime(2026, 9, 1, tzinfo=UTC),
                role="participant",
            )
    for event in facts.events:
        body = {"kind": event.kind, "order": event.order, "station": event.station, "station_version": 1}
        made = document("check_event", event.id, body, event.at, role=event.role, author=event.author)
        made["entry"]["hash"] = event.hash
        yield made
    for number, word in enumerate(facts.attestations, start=100_000):
        body = {"kind": "sup_confirm", "order": word.order, "station": word.station, "station_version": 1}
        body["about"] = str(word.about)
        name = f"check_event:{ulid(number)}"
        yield document("check_event", name, body, word.at, role="supervisor", author=word.by)
    firsts = [event for event in facts.events if event.kind == "in" and event.is_participants]
    for number, event in enumerate(firsts):
        yield from _session(event, until)
        slot = {"order": event.order, "station": event.station}
        slot |= {"starts_at": event.at.isoformat(), "ends_at": (event.at + timedelta(hours=3)).isoformat()}
        name = f"slot:{ulid(number)}"
        yield document("slot", name, slot, event.at - timedelta(days=2))
        yield step(name, [], "book", "booked", {}, event.at - timedelta(days=2))
    for number, event in enumerate(firsts[::15]):
        day = event.at.astimezone(ZONE).date()
        body = {"order": event.order, "station": event.station, "day": str(day), "weight": 3, "rank": 1}
        body |= {"seed": "0" * 64, "pool": [f"{ulid(1)} {ulid(1)} 3"]}
        name = f"spot_check:{ulid(number)}"
        yield document("spot_check", name, body, event.at)
        if day < until:
            looked = {"looked_at": event.at.isoformat(), "found": "serving"}
            yield step(name, [], "record_done", "done", looked, event.at, role="prosecutor")


def _session(event: CheckEvent, until: date) -> Iterator[dict[str, Any]]:
    name = record_of(event.id)
    body = {"order": event.order, "station": event.station, "check_events": [event.id]}
    body["started_at"] = event.at.isoformat()
    made = document("service_session", name, body, event.at)
    yield made
    ended = {"ended_at": event.at.isoformat(), "ended_on": str(event.at.date()), "rule_version": "2026.1"}
    ended |= {"reported_min": 180, "evidence_min": 180}
    end = step(name, [made["entry"]["hash"]], "end", "ended", ended, event.at)
    yield end
    confirm = step(name, [end["entry"]["hash"]], "confirm", "confirmed", {}, event.at + timedelta(hours=5))
    yield confirm
    if event.at.date() < until - timedelta(days=UNDECIDED_DAYS):
        fields = {"credited_min": _FIRST_STAY_MIN}
        at = event.at + timedelta(days=4)
        yield step(name, [confirm["entry"]["hash"]], "credit", "credited", fields, at, role="prosecutor")


def document(
    kind: str,
    record: str,
    body: Mapping[str, Any],
    at: datetime,
    *,
    role: str = "system",
    author: str = "system",
) -> dict[str, Any]:
    """Return a document of central as the projection reads it; its signature is not asked for here."""
    number = int.from_bytes(record.encode()[-6:], "big") ^ hash(kind) & 0xFFFFFFFF
    entry = {
        "device": f"desk-{kind}",
        "entry": number % 10**9 + 1,
        "id": record,
        "type": kind,
        "schema": 1,
        "author": author,
        "role": role,
        "at": at.isoformat(),
        "clock": {"beacon": None, "since_ms": None, "skew_ms": 0},
        "prev": None,
        "parts": {},
        "app": "bench",
        "body": dict(body),
        "alg": "SHA-256+ES256",
        "hash": sha256_hex(record.encode()),
        "sig": "",
    }
    receipt = {"verdict": "accepted", "reasons": [], "flags": [], "rules": "1", "grants": []}
    receipt |= {"received_at": instant(at), "judged_at": instant(at)}
    return {"_id": record, "entry": entry, "parts": {}, "log": f"desk-{record}:1", "receipts": [receipt]}


def step(
    record: str,
    base: list[str],
    action: str,
    to: str,
    fields: Mapping[str, Any],
    at: datetime,
    *,
    role: str = "system",
) -> dict[str, Any]:
    """Return a step; without a base it stands on the record itself."""
    name = f"step:{sha256_hex(f'{record} {action}'.encode())[:26]}"
    body = {"record": record, "base": base or [sha256_hex(record.encode())], "action": action, "to": to}
    return document("step", name, {**body, "fields": dict(fields)}, at, role=role, author=f"m-{role}")


def _station_body(number: int) -> dict[str, Any]:
    return {
        "code": f"QH-{number:02}",
        "name": f"第{number}公益服务站",
        "host_unit": "镇人民政府",
        "township": f"3714251{number % 15:02}",
        "address": "政府东侧",
        "point": {"lat": 36.5 + number / 100, "lng": 116.8, "accuracy_m": 5, "datum": "WGS-84"},
        "fence_m": 200,
        "open_hours": "08:00-18:00",
        "capacity": 8,
        "service_types": ["环境整治"],
        "version": 1,
    }


def _order_body(order: str, number: int, station: str, start_on: date, due_on: date) -> dict[str, Any]:
    return {
        "order_no": f"QH-GY-2026-{number:03}",
        "display_code": f"甲-{number:02}",
        "participant": f"m{ulid(number)}",
        "required_min": 1800,
        "start_on": str(start_on),
        "due_on": str(due_on),
        "stations": [station],
        "service_types": ["环境整治"],
        "verify_level": "L2",
    }
