"""The rules on sessions at a county's size: a year computed again from its facts, a station's day of proofs.

`python -m tests.bench.sessions` prints the figures with the machine (DOMAIN 7, "county, design").
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.ledger.following import SessionRecords, followed
from server.records.entry import new_entry, new_part, seal
from server.records.signing import SigningKey
from server.records.station_code import StationSecret, code_at
from server.sessions import (
    Calendar,
    Facts,
    SessionSettings,
    Terms,
    assess_county,
    surroundings_of,
    weekdays_only,
)
from server.sessions.facts import (
    Attestation,
    CheckEvent,
    Code,
    Fix,
    Order,
    Point,
    Reading,
    Sample,
    StationVersion,
)
from server.sessions.proofs import day_proofs
from tests.unit.ledger.test_following_laws import Book

PARTICIPANTS: Final = 250
SESSIONS: Final = 3_000
STATIONS: Final = 40
YEAR_LIMIT_S: Final = 30.0
DAY_EVENTS: Final = 120
"""DOMAIN 7's peak, 60 check-ins in a quarter of an hour, and their check-outs, all at one station."""
DAY_LIMIT_MS: Final = 50.0
ROUND_LIMIT_S: Final = 2.0
ZONE: Final = ZoneInfo("Asia/Shanghai")
BEGIN: Final = datetime(2026, 1, 1, 8, tzinfo=ZONE)
_KINDS: Final = ("in", "in", "break_start", "break_end", "out", "out")
_AT_MIN: Final = (0, 3, 80, 110, 180, 178)


@dataclass(frozen=True, slots=True)
class Figures:
    machine: str
    events: int
    sessions: int
    year_s: float
    day_proofs: int
    day_ms: float
    round_s: float

    def __str__(self) -> str:
        return (
            f"rules on sessions, {self.machine}\n"
            f"  a year again: {self.year_s:.2f} s for {self.sessions} sessions of {self.events} events "
            f"(at most {YEAR_LIMIT_S:.0f})\n"
            f"  a station's day: {self.day_ms:.1f} ms for {self.day_proofs} proofs "
            f"(at most {DAY_LIMIT_MS:.0f})\n"
            f"  a round of the machine that has nothing to write: {self.round_s:.2f} s "
            f"(at most {ROUND_LIMIT_S:.0f})"
        )


def year_of_facts(seed: int = 7) -> Facts:
    """Six events a session: both sides record in and out, and a break; own ones with code and position."""
    rng = Random(seed)
    orders = tuple(_order(number) for number in range(PARTICIPANTS))
    stations = tuple(_station(number) for number in range(STATIONS))
    events: list[CheckEvent] = []
    words: list[Attestation] = []
    for number in range(SESSIONS):
        person, round_ = number % PARTICIPANTS, number // PARTICIPANTS
        begun = BEGIN + timedelta(days=person % 300 + round_ * 2, minutes=rng.randint(0, 300))
        session = [
            _event(number * 6 + place, person, kind, begun + timedelta(minutes=minutes), rng)
            for place, (kind, minutes) in enumerate(zip(_KINDS, _AT_MIN, strict=True))
        ]
        events += session
        words.append(_word(number, session[0], begun + timedelta(minutes=rng.randint(181, 400))))
    in_order = sorted(events, key=lambda event: event.at)
    numbered = tuple(replace(event, entry=number) for number, event in enumerate(in_order, start=1))
    return Facts(orders=orders, stations=stations, events=numbered, attestations=tuple(words))


def _order(number: int) -> Order:
    return Order(
        id=f"order:{number}",
        participant=f"m{number}",
        required_min=1800,
        start_on=date(2026, 1, 1),
        due_on=date(2027, 1, 1),
        verify_level="L2",
    )


def _station(number: int) -> StationVersion:
    return StationVersion(
        station=f"station:{number}",
        version=1,
        point=Point(36.5 + number / 100, 116.8),
        fence_m=200,
        valid_from=BEGIN,
        hours=(480, 1080),
    )


def _event(number: int, person: int, kind: Any, at: datetime, rng: Random) -> CheckEvent:
    is_own = number % 2 == 0
    station = person % STATIONS
    samples = tuple(
        Sample(36.5 + station / 100 + rng.gauss(0, 1e-5), 116.8, 12.0, 24.0, at - timedelta(seconds=n))
        for n in range(4)
    )
    return CheckEvent(
        id=f"check_event:{number:026}",
        hash=f"{number:064x}",
        device=f"phone{person}" if is_own else f"tablet{station}",
        entry=0,
        author=f"m{person}" if is_own else f"m-supervisor{station}",
        role="participant" if is_own else "supervisor",
        kind=kind,
        order=f"order:{person}",
        station=f"station:{station}",
        station_version=1,
        at=at,
        received_at=at + timedelta(hours=rng.randint(0, 30)),
        reading=Reading(0, 0, at - timedelta(hours=1), 3_600_000),
        is_shared_device=not is_own,
        code=Code(code_at(_secret_of(f"station:{station}"), at), at) if is_own else None,
        fix=Fix(samples, "WGS-84", 3.0) if is_own else None,
    )


