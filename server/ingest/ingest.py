"""Follows `logs` into `central`: a page of documents, their receipts, then the acks, then the checkpoint.

The checkpoint stands in the target with both lives; any mismatch reads all logs again, and no ack of the
new life is written before that is done. Receipts that are there already are facts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from server.bounded_page import bounded_page
from server.identity.instants import instant, now
from server.ingest.beacons import BeaconTimes
from server.ingest.candidate import candidate_from_log
from server.ingest.central_page import CentralPage
from server.ingest.durable import DurableWriter
from server.ingest.judge import Rules
from server.ingest.log_acks import LogAcks
from server.ingest.media import PREFIX as MEDIA_PREFIX
from server.ingest.media import log_of_arrival
from server.ingest.numbers import Numbers
from server.ingest.page import REPAIR, Page
from server.readmodel import Projection
from server.records.registry import record_type
from server.services import Services
from sync.follower import Follower
from sync.peer import ChangeRow, Document

PAGE: Final = 500
RULES: Final = "1"
CHECKPOINT: Final = "ingest"


class Ingest:
    """The one writer of `central`; exactly one worker has it."""

    def __init__(self, services: Services, *, clock: Callable[[], datetime] = now) -> None:
        self._services = services
        self._clock = clock
        self._logs = services.couch.ensure("logs")
        self._central = services.couch.ensure("central")
        self._model = services.readmodel
        self._projection = Projection(services)
        self._writer = DurableWriter(self._central)
        self._beacons = BeaconTimes(services.key_ring, self._epochs)
        self._acks = LogAcks(self._logs, self._central, self._writer)
        self._follower = Follower(
            self._logs,
            self._central,
            CHECKPOINT,
            lives=lambda: [services.epoch],
            read=lambda logs, since: bounded_page(logs, since, PAGE),
        )
        self._has_read_all = False
        self._has_retried = False

    def run_once(self) -> bool:
        """Judge a page of logs; False when nothing was left to do."""
        self._writer.settle()
        self._begin()
        while self._projection.run_once():
            pass  # the read model answers what is known: it must hold all that was judged before
        changes = self._follower.next_page()
        if not changes.rows and self._has_read_all:
            return self._release_outside()
        # After the page was read: whatever was granted before an entry was stored is known to its judge.
        self._services.directory.accounts.refresh(is_urgent=True)
        self._read(changes.rows)
        self._finish(changes.last_seq, is_end=changes.pending == 0)
        # Last: where an ack could not be written, the page is read again and finds its receipts.
        self._follower.passed(changes.last_seq)
        return True

    def _begin(self) -> None:
        """Go on from the checkpoint, or from the start in another life of either database."""
        goes_on = self._follower.begin()
        if goes_on is None:
            return
        self._has_read_all = goes_on
        self._acks.begin(self._services.epoch, is_first_reading=not goes_on)

    def _read(self, rows: list[ChangeRow]) -> None:
        page, central = self._page()
        documents = [row.doc for row in rows if row.doc is not None and not row.is_deleted]
        arrivals = [doc for doc in documents if doc["_id"].startswith(MEDIA_PREFIX)]
        at = instant(self._clock())
        candidates = [
            candidate_from_log(doc, at) for doc in documents if not doc["_id"].startswith((MEDIA_PREFIX, "_"))
        ]
        page.take(candidates)
        page.take_arrivals(arrivals, self._homes(arrivals, central))
        central.write(self._writer)
        for candidate in candidates:
            self._acks.add(candidate)

    def _finish(self, last_seq: str, *, is_end: bool) -> None:
        has_read_all = self._has_read_all or is_end
        if has_read_all:
            self._acks.write()
            self._follower.save(last_seq)
        self._has_read_all = has_read_all

    def _release_outside(self) -> bool:
        """Judge again what waits for something that no log brings: a newer program, a known device."""
        known = [name for name in self._model.waiting_names("schema:") if _is_known_schema(name)]
        known += [
            name
            for name in self._model.waiting_names("device:")
            if self._services.directory.device_at_once(name.partition(":")[2])
        ]
        if not self._has_retried:
            self._has_retried = True  # perhaps this program can what an older one could not
            known.append(REPAIR)
        if not known:
            return False
        page, central = self._page()
        page.release(known)
        return central.write(self._writer)

    def _page(self) -> tuple[Page, CentralPage]:
        settings = self._services.settings
        central = CentralPage(self._central, self._model, self._services.directory, self._beacons)
        rules = Rules(RULES, settings.clock_tolerance_s, settings.late_after_h)
        numbers = Numbers(central, self._model, settings.time_zone)
        return Page(central, self._logs, self._model, rules, numbers, instant(self._clock())), central

    def _homes(self, arrivals: list[Document], central: CentralPage) -> list[str]:
        """Return the central documents of the entries that these files belong to."""
        found = (central.of_log(log_of_arrival(doc["_id"])) for doc in arrivals)
        return [doc["_id"] for doc in found if doc is not None]

    def _epochs(self) -> list[str]:
        """Return this epoch, then those before it, as their desks' logs name them."""
        return list(dict.fromkeys([self._services.epoch, *self._model.desk_epochs()]))


def _is_known_schema(name: str) -> bool:
    _schema, type_name, version = name.split(":")
    kind = record_type(type_name)
    return kind is not None and int(version) in kind.schemas
