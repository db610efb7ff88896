"""Random days of a county: three people, two stations, every kind of event, wrong clocks, words of persons.

The same seed gives the same facts.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from random import Random
from typing import Any

from server.sessions import Facts
from server.sessions.facts import Area, CheckEvent, DecidedEntry, Photo
from tests.unit.sessions.county import (
    OTHER,
    PERSON,
    PROSECUTOR,
    SUPERVISOR,
    THERE,
    TOWNSHIP,
    A,
    B,
    County,
    at,
    code,
    fix,
    reading,
)

THIRD = "m-third"
PEOPLE = (PERSON, OTHER, THIRD)
_KINDS = ("in", "out", "in", "out", "mid_check", "break_start", "break_end", "note")


def random_facts(seed: int) -> Facts:
    """Facts of one to three days."""
    rng = Random(seed)
    county = County(level=rng.choice(("L1", "L2", "L3")), hours=rng.choice(((480, 1080), None)))
    for person in PEOPLE[1 : rng.randint(1, 3)]:
        county.add_order(
            person, daily_cap_min=rng.choice((None, None, 100, 480)), weekly_cap_min=rng.choice((None, 200))
        )
    if rng.random() < 0.2:
        county.add_order(PERSON, id="order:second")
    for _ in range(rng.randint(1, 14)):
        _add_event(county, rng)
    for event in list(county.events):
        _add_words(county, event, rng)
    _add_circumstances(county, rng)
    _add_plans(county, rng)
    return county.facts()


def _time(rng: Random) -> str:
    return f"{rng.choice((23, 23, 23, 24, 25))} {rng.randint(7, 19):02}:{rng.randint(0, 59):02}"


def _add_event(county: County, rng: Random) -> None:
    order = rng.choice(county.orders)
    when, station = _time(rng), rng.choice((A, A, A, B))
    members: dict[str, Any] = {
        "order": order.id,
        "station": station,
        "received_at": at(when) + timedelta(minutes=rng.choice((1, 30, 600, 4000))),
        "reading": _clock(when, rng),
        "photos": (Photo(rng.choice("abc"), rng.choice(("verified", "expected"))),)
        if rng.random() < 0.3
        else (),
    }
    kind = rng.random()
    if kind < 0.6:
        device = rng.choice((f"phone-{order.participant}", f"phone-{order.participant}", "phone-lent"))
        members |= {
            "author": order.participant,
            "device": device,
            "code": code(when, rng.choice((A, B)), typed=when),
        }
        if rng.random() < 0.7:
            members["fix"] = fix(when, north_m=rng.choice((0, 50, 5000)), accuracy_m=rng.choice((8, 200)))
        county.own(rng.choice(_KINDS), when, **members)
    elif kind < 0.9:
        county.staff(rng.choice(_KINDS), when, **members)
    else:
        _add_claim(county, rng, when, members)


def _add_claim(county: County, rng: Random, when: str, members: dict[str, Any]) -> None:
    day = when.split(" ")[0]
    came = rng.randint(8, 14)
    hours = (f"{day} {came:02}:05", f"{day} {came + rng.randint(1, 4):02}:40")
    if rng.random() < 0.5:
        county.late_entry("26 10:00", *hours, **members, role=rng.choice(("township_staff", "supervisor")))
    else:
        for person in ("m-one", "m-two")[: rng.randint(1, 2)]:
            county.sheet_line("26 10:00", *hours, by=person, line=rng.randint(1, 2), **members)


def _clock(when: str, rng: Random) -> Any:
    if rng.random() < 0.6:
        return reading()
    skew_s = rng.choice((0, 0, 90, 400, 3600, -3600))
    after_s = rng.choice((None, skew_s, 0))
    since_s = rng.choice((None, 0, 600))
    return reading(f"{when.split(' ')[0]} 07:00", last_s=skew_s, next_s=after_s, since_s=since_s)


def _add_words(county: County, event: CheckEvent, rng: Random) -> None:
    said, when = rng.random(), f"26 {rng.randint(8, 18):02}:00"
    if said < 0.35:
        about = rng.choice((event.hash, event.hash[:6], None))
        county.confirm(event, when, about=about, by=rng.choice((SUPERVISOR, "m-qian")))
    elif said < 0.42:
        county.deny(event, when)
    if rng.random() < 0.2:
        _add_decision(county, event, rng)


def _add_decision(county: County, event: CheckEvent, rng: Random) -> None:
    by, role = rng.choice(
        ((PROSECUTOR, "prosecutor"), (TOWNSHIP, "township_staff"), (SUPERVISOR, "supervisor"))
    )
    minutes = rng.choice((0, 60, 120, 180, 500))
    reason = rng.choice((None, None, "已核实"))
    first = county.decide(event, minutes, by=by, role=role, reason=reason, at=at("27 09:00"))
    if rng.random() < 0.4:
        objection = county.object_to(first, "27 10:00", by=rng.choice(PEOPLE))
        county.decide(
            event,
            0,
            by=rng.choice((PROSECUTOR, "m-review")),
            at=at("28 09:00"),
            entries=(DecidedEntry("adjust", rng.choice((-60, 30)), "objection", "2026.1"),),
            replaces=first.id,
            answers=objection.id,
            reason=reason,
        )


def _add_circumstances(county: County, rng: Random) -> None:
    if rng.random() < 0.2:
        county.standdown(23)
    if rng.random() < 0.15:
        county.change(rng.choice(("suspended", "withdrawn", "decided")), _time(rng))
    if rng.random() < 0.15:
        county.lose("phone-lent", _time(rng))
    if rng.random() < 0.2:
        county.slot("09:00", "12:00")
    staff = [event for event in county.events if event.is_shared_device]
    if staff and rng.random() < 0.2:
        county.reassign(rng.choice(staff), "m-qian")
    if rng.random() < 0.2:
        old, other = county.stations
        county.stations = [
            old,
            other,
            type(old)(station=A, version=2, point=THERE, fence_m=200, valid_from=at("24 00:00")),
        ]


def _add_plans(county: County, rng: Random) -> None:
    """Slots of anybody, some excused or away from the station; words of the tablet; more bad weather."""
    for _ in range(rng.choice((0, 0, 1, 2))):
        day, hour = rng.choice((23, 24)), rng.randint(8, 14)
        members: dict[str, Any] = {"order": rng.choice(county.orders).id, "station": rng.choice((A, B))}
        if rng.random() < 0.3:
            members["area"] = Area((THERE,), 300)
        is_excused = rng.random() < 0.2
        county.slot(f"{day} {hour:02}:00", f"{day} {hour + 3:02}:00", is_excused=is_excused, **members)
    for event in county.events:
        if event.is_participants and rng.random() < 0.1:
            say = rng.choice((county.confirm, county.deny))
            say(event, f"{event.at.day} {min(23, event.at.hour + 1):02}:30")
    if rng.random() < 0.1:
        county.standdown(24, role=rng.choice(("participant", "township_staff")))


def shuffled(facts: Facts, rng: Random) -> Facts:
    """The same facts as they would have come in another order."""
    rows = {
        each.name: tuple(rng.sample(value, len(value)))
        for each in fields(Facts)
        if isinstance(value := getattr(facts, each.name), tuple)
    }
    return Facts(**{**{each.name: getattr(facts, each.name) for each in fields(Facts)}, **rows})
