"""The rules on sessions over the read model: computed again when a record changes or time has passed.

What an event means beside all others is found anew for the whole county; assessed again is only whoever it
concerns. At a county's size a round takes seconds, so rounds keep a distance from each other.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.deadlines.year_files import working_days_of
from server.defects import DEFECTS
from server.ingest.beacons import BeaconTimes
from server.ledger.county_rules import county_rules
from server.ledger.following import SessionRecords
from server.ledger.gather import Gathered, Standing
from server.ledger.told import ledgers
from server.readmodel.service_queries import service_changes
from server.readmodel.service_rows import note_defect, store_told
from server.services import Services
from server.sessions import (
    Assessment,
    Calendar,
    Facts,
    Surroundings,
    Terms,
    assess,
    by_participant,
    surroundings_of,
)
from server.sessions.fence import Versions, version_in_force

COUNTY: Final = "county"
"""Whom a defect concerns that is no single participant's."""
TICK_S: Final = 300.0
"""Sessions end, and time limits pass, without anybody writing anything."""
SHARE: Final = 10
"""After a round of a second nothing is computed for so many seconds; ingest and publish go on meanwhile."""
SHORT_S: Final = 0.25
"""Rounds as short as this keep no distance."""


@dataclass(frozen=True, slots=True)
class Round:
    """What the last round found, for the machine to write down: assessments, and records as they stand."""

    number: int
    place: int
    """Up to where of the queue the records were read."""
    facts: Facts
    found: Mapping[str, Assessment]
    standing: Mapping[str, Standing]
    versions: Versions
    terms: Terms


class LedgerProjection:
    """The one writer of ledgers and sessions; all it remembers can be read again from the model."""

    def __init__(
        self,
        services: Services,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self._services, self._now, self._monotonic, self._worked = services, now, monotonic, worked
        self._model = services.readmodel
        self._rules = county_rules(services.settings.data)
        self._identity = ""
        self._place = 0
        self._not_before = self._tick_at = monotonic()
        self._before: tuple[dict[str, Facts], Surroundings] | None = None
        self._orders: set[str] = set()
        self._found: dict[str, Assessment] = {}
        self._in_force: dict[str, int] = {}
        self.latest: Round | None = None
        self._gathered = self._new()

    def run_once(self) -> bool:
        """Compute again what changed; False when there was nothing to do, or it is too early."""
        if not self._model.is_complete or self._monotonic() < self._not_before:
            return False
        if self._model.identity != self._identity:
            self._identity, self._place, self._before = self._model.identity, 0, None
            self._gathered, self._found, self.latest = self._new(), {}, None
        changes = service_changes(self._model, self._place)
        is_tick = self._monotonic() >= self._tick_at
        if not changes.records and not is_tick:
            return False
        begun = self._worked()
        try:
            self._gathered.read_again(changes.records)
            self._place = max(changes.place, self._assess(changes.records, is_tick=is_tick))
            self.latest = replace(self.latest, place=self._place) if self.latest else None
        except DEFECTS as error:  # what is told stays as it was; the other steps go on
            traceback.print_exc(file=sys.stderr)
            self._place, self._before, self.latest = changes.place, None, None
            note_defect(self._model, COUNTY, error)
        took_s = self._worked() - begun  # work, not waiting for a busy machine
        self._tick_at = self._monotonic() + TICK_S
        if took_s > SHORT_S:
            self._not_before = self._monotonic() + SHARE * took_s
        return bool(changes.records)

    def _new(self) -> Gathered:
        services = self._services
        beacons = BeaconTimes(
            services.key_ring, lambda: dict.fromkeys([services.epoch, *self._model.desk_epochs()])
        )
        return Gathered(self._model, services.directory.device_at_once, beacons.given_at)

    def _assess(self, changed: Sequence[str], *, is_tick: bool) -> int:
        """Assess whom it concerns, store what came of it, and return the queue's last place."""
        facts, settings = self._gathered.facts(), self._rules
        around = surroundings_of(facts, settings, self._services.directory.station_secrets.all_of)
        own = by_participant(facts)
        concerned = list(own) if is_tick else self._concerned(own, around, self._participants_of(changed))
        terms = Terms(settings, self._calendar(), self._now())
        found: list[Assessment] = []
        broken: dict[str, BaseException] = {}
        for participant in concerned:
            try:
                found.append(assess(participant, own[participant], around, terms))
            except DEFECTS as error:  # one participant's facts stop no other's
                traceback.print_exc(file=sys.stderr)
                broken[participant] = error
        self._before = own, around
        orders = {order.id for order in facts.orders}
        gone, self._orders = sorted(self._orders - orders), orders
        self._found = {p: each for p, each in self._found.items() if p in own and p not in broken}
        self._found |= {each.participant: each for each in found}
        standing = dict(self._gathered.standing)
        number = self.latest.number + 1 if self.latest else 1
        self.latest = Round(number, 0, facts, dict(self._found), standing, around.versions, terms)
        records = SessionRecords(standing)
        by_id = {order.id: order for order in facts.orders}
        rows = [row for each in found for row in ledgers(each, records, by_id, terms)]
        return store_told(
            self._model,
            rows,
            gone,
            assessed=[COUNTY, *concerned],
            broken=broken,
            turned=self._turned(around.versions, terms.now),
        )

    def _turned(self, versions: Versions, now: datetime) -> list[str]:
        """Return the stations of which another version has come into force since the last round.

        After a start these are all that have several: publishing one again changes nothing by itself.
        """
        several = {station: each for station, each in versions.items() if len(each) > 1}
        current = {
            station: version.version
            for station, each in several.items()
            if (version := version_in_force(each, now)) is not None
        }
        before, self._in_force = self._in_force, current
        return sorted(station for station, number in current.items() if before.get(station) != number)

    def _concerned(self, own: dict[str, Facts], around: Surroundings, renamed: Container[str]) -> list[str]:
        """Return the participants whose own facts changed, or what others' facts say of them."""
        if self._before is None:
            return list(own)
        facts_before, around_before = self._before
        return [
            participant
            for participant, facts in own.items()
            if participant in renamed
            or facts != facts_before.get(participant)
            or not _is_same_around(facts, around, around_before)
        ]

    def _participants_of(self, changed: Sequence[str]) -> frozenset[str]:
        """Return whose sessions' records are among these: what is told names the record."""
        standing = self._gathered.standing
        orders = {
            standing[id_].body["order"]
            for id_ in changed
            if id_ in standing and standing[id_].type == "service_session"
        }
        return frozenset(standing[id_].body["participant"] for id_ in orders & standing.keys())

    def _calendar(self) -> Calendar:
        """Return the county's days as they are known now: the office may have loaded another year."""
        settings = self._services.settings
        return Calendar(ZoneInfo(settings.time_zone), working_days_of(settings.data).plus)


def _is_same_around(facts: Facts, one: Surroundings, other: Surroundings) -> bool:
    stations = {event.station for event in facts.events}
    people = {word.by for word in facts.attestations} | {event.author for event in facts.events}
    return all(
        a.get(event.id) == b.get(event.id)
        for event in facts.events
        for a, b in (
            (one.times, other.times),
            (one.codes, other.codes),
            (one.fences, other.fences),
            (one.shared, other.shared),
        )
    ) and all(
        a.get(name) == b.get(name)
        for names, a, b in (
            (stations, one.suspect_stations, other.suspect_stations),
            (people, one.unvarying, other.unvarying),
        )
        for name in names
    )
