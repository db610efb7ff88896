"""Which events make minutes at all: lost phones, late entries, paper (DOMAIN 4, rows 14 and 31; 3.4).

What is set aside is kept, with the reason; nothing is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from server.sessions.facts import REVIEWERS, CheckEvent, Facts, Revocation
from server.sessions.outcome import Flag, SetAside
from server.sessions.pairing import Times
from server.sessions.settings import SessionSettings


class Standing:
    """Sorts events into those that count and those set aside; flags what is doubtful about both."""

    def __init__(self, facts: Facts, times: Times, settings: SessionSettings) -> None:
        self._facts, self._times, self._settings = facts, times, settings
        self._orders = frozenset(order.id for order in facts.orders)
        self._lost: dict[str, Revocation] = {}
        for each in sorted(facts.revocations, key=lambda one: one.lost_at, reverse=True):
            self._lost[each.device] = each
        self.counted: list[CheckEvent] = []
        self.set_aside: list[SetAside] = []
        self.flags: dict[str, list[Flag]] = defaultdict(list)
        lines = _lines(facts.events)
        for event in sorted(facts.events, key=lambda each: each.id):
            reason = self._reason(event, lines)
            if reason is None:
                self.counted.append(event)
            else:
                self.set_aside.append(SetAside(event.id, reason))

    def _reason(self, event: CheckEvent, lines: Mapping[tuple[str, int], list[CheckEvent]]) -> str | None:
        if event.order not in self._orders:
            return "order_unknown"
        return (
            self._after_loss(event)
            or (self._late_entry(event) if event.kind == "late_entry" else None)
            or (self._sheet_line(event, lines) if event.kind == "sheet_line" else None)
        )

    def _after_loss(self, event: CheckEvent) -> str | None:
        """Row 14: signed before the loss, it counts and is flagged; after it, it does not."""
        lost = self._lost.get(event.device)
        if lost is None:
            return None
        beacon_at = event.reading.beacon_at
        if self._times[event.id].at >= lost.lost_at or (beacon_at and beacon_at >= lost.lost_at):
            return "after_loss"
        if event.received_at >= lost.lost_at:
            self.flags[event.id].append(Flag("device_lost", {}, event.id))
        return None

    def _late_entry(self, event: CheckEvent) -> str | None:
        """Only township or above, with reason and witness, within days (DOMAIN 3.4)."""
        if event.role not in REVIEWERS:
            return "late_entry_not_allowed"
        if event.claim is None or not event.reason or not event.witness:
            return "late_entry_incomplete"
        if self._times[event.id].at - event.claim.out_at > timedelta(days=self._settings.late_entry_days):
            return "late_entry_too_late"
        self.flags[event.id].append(Flag("late_entry", {"by": event.author}, event.id))
        return None

    def _sheet_line(self, event: CheckEvent, lines: Mapping[tuple[str, int], list[CheckEvent]]) -> str | None:
        """Row 31: a line counts when two persons typed the same of it."""
        if event.sheet is None or event.claim is None:
            return "sheet_incomplete"
        if (event.sheet.number, event.station) not in self._facts.sheets:
            return "sheet_unknown"
        typed = lines[event.sheet.number, event.sheet.line]
        if len({_content(each) for each in typed}) > 1:
            return "sheet_mismatch"
        if len({each.author for each in typed}) < 2:
            return "sheet_typed_once"
        if event.id != min(each.id for each in typed):
            return "sheet_typed_again"
        if not any(each.photos for each in typed):
            return "sheet_without_scan"
        return None


def _lines(events: Iterable[CheckEvent]) -> dict[tuple[str, int], list[CheckEvent]]:
    found: dict[tuple[str, int], list[CheckEvent]] = defaultdict(list)
    for event in events:
        if event.kind == "sheet_line" and event.sheet is not None:
            found[event.sheet.number, event.sheet.line].append(event)
    return found


def _content(event: CheckEvent) -> tuple[object, ...]:
    return (event.order, event.station, event.claim)
