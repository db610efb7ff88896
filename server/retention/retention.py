"""The worker's part: once a day it enters what is due, and it takes out what is entered until it is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.gateway.desk import NewEntry
from server.identity.instants import now
from server.journal import Journal
from server.readmodel.retention_queries import erasures, named_elsewhere
from server.records.erasure import MOST_ITEMS, Item
from server.records.names import SYSTEM
from server.retention.cleaning import (
    order_devices,
    take_out_of_journal,
    take_out_of_logs,
    take_out_of_media,
)
from server.retention.due import DueOrder, orders_with_evidence
from server.services import Services

NOTE: Final = "retention"
"""`_local/retention` of `logs`: {lives, cleaned}: which erasures are through in this life of the data."""


class Retention:
    """Exactly one worker has it; it runs after ingest and projection, which take erasures in."""

    def __init__(self, services: Services, *, clock: Callable[[], datetime] = now) -> None:
        self._services = services
        self._clock = clock
        self._logs = services.couch.ensure("logs")
        self._central = services.couch.ensure("central")
        self._checked_on: date | None = None
        self._has_open = True
        """Perhaps an erasure is not through yet: at the start that is unknown."""
        self._awaited: set[str] = set()
        """Erasures that were entered and are not folded yet."""

    def run_once(self) -> bool:
        """Enter what is due today, then clean up after what was entered; False when nothing was left."""
        if self._services.readmodel.is_complete and self._checked_on != self.today:
            entered = self.enter_due()
            self._checked_on = self.today
            self._has_open = self._has_open or bool(entered)
            if entered:
                return True
        return self._has_open and self._clean_up()

    @property
    def today(self) -> date:
        """The county's day."""
        return self._clock().astimezone(ZoneInfo(self._services.settings.time_zone)).date()

    def due(self) -> list[DueOrder]:
        """Return the orders of which something is to be erased today."""
        keep_days = self._services.settings.retention_days
        found = orders_with_evidence(self._services.readmodel, keep_days)
        return [order for order in found if order.is_due(self.today)]

    def enter_due(self) -> int:
        """Enter an erasure at the desk for each order that is due; returns how many."""
        entered = [entry for order in self.due() for entry in self._entries(order)]
        if entered:
            self._awaited |= {ref.id for ref in self._services.desk.append_many(entered)}
        return len(entered)

    def _entries(self, order: DueOrder) -> Iterable[NewEntry]:
        for items in _batches(order.items):
            body = {
                "order": order.id,
                "hold_until": str(order.hold_until),
                "keep_days": self._services.settings.retention_days,
                "due_on": str(order.due_on),
                "items": items,
            }
            yield NewEntry(type="erasure", body=body, author=SYSTEM, role=SYSTEM)

    def _clean_up(self) -> bool:
        known = {entry["id"]: entry for entry in erasures(self._services.readmodel)}
        lives = [self._services.epoch, self._logs.info().instance_start_time]
        note = self._logs.get_local(NOTE) or {}
        cleaned = set(note["cleaned"]) if note.get("lives") == lives else set()
        open_ones = [entry for id_, entry in known.items() if id_ not in cleaned]
        self._awaited -= known.keys()
        self._has_open = bool(open_ones or self._awaited) or not self._services.readmodel.is_complete
        if not open_ones or not all(map(self._is_taken_in, open_ones)):
            return False  # ingest or projection are not through with it: they go first
        self._take_out(open_ones)
        self._logs.put_local(
            NOTE, {"lives": lives, "cleaned": sorted(cleaned | {e["id"] for e in open_ones})}
        )
        return True

    def _take_out(self, entries: list[Mapping[str, Any]]) -> None:
        services = self._services
        items: list[Item] = [item for entry in entries for item in entry["body"]["items"]]
        take_out_of_logs(self._logs, items)
        take_out_of_media(services, items, lambda hashes: named_elsewhere(services.readmodel, hashes))
        take_out_of_journal(Journal(services.settings.journal_folder), items)
        for entry in entries:
            order_devices(services, entry)
            services.audit.append("erased", actor=SYSTEM, about=entry["body"]["order"], erasure=entry["id"])
        self._logs.compact()
        self._central.compact()
        services.couch.wipe_freed()
        services.readmodel.wipe_freed()

    def _is_taken_in(self, erasure: Mapping[str, Any]) -> bool:
        """Do central and read model hold nothing any more of what it names?"""
        for item in erasure["body"]["items"]:
            home = self._services.readmodel.home_of(item["log"])
            doc = self._services.readmodel.document(home) if home else None
            if doc is not None and (set(item["parts"]) & set(doc.get("parts") or {})):
                return False
        return True


class ViewWiping:
    """For a node that only shows the console: its own read model forgets as well."""

    def __init__(self, services: Services) -> None:
        self._model = services.readmodel
        self._wiped = -1

    def run_once(self) -> bool:
        """Wipe once at the start and after each erasure that was projected."""
        count = len(erasures(self._model))
        if count != self._wiped:
            self._model.wipe_freed()
            self._wiped = count
        return False


def _batches(items: tuple[Item, ...]) -> Iterable[list[Item]]:
    for start in range(0, len(items), MOST_ITEMS):
        yield list(items[start : start + MOST_ITEMS])