def _word(number: int, event: CheckEvent, at: datetime) -> Attestation:
    return Attestation(
        id=f"w{number}",
        kind="confirm",
        by=f"m-supervisor{number % 60}",
        role="supervisor",
        at=at,
        order=event.order,
        station=event.station,
        about=event.hash,
    )


def _secret_of(station: str) -> bytes:
    return station.encode()


def _secrets_of(station: str) -> tuple[StationSecret, ...]:
    return (StationSecret(1, _secret_of(station)),)


def year_again() -> tuple[float, int, int]:
    """Return seconds, sessions and events of computing the county's year from its facts."""
    facts = year_of_facts()
    settings = SessionSettings()
    terms = Terms(settings, Calendar(ZONE, weekdays_only), datetime(2027, 2, 1, tzinfo=UTC))
    begun = time.perf_counter()
    found = assess_county(facts, surroundings_of(facts, settings, _secrets_of), terms)
    took_s = time.perf_counter() - begun
    sessions = sum(len(each.sessions) for each in found.values())
    assert sessions == SESSIONS, sessions
    return took_s, sessions, len(facts.events)


def machines_round() -> float:
    """Return seconds of finding that nothing is left to write, with a record of every session of the year."""
    facts = year_of_facts()
    settings = SessionSettings()
    terms = Terms(settings, Calendar(ZONE, weekdays_only), datetime(2027, 2, 1, tzinfo=UTC))
    found = assess_county(facts, surroundings_of(facts, settings, _secrets_of), terms)
    book = Book()
    for each in found.values():
        for chain in followed(each.sessions, {}, terms):
            book.enter(chain)
    records = SessionRecords(book.standing())
    begun = time.perf_counter()
    for each in found.values():
        own = records.of(each.balance_min)
        assert not any(chain for chain in followed(each.sessions, own, terms))
    return time.perf_counter() - begun


def station_day(keys: Sequence[SigningKey], count: int = DAY_EVENTS) -> tuple[float, int]:
    """Return milliseconds and number of the proofs of one station's day."""
    documents = [_signed(keys[number % len(keys)], number) for number in range(count)]
    public = {f"phone{number}": key.public_jwk() for number, key in enumerate(keys)}
    begun = time.perf_counter()
    proofs = day_proofs(documents, public, [StationSecret(1, b"secret")])
    took_ms = (time.perf_counter() - begun) * 1000
    assert all(proof.holds for proof in proofs)
    return took_ms, len(proofs)


def _signed(key: SigningKey, number: int) -> dict[str, Any]:
    at = BEGIN + timedelta(minutes=number)
    fix = {
        "samples": [{"lat": 36.7, "lng": 116.8, "accuracy_m": 9, "altitude": 24, "at": at.isoformat()}] * 4
    }
    parts = {"fix": new_part({**fix, "datum": "WGS-84", "spread_m": 3})}
    body = {"kind": "in", "order": "order:1", "station": "station:1", "station_version": 1}
    body |= {"code": {"value": code_at(b"secret", at), "at": at.isoformat()}}
    phone, place = number % (DAY_EVENTS // 2), number // (DAY_EVENTS // 2)
    entry = new_entry(
        device=f"phone{phone}",
        number=1 + 2 * place,  # another entry lies between them
        prev=None,
        record_id=f"check_event:{number:026}",
        author="m1",
        role="participant",
        at=at.isoformat(),
        body=body,
        app="bench",
        parts=parts,
    )
    return {"entry": seal(entry, key), "parts": parts}


def figures() -> Figures:
    """Measure both, the better of three runs of each."""
    year_s, sessions, events = min(year_again() for _ in range(3))
    keys = [SigningKey.generate() for _ in range(DAY_EVENTS // 2)]
    day_ms, proofs = min(station_day(keys) for _ in range(3))
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    return Figures(machine, events, sessions, year_s, proofs, day_ms, machines_round())


def main() -> int:
    found = figures()
    print(found)
    is_met = found.year_s <= YEAR_LIMIT_S and found.day_ms <= DAY_LIMIT_MS
    return 0 if is_met and found.round_s <= ROUND_LIMIT_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
