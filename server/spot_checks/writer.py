"""The one writer of spot checks: once a day, before the stations open, by author `system` at the desk.

Ids follow from the day and the rank: a draw that a crash interrupted repeats itself, and none comes twice.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Final
from zoneinfo import ZoneInfo

from ulid import ULID

from server.gateway.desk import NewEntry
from server.identity.crypto import KeyRing
from server.identity.instants import instant
from server.ledger.county_rules import county_rules
from server.readmodel.live_queries import booked_slots
from server.readmodel.spot_check_queries import history_of, is_drawn, served_on, serving_orders
from server.records.names import SYSTEM
from server.services import Services
from server.spot_checks.draw import Candidate, drawn, how_many, pool_of, weight_of

TYPE: Final = "spot_check"
DRAWN_FROM: Final = clock_time(6)
"""Local time before which nothing is drawn; nobody is at a station so early."""
LOOK_AGAIN_S: Final = 300.0
HABIT_WEEKS: Final = 4
"""Without a booking, whoever served on this day of the week within so many weeks is expected."""
_PURPOSE: Final = "spot_check_seed"


class SpotCheckDraw:
    """A step of the worker; it remembers the last day only to ask less often."""

    def __init__(
        self,
        services: Services,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services, self._now, self._monotonic = services, now, monotonic
        self._zone = ZoneInfo(services.settings.time_zone)
        self._not_before = 0.0
        self._drawn: date | None = None

    def run_once(self) -> bool:
        """Draw, where today has not been drawn yet and somebody is expected; True when it did."""
        local = self._now().astimezone(self._zone)
        if self._drawn == local.date() or local.time() < DRAWN_FROM:
            return False
        if self._monotonic() < self._not_before or not self._services.readmodel.is_complete:
            return False
        self._not_before = self._monotonic() + LOOK_AGAIN_S
        entries = [] if is_drawn(self._services.readmodel, str(local.date())) else self._entries(local.date())
        if not entries:
            return False
        self._services.desk.append_many(entries)
        self._drawn = local.date()
        return True

    def _entries(self, day: date) -> list[NewEntry]:
        pool = self._pool(day)
        rules = county_rules(self._services.settings.data)
        count = how_many(len(pool), percent=rules.spot_check_percent, most=rules.spot_check_most)
        seed = seed_of(self._services.key_ring, day)
        common = {"day": str(day), "seed": seed, "pool": pool_of(pool)}
        return [
            NewEntry(
                type=TYPE,
                body={
                    **common,
                    "order": f"service_order:{each.order}",
                    "station": f"station:{each.station}",
                    "weight": each.weight,
                    "rank": rank,
                },
                author=SYSTEM,
                role=SYSTEM,
                record_id=record_id(day, rank, seed, self._zone),
            )
            for rank, each in enumerate(drawn(seed, pool, count), start=1)
        ]

    def _pool(self, day: date) -> list[Candidate]:
        """Return who is expected today: with a booked time, or by habit."""
        model, serving = self._services.readmodel, serving_orders(self._services.readmodel)
        begins = datetime.combine(day, clock_time(), self._zone)
        slots = booked_slots(model, None, None, instant(begins), instant(begins + timedelta(days=1)))
        booked = {(slot.order, slot.station) for slot in slots}
        days = [str(day - timedelta(weeks=weeks)) for weeks in range(1, HABIT_WEEKS + 1)]
        has_slot = {order for order, _station in booked}
        habit = {(order, station) for order, station in served_on(model, days) if order not in has_slot}
        return [
            self._candidate(order, station) for order, station in sorted(booked | habit) if order in serving
        ]

    def _candidate(self, order: str, station: str) -> Candidate:
        known = history_of(self._services.readmodel, order)
        weight = weight_of(known.session_weights, known.outcomes)
        return Candidate(_ulid_of(order), _ulid_of(station), weight)


def seed_of(ring: KeyRing, day: date) -> str:
    """Return the day's seed: keyed, so that nobody outside foresees it, and nobody inside chooses it."""
    return ring.lookup(_PURPOSE, str(day))


def record_id(day: date, rank: int, seed: str, zone: ZoneInfo) -> str:
    """Return the id of the day's spot check of this rank."""
    begins = datetime.combine(day, DRAWN_FROM, zone)
    mark = hashlib.sha256(f"{seed} {rank}".encode()).digest()[:10]
    ulid = ULID.from_bytes(int(begins.timestamp() * 1000).to_bytes(6, "big") + mark)
    return f"{TYPE}:{str(ulid).lower()}"


def _ulid_of(record: str) -> str:
    return record.partition(":")[2]
