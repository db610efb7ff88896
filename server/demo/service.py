"""The demo's public service: stations, orders, and the check events of participants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from server.demo.county import County, Stories, Township
from server.demo.leads import DOMAIN_VERSION
from server.demo.people import NEWCOMER, Person
from server.demo.plan import PhoneDraft, Plan
from server.records.entry import new_part

SESSIONS: Final = (12, 19)
"""How often a participant comes, from and to; some 900 check events in all."""
EVALUATED: Final = (0, 1)
"""These two came every day to the first station and have served; the last one serves there now."""
MISREAD: Final = 0.02
"""How many type a code that was shown an hour before."""

FENCE_M: Final = 200
_DEGREE_M: Final = 111_000


def plan_catalog(plan: Plan, county: County, station_ids: list[str]) -> None:
    """Plan the code tables and stations, a little after the beginning."""
    at = plan.since + timedelta(minutes=5)
    townships = [{"code": t.code, "zh": t.zh, "en": t.en} for t in county.townships]
    for table, codes in (("domain", county.domains), ("township", townships)):
        body = {"table": table, "version": DOMAIN_VERSION, "valid_from": "2024-01-01", "codes": codes}
        plan.desk(at, "system", "system", "code_table", body)
    clerk = plan.of_role("intake_clerk")[0]
    for number, (station, ulid) in enumerate(zip(county.stations, station_ids, strict=True), start=1):
        township = county.township(station.township)
        body = {
            "code": f"QH-{number:02}",
            "name": station.name,
            "host_unit": station.host_unit,
            "township": station.township,
            "address": station.address,
            "point": _position(plan, township, spread_m=700),
            "fence_m": FENCE_M,
            "open_hours": "08:00-18:00",
            "capacity": plan.rng.choice((6, 8, 10, 12)),
            "service_types": station.service_types,
            "version": 1,
        }
        plan.desk(at, clerk.id, "intake_clerk", "station", body, record_id=f"station:{ulid}")


def plan_service(
    plan: Plan,
    county: County,
    stories: Stories,
    station_ids: list[str],
    *,
    sessions: tuple[int, int] = SESSIONS,
) -> None:
    """Plan an order for each participant and the sessions that follow from it."""
    positions = {
        draft.record_id: draft.body["point"]
        for draft in plan.drafts
        if draft.record_id is not None and draft.record_id.startswith("station:")
    }
    participants = [person for person in plan.of_role("participant") if person.name != NEWCOMER]
    for number, participant in enumerate(participants):
        # Spread over the months, the last ones begun only days ago.
        day = (plan.since + timedelta(days=3 + number * 102 / len(participants))).date()
        is_near = number in EVALUATED or number == len(participants) - 1
        station = 0 if is_near else plan.rng.randrange(len(station_ids))
        station_id = f"station:{station_ids[station]}"
        order = _plan_order(
            plan, participant, number, day, station_id, county.stations[station].service_types
        )
        if number in EVALUATED:
            days = [day + timedelta(days=after) for after in range(1, 28)]
        else:
            often = plan.rng.randint(*sessions)
            days = sorted({day + timedelta(days=plan.rng.randint(1, 27)) for _ in range(often)})
        for session_day in days:
            _plan_session(plan, participant, order, station_id, positions[station_id], session_day, stories)


def _plan_order(
    plan: Plan, participant: Person, number: int, day: date, station_id: str, service_types: list[str]
) -> str:
    prosecutor = plan.rng.choice(plan.of_role("prosecutor"))
    at = plan.moment(day, 8.5, 11.5)
    body = {
        "order_no": f"QH-GY-{day.year}-{number + 1:03}",
        "display_code": participant.name,
        "participant": participant.id,
        "required_min": 1800,
        "start_on": day.isoformat(),
        "due_on": (day + timedelta(days=28)).isoformat(),
        "stations": [station_id],
        "service_types": service_types,
        "verify_level": plan.rng.choice(("L1", "L2", "L2")),
    }
    return plan.desk(at, prosecutor.id, "prosecutor", "service_order", body)


def _plan_session(
    plan: Plan,
    participant: Person,
    order: str,
    station_id: str,
    position: dict[str, Any],
    day: date,
    stories: Stories,
) -> None:
    begins = plan.moment(day, 8.1, 13.5)
    ends = begins + timedelta(minutes=plan.rng.choice((90, 120, 150, 180, 240)) + plan.rng.uniform(-6, 6))
    forgot_to_check_out = plan.rng.random() < 0.03
    for kind, at in (("in", begins), ("out", ends)):
        if at < plan.now - timedelta(minutes=5) and not (kind == "out" and forgot_to_check_out):
            event = check_event(
                plan, participant, order, station_id, position, kind=kind, at=at, stories=stories
            )
            plan.drafts.append(event)
            _plan_word_of_station(plan, event, station_id, stories)


def _plan_word_of_station(plan: Plan, event: PhoneDraft, station_id: str, stories: Stories) -> None:
    """Let the supervisor confirm most check events within some days, and question a few."""
    ulid = station_id.partition(":")[2]
    supervisor = next(p for p in plan.of_role("supervisor") if p.roles[0][1] == f"station:{ulid}")
    at = plan.office_time(event.arrives_at, hours=(0.2, 60))
    chance = plan.rng.random()
    if chance < 0.7:
        plan.step(event.record_id, at, supervisor, "supervisor", "confirm", to="confirmed")
    elif chance < 0.73:
        reason = plan.rng.choice(stories.questions)
        plan.step(event.record_id, at, supervisor, "supervisor", "question", to="questioned", reason=reason)


def check_event(
    plan: Plan,
    participant: Person,
    order: str,
    station_id: str,
    position: dict[str, Any],
    *,
    kind: str,
    at: datetime,
    stories: Stories,
) -> PhoneDraft:
    rng = plan.rng
    body: dict[str, Any] = {"kind": kind, "order": order, "station": station_id, "station_version": 1}
    read_off = at if rng.random() >= MISREAD else at - timedelta(hours=1)
    body["code"] = {"value": plan.code_at(station_id, read_off), "at": _text(at)}
    if kind == "out" and rng.random() < 0.3:
        body["note"] = rng.choice(stories.notes)
    parts = {}
    if rng.random() < 0.95:
        parts["fix"] = new_part(_fix(plan, position, at))
    else:
        body["fix_missing_reason"] = rng.choice(stories.fix_missing_reasons)
    return PhoneDraft(
        at=at,
        arrives_at=plan.arrival(at),
        member=participant.id,
        record_id=plan.record_id("check_event", at),
        role="participant",
        body=body,
        parts=parts,
    )


def _fix(plan: Plan, position: dict[str, Any], at: datetime) -> dict[str, Any]:
    rng = plan.rng
    away_m = rng.uniform(500, 1500) if rng.random() < 0.03 else rng.uniform(5, 120)
    lat = position["lat"] + away_m / _DEGREE_M
    samples = [
        {
            "lat": round(lat + rng.gauss(0, 3) / _DEGREE_M, 6),
            "lng": round(position["lng"] + rng.gauss(0, 3) / _DEGREE_M, 6),
            "accuracy_m": round(rng.uniform(6, 40), 1),
            "altitude": round(rng.uniform(20, 32), 1),
            "at": _text(at - timedelta(seconds=12 - 4 * number)),
        }
        for number in range(3)
    ]
    return {"samples": samples, "datum": "WGS-84", "spread_m": round(rng.uniform(1, 8), 1)}


def _position(plan: Plan, township: Township, *, spread_m: float) -> dict[str, Any]:
    return {
        "lat": round(township.lat + plan.rng.gauss(0, spread_m) / _DEGREE_M, 6),
        "lng": round(township.lng + plan.rng.gauss(0, spread_m) / _DEGREE_M, 6),
        "accuracy_m": 8.0,
        "datum": "WGS-84",
    }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
