"""What happened to a record on which day, as clocks ask for it; no day is later than the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from server.fold import RecordState


@dataclass(frozen=True, slots=True)
class Event:
    """One step: the day, the action, the state it led to (None where it left the state as it was)."""

    on: date
    action: str
    state: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The record's days: received, then its steps in the order in which each saw the one before."""

    received_on: date
    initial_state: str
    events: tuple[Event, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the record's fields amount to now."""

    def with_step(
        self, on: date, action: str, state: str | None, fields: Mapping[str, Any], said: frozenset[str]
    ) -> Timeline:
        """Return it as it would be after one more step; what is only said sets no value."""
        registers = {name: value for name, value in fields.items() if name not in said}
        event = Event(on, action, state, fields)
        return replace(self, events=(*self.events, event), values={**self.values, **registers})

    def states(self) -> Iterable[tuple[date, str]]:
        """Return each state that was entered, with its day."""
        yield self.received_on, self.initial_state
        for event in self.events:
            if event.state is not None:
                yield event.on, event.state


def timeline_of(
    state: RecordState,
    *,
    initial_state: str,
    received_at: str,
    step_received_at: Mapping[str, str],
    zone: tzinfo,
) -> Timeline:
    """Return the timeline of a folded record; `step_received_at` is by the step's hash."""
    events = [
        Event(_day(row.at, step_received_at.get(row.hash), zone), row.action, row.to, row.fields)
        for row in state.history
    ]
    values = {name: register.value for name, register in state.fields.items() if register.is_decided}
    return Timeline(_day(received_at, None, zone), initial_state, tuple(events), values)


def _day(at: str, received_at: str | None, zone: tzinfo) -> date:
    """Return the county's day of a moment; a device's time later than its receipt is never believed."""
    moments = [datetime.fromisoformat(each) for each in (at, received_at) if each]
    return min(moments).astimezone(zone).date()
