"""Makes the demo county: people, stations, some months of history. The same seed makes the same county."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from server.demo.county import county, stories
from server.demo.device_log import seeded_ulid
from server.demo.faults import plan_faults
from server.demo.history import Clock, enrol, note_contacts, receive, sign, steps
from server.demo.leads import LEADS, plan_leads
from server.demo.participants import identify, plan_offer, plan_papers, plan_participants
from server.demo.people import Account, cast, settle_in
from server.demo.photos import Camera
from server.demo.plan import DAYS, Plan
from server.demo.service import SESSIONS, plan_catalog, plan_service
from server.demo.settled import A_MINUTE, settle_service
from server.demo.stations import plan_stations_life
from server.identity.beacon import beacon_statement
from server.identity.crypto import KeyRing
from server.ingest import Ingest
from server.media import open_media
from server.participants import people
from server.records.canonical import canonical, sha256_hex
from server.records.station_code import code_at
from server.services import Services

SEED: Final = 371425


class Progress(Protocol):
    """A bar: tqdm, or nothing."""

    def __call__(self, done: int, total: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Seeded:
    accounts: list[Account]
    entries: int
    photos: int


def seed_demo(
    services: Services,
    progress: Progress = lambda _done, _total: None,
    *,
    seed: int = SEED,
    now: datetime | None = None,
    leads: int = LEADS,
    sessions: tuple[int, int] = SESSIONS,
) -> Seeded:
    """Fill an empty server and run ingest, projection and publish to the end; returns the accounts."""
    plan = planned(services.key_ring, seed=seed, now=now or datetime.now(UTC), leads=leads, sessions=sessions)
    accounts = settle_in(services.directory, plan.people, plan.since - timedelta(days=1))
    identify(people(services), plan)
    photos = _live_through(services, plan, progress)
    return Seeded(accounts, len(plan.drafts), photos)


def planned(
    ring: KeyRing, *, seed: int, now: datetime, leads: int = LEADS, sessions: tuple[int, int] = SESSIONS
) -> Plan:
    """Return everybody, and everything that happened until now; nothing is signed or stored."""
    rng = random.Random(seed)
    since = now - timedelta(days=DAYS)
    station_ids = [seeded_ulid(rng, since) for _ in county().stations]
    unit_ids = [seeded_ulid(rng, since) for _ in county().units]
    people = cast(rng, county(), stories(), station_ids=station_ids, unit_ids=unit_ids, since=since)
    plan = Plan(rng, now, people, lambda station, at: code_at(ring.station_secret(station), at))
    plan_catalog(plan, county(), station_ids)
    plan_leads(plan, county(), stories(), Camera(rng), count=leads)
    plan_service(plan, county(), stories(), station_ids, sessions=sessions)
    plan_stations_life(plan, station_ids)
    plan_faults(plan, county(), stories())
    papers = plan_papers(plan, stories())
    plan_participants(plan, county())
    plan_offer(plan, f"station:{station_ids[0]}", county().stations[0].service_types, papers["notice"])
    return plan


def _live_through(services: Services, plan: Plan, progress: Progress) -> int:
    """Let everything arrive in its time; return how many photos came."""
    phone_logs = enrol(plan, services.directory, stories().phones)
    past = sign(plan, phone_logs, lambda at: _beacon_hash(services, at))
    clock = Clock(plan.since)
    media = open_media(
        services.settings.media_folder, services.couch, limits=services.media.intake.limits, now=clock
    )
    ingest = Ingest(services, clock=clock)
    logs = services.couch.ensure("logs")
    done = photos = 0
    for piece in steps(past):
        receive(piece, past, clock, logs=logs, desk=services.desk, media=media)
        clock.now = piece[-1].at
        _settle(ingest.run_once)
        done += len(piece)
        photos += sum(len(arrival.photos) for arrival in piece)
        progress(done, len(past.arrivals))
    clock.now = plan.now - A_MINUTE
    settle_service(services, plan, ingest)
    note_contacts(services.directory, phone_logs, past, plan.rng)
    return photos


def _beacon_hash(services: Services, at: datetime) -> str:
    return sha256_hex(canonical(beacon_statement(services.key_ring, at, services.epoch)))


def _settle(run_once: Callable[[], bool]) -> None:
    while run_once():
        pass
