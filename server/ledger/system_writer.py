"""The machine writes at the desk what follows from the facts: sessions' records, orders' progress, bookings.

It writes only when everything that the desk wrote before has been read, so that a crash repeats nothing; ids
follow from what is said, so that even a repetition would be known as the same entry. It decides on no minute.
"""

from __future__ import annotations

import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from server.defects import DEFECTS
from server.gateway.desk import NewEntry
from server.ingest.ingest import CHECKPOINT
from server.ledger.booking import bookings
from server.ledger.following import SessionRecords, followed
from server.ledger.gather import Standing
from server.ledger.machine_entry import IllegalStep, MachineEntry
from server.ledger.order_progress import EVALUATION, progressed
from server.ledger.projection import LedgerProjection, Round
from server.readmodel.service_queries import service_changes
from server.readmodel.service_rows import note_writing
from server.services import Services
from sync.peer import SEQ_START

MOST_ENTRIES: Final = 2000
"""So many at once; the rest follows when these have been read."""
BOOKING: Final = "booking"

Planned = Iterable[list[MachineEntry]]


class SystemWriter:
    """Runs after the ledgers. What it has to do is found anew in each round, and never remembered."""

    def __init__(self, services: Services, ledger: LedgerProjection) -> None:
        self._services, self._ledger = services, ledger
        self._model = services.readmodel
        self._done: tuple[str, int] | None = None
        self._has_caught_up = False
        self._written: set[str] = set()
        """What this process wrote: an entry that changed nothing is a defect, not to be written for ever."""

    def run_once(self) -> bool:
        """Write what should be and is not; False when all is as it should be, or it is too early to tell."""
        latest = self._ledger.latest
        if latest is None or self._done == self._mark(latest) or not self._is_all_read(latest):
            return False
        batch = self._batch(latest)
        if batch:
            self._services.desk.append_many(batch)
            self._written |= {entry.record_id or "" for entry in batch}
        self._done = self._mark(latest)
        return bool(batch)

    def _batch(self, latest: Round) -> list[NewEntry]:
        """Return what is to be written; what cannot be planned is told, and stops no other."""
        entries: list[MachineEntry] = []
        broken: dict[str, BaseException] = {}
        for subject, plan in self._plans(latest):
            try:
                entries += self._checked(plan())
            except DEFECTS as error:
                traceback.print_exc(file=sys.stderr)
                broken[subject] = error
        note_writing(self._model, broken)
        at = latest.terms.now.astimezone(ZoneInfo(self._services.settings.time_zone))
        said_at = at.isoformat(timespec="milliseconds")
        # A chain that is cut short here goes on when its beginning has been read.
        return [entry.new_entry(said_at) for entry in entries[:MOST_ENTRIES]]

    def _mark(self, latest: Round) -> tuple[str, int]:
        return self._model.identity, latest.number

    def _is_all_read(self, latest: Round) -> bool:
        """Does the last round know everything that the desk has written, this process or one before it?"""
        if service_changes(self._model, latest.place).records:
            return False
        self._has_caught_up = self._has_caught_up or self._has_ingest_caught_up()
        last = self._services.desk.last()
        return self._has_caught_up and (
            last is None or self._model.has_folded(last.device, last.entry, last.hash)
        )

    def _has_ingest_caught_up(self) -> bool:
        couch = self._services.couch
        checkpoint = couch.ensure("central").get_local(CHECKPOINT) or {}
        return not couch.ensure("logs").changes(checkpoint.get("since", SEQ_START), limit=1).rows

    def _plans(self, latest: Round) -> Iterator[tuple[str, Callable[[], Planned]]]:
        """Yield how to plan, by whom it concerns: each participant, then the bookings of all."""
        records = SessionRecords(latest.standing)
        evaluations: dict[str, list[Standing]] = defaultdict(list)
        for each in latest.standing.values():
            if each.type == EVALUATION:
                evaluations[each.body["order"]].append(each)
        required = {order.id: order.required_min for order in latest.facts.orders}
        for participant, found in sorted(latest.found.items()):
            own = [each for order in sorted(found.balance_min) for each in evaluations[order]]
            sessions = records.of(found.balance_min)
            yield participant, partial(followed, found.sessions, sessions, latest.terms)
            yield participant, partial(progressed, found, latest.standing, own, required)
        yield BOOKING, partial(bookings, latest.standing, latest.facts.orders, latest.versions, latest.terms)

    def _checked(self, plan: Planned) -> list[MachineEntry]:
        """Return a plan's entries. Raises: IllegalStep where one was written before in vain."""
        entries = [entry for chain in plan for entry in chain]
        repeated = next((entry.id for entry in entries if entry.id in self._written), None)
        if repeated is not None:
            raise IllegalStep(f"{repeated} was written before, and changed nothing")
        return entries
