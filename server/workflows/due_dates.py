"""The due dates of one record, and whether a step would set a date later than a clock allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import Any, Protocol

from server.deadlines import DueDate, Timeline, WorkingDays, due_date
from server.deadlines.clock import Amount, Clock
from server.deadlines.due_date import back_from
from server.deadlines.timeline import timeline_of
from server.fold import RecordState
from server.records.problem import Problem
from server.workflows.engine import Action, Check, Workflow


class FoldedStep(Protocol):
    @property
    def entry(self) -> Mapping[str, Any]: ...

    @property
    def received_at(self) -> str: ...


class FoldedRecord(Protocol):
    """A record as the read model answers with it."""

    @property
    def entry(self) -> Mapping[str, Any]: ...

    @property
    def received_at(self) -> str: ...

    @property
    def state(self) -> RecordState: ...

    @property
    def steps(self) -> Sequence[FoldedStep]: ...


@dataclass(frozen=True, slots=True)
class Today:
    """What a due date is computed with, handed in: the day, the county's zone, its working days."""

    on: date
    zone: tzinfo
    calendar: WorkingDays
    amounts: Mapping[str, int] = field(default_factory=dict)
    """The county's numbers, by the setting that a clock names."""

    def clocks(self, flow: Workflow) -> list[Clock]:
        """Return a workflow's clocks as they run in this county."""
        return [replace(clock, amount=self._set(clock.amount)) for clock in flow.clocks]

    def _set(self, amount: Amount) -> Amount:
        return replace(amount, number=self.amounts.get(amount.setting, amount.number))


def due_dates(flow: Workflow, row: FoldedRecord, today: Today) -> list[DueDate]:
    """Return the due dates of every clock that has begun, in the order of the workflow's file."""
    line = record_timeline(flow, row, today.zone)
    found = (due_date(clock, line, today.on, today.calendar) for clock in today.clocks(flow))
    return [due for due in found if due is not None]


def record_timeline(flow: Workflow, row: FoldedRecord, zone: tzinfo) -> Timeline:
    """Return what happened to the record, on which day of the county."""
    return timeline_of(
        row.state,
        initial_state=flow.initial_state(row.entry.get("schema", 1)),
        received_at=row.received_at,
        step_received_at={step.entry["hash"]: step.received_at for step in row.steps},
        zone=zone,
    )


def date_problems(
    flow: Workflow, row: FoldedRecord, action: Action, fields: Mapping[str, Any], today: Today
) -> list[Problem]:
    """Return which of the checks that are asked of this action the step would break."""
    checks = [check for check in flow.checks if action.name in check.actions]
    if not checks:
        return []
    before = record_timeline(flow, row, today.zone)
    line = before.with_step(today.on, action.name, action.target(row.state), fields, action.says)
    found = (_date_problem(flow, check, line, today) for check in checks)
    return [problem for problem in found if problem is not None]


def _date_problem(flow: Workflow, check: Check, line: Timeline, today: Today) -> Problem | None:
    value = line.values.get(check.field)
    clocks = (clock for clock in today.clocks(flow) if clock.name in check.clocks)
    running = [due for clock in clocks if (due := due_date(clock, line, today.on, today.calendar))]
    if not isinstance(value, str) or not running:
        return None
    first = min(due.on for due in running)
    latest = back_from(first, Amount(check.less_working_days, "working_days"), today.calendar)
    if date.fromisoformat(value) <= latest:
        return None
    params = {"latest": latest.isoformat(), "due": first.isoformat(), "n": check.less_working_days}
    return Problem(check.name, params, check.field)
