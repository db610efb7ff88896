"""A participant's states follow the orders: active, closed, and anonymised when the identity's time is over.

The identity goes when the evidence of the last order went: no earlier, for papers may still need the name.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.identity.instants import now
from server.identity.people_journal import NAME as PEOPLE
from server.journal import Journal, Line
from server.participants import people
from server.readmodel.participant_queries import orders_of, participants_in
from server.readmodel.retention_queries import OVER
from server.records.names import SYSTEM
from server.services import Services

EVERY_S: Final = 10.0


class ParticipantLife:
    """A step of the worker; looks again after some seconds at the earliest."""

    def __init__(self, services: Services, *, clock: Callable[[], datetime] = now) -> None:
        self._services = services
        self._clock = clock
        self._looked_at_s: float | None = None
        self._stepped: set[tuple[str, str]] = set()

    def run_once(self) -> bool:
        """Take the steps that follow from the orders; True when one was taken."""
        if self._looked_at_s is not None and time.monotonic() - self._looked_at_s < EVERY_S:
            return False
        taken = [
            self._follow(record, state, member)
            for record, state, member in participants_in(
                self._services.readmodel, ("registered", "active", "closed")
            )
        ]
        self._looked_at_s = None if any(taken) else time.monotonic()
        return any(taken)

    def _follow(self, record: str, state: str, member: str) -> bool:
        states = [order.state for order in orders_of(self._services.readmodel, member)]
        if state == "registered" and any(each != "draft" for each in states):
            return self._step(record, "activate", "active")
        if state == "active" and states and all(each in OVER for each in states):
            return self._step(record, "close_participant", "closed")
        if state == "closed" and states and self._is_over(member):
            self._erase_identity(record, member)
            return self._step(record, "anonymise", "anonymised")
        return False

    def _is_over(self, member: str) -> bool:
        """Is the time of every order's evidence over? Where nobody said until when, it never is."""
        model, days = self._services.readmodel, self._services.settings.retention_days
        today = self._clock().astimezone(ZoneInfo(self._services.settings.time_zone)).date()
        for order in orders_of(model, member):
            row = model.record(order.id)
            held = row.state.value("hold_until") if row is not None else None
            if order.state not in OVER or not isinstance(held, str):
                return False
            if date.fromisoformat(held) + timedelta(days=days) > today:
                return False
        return True

    def _erase_identity(self, record: str, member: str) -> None:
        services = self._services
        if not people(services).is_known(member):
            return
        number = people(services).number_id(member)
        people(services).erase(member)
        journal = Journal(services.settings.journal_folder)
        with journal.locked(PEOPLE):
            journal.rewrite(PEOPLE, lambda line: _without_identity(line, {f"person:{member}", number}))
        services.audit.append("identity_erased", actor=SYSTEM, about=record)
        services.couch.ensure("accounts").compact()
        services.couch.wipe_freed()

    def _step(self, record: str, action: str, to: str) -> bool:
        row = self._services.readmodel.record(record)
        if row is None or (record, action + row.state.heads[0]) in self._stepped:
            return False
        self._stepped.add((record, action + row.state.heads[0]))
        base = list(row.state.heads)
        step = {"record": record, "base": base, "action": action, "to": to, "fields": {}}
        self._services.desk.append("step", step, author=SYSTEM, role=SYSTEM)
        return True


def _without_identity(line: Line, gone: set[str]) -> Line:
    if line["doc"]["_id"] not in gone:
        return line
    return {**line, "doc": {"_id": line["doc"]["_id"], "_deleted": True}}
