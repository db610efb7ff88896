"""The engine: what may be done in a state, by whom, with which fields. It knows no workflow by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from server.deadlines import Clock
from server.fold.state import MERGE, STATE_FIELD, FoldEntry, RecordState, Severity, same_value
from server.records.problem import Problem
from server.records.schema import schema_problems
from server.workflows.declared_views import DeclaredView
from server.workflows.form import FormField


@dataclass(frozen=True)
class Action:
    """Something that may happen to a record."""

    name: str
    from_states: frozenset[str]
    to: str | None
    """The state it leads to; None when it leaves the state as it is, or goes back to one remembered."""
    by: frozenset[str]
    fields: Schema
    says: frozenset[str] = frozenset()
    """Fields that are part of what was said, not of what is so: kept in the history, never in conflict."""
    needs_reason: bool = False
    allots_number: bool = False
    """Ingest gives the record its official number in this step's receipt."""
    form: tuple[FormField, ...] = ()
    """What a person is asked for, in this order."""
    returns_to: str | None = None
    """The field that remembers the state to go back to."""
    remembers: str | None = None
    """The field into which this step writes the state that it leaves."""
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Fields that this step always writes with these values."""
    needs: frozenset[str] = frozenset()
    """Fields that must have been written before, and not as a plain no."""
    lacks: frozenset[str] = frozenset()
    """Fields with which it is not possible any more."""
    required_when: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By field: it is required where these others have these values."""
    not_by: frozenset[str] = frozenset()
    """Actions: who took one of them on this record leaves this step to another person."""
    when: Mapping[str, Any] = field(default_factory=dict)
    """It is possible only while these fields have these values."""

    def is_for_another(self, state: RecordState, author: str) -> bool:
        """Did this person take a step here that keeps them from this one?"""
        return any((name, author) in state.actors for name in self.not_by)

    def target(self, state: RecordState) -> str | None:
        """Return the state that this action leads to from that one."""
        if self.returns_to is None:
            return self.to
        value = state.value(self.returns_to)
        return value if isinstance(value, str) else None

    def implied(self, state: RecordState) -> dict[str, Any]:
        """Return the fields that nobody is asked for: what is set, and the state that is remembered."""
        remembered = {self.remembers: state.state} if self.remembers else {}
        return {**self.sets, **remembered}

    def is_open(self, state: RecordState) -> bool:
        """Is it possible in this state, whoever does it?"""
        if state.state not in self.from_states:
            return False
        if any(state.value(name) is None or state.value(name) is False for name in self.needs):
            return False
        if any(state.value(name) is not None for name in self.lacks):
            return False
        if any(not same_value(state.value(name), value) for name, value in self.when.items()):
            return False
        return self.returns_to is None or self.target(state) is not None


@dataclass(frozen=True)
class Check:
    """A date that may not be later than a clock's due date, less some days; asked before a step."""

    name: str
    """Said by the message `reason.<name>`."""
    field: str
    clocks: tuple[str, ...]
    less_working_days: int
    actions: frozenset[str]
    """The steps of which it is asked."""


@dataclass(frozen=True)
class Workflow:
    """States, and the actions that lead from one to another."""

    name: str
    initial: str
    states: tuple[str, ...]
    actions: Mapping[str, Action]
    merge_by: frozenset[str] = field(default_factory=frozenset)
    """Roles that may settle what steps left undecided."""
    initial_by_schema: Mapping[int, str] = field(default_factory=dict)
    """The first state of records of an older schema, where it was another."""
    read_by: frozenset[str] = frozenset()
    """Roles that read these records whole on the console's own pages for workflows."""
    clocks: tuple[Clock, ...] = ()
    checks: tuple[Check, ...] = ()
    record_form: tuple[FormField, ...] = ()
    """What a new record asks for, where the record itself is declared here."""
    number: str = ""
    """The form of official numbers: `{year}` and `{number}` are filled in."""
    views: tuple[DeclaredView, ...] = ()
    """Who is shown what of a record that is declared here."""

    def initial_state(self, schema: int) -> str:
        """Return the state of a record without steps."""
        return self.initial_by_schema.get(schema, self.initial)

    def allows(self, action: str, state: str) -> bool:
        """Is the action possible in a record of this state?"""
        declared = self.actions.get(action)
        return declared is not None and state in declared.from_states

    def says(self, action: str) -> frozenset[str]:
        """Return the fields of this action that set nothing."""
        declared = self.actions.get(action)
        return declared.says if declared else frozenset()

    def legal_actions(self, state: RecordState, role: str, author: str = "") -> list[Action]:
        """Return what this role, and this person in it, may do next; nothing but a merge while undecided."""
        if state.severity is Severity.HARD or state.state is None:
            return []
        open_ones = [a for a in self.actions.values() if role in a.by and a.is_open(state)]
        return [a for a in open_ones if not a.is_for_another(state, author)]

    def may_merge(self, state: RecordState, role: str) -> bool:
        """May this role settle what is undecided here?"""
        return len(state.heads) > 1 and role in self.merge_by

    def step_problem(self, step: FoldEntry, state: RecordState) -> Problem | None:
        """Return why the step is not legal in the state folded from its own base, or None."""
        if step.action == MERGE:
            return self._merge_problem(step, state)
        action = self.actions.get(step.action)
        if action is None:
            return Problem("action_unknown", {"action": step.action})
        if step.role not in action.by:
            return Problem("action_not_yours", {"action": step.action, "role": step.role})
        if action.is_for_another(state, step.author):
            return Problem("another_person", {"action": step.action})
        if state.severity is Severity.HARD:
            return Problem("merge_needed", {"action": step.action})
        if not action.is_open(state):
            return Problem("action_not_now", {"action": step.action, "state": state.state})
        if step.to != action.target(state):
            return Problem("action_leads_elsewhere", {"action": step.action}, STATE_FIELD)
        if action.needs_reason and not (step.reason or "").strip():
            return Problem("required", field="reason")
        return _fields_problem(action, step, state)

    def _merge_problem(self, step: FoldEntry, state: RecordState) -> Problem | None:
        if step.role not in self.merge_by:
            return Problem("action_not_yours", {"action": MERGE, "role": step.role})
        if self._settles_own(step.author, state):
            return Problem("another_person", {"action": MERGE})
        if len(state.heads) < 2:
            return Problem("nothing_to_merge")
        if not (step.reason or "").strip():
            return Problem("required", field="reason")
        written = set(step.registers())
        undecided = set(state.conflicts)
        if undecided - written:
            return Problem.about("merge_incomplete", min(undecided - written))
        if written - undecided - {STATE_FIELD}:
            return Problem.about("merge_beyond_conflict", min(written - undecided))
        if step.to is not None and step.to not in state.state_candidates.values():
            return Problem("merge_to_no_candidate", field=STATE_FIELD)
        return self._settled_values_problem(step)

    def _settles_own(self, author: str, state: RecordState) -> bool:
        """Would somebody settle what was written in steps that are for another person to take?"""
        taken = {name for name, _author in state.actors}
        return any(
            action.is_for_another(state, author) for name, action in self.actions.items() if name in taken
        )

    def _settled_values_problem(self, step: FoldEntry) -> Problem | None:
        """Return what is wrong with a value that a merge settles on: it obeys the field's own limits."""
        for name, value in step.fields.items():
            for action in self.actions.values():
                if name in action.fields.fields:
                    problems = schema_problems(action.fields, {name: value})
                    problem = next((p for p in problems if (p.field or "").split(".")[0] == name), None)
                    if problem:
                        return problem
        return None


def _fields_problem(action: Action, step: FoldEntry, state: RecordState) -> Problem | None:
    implied = action.implied(state)
    for name, value in implied.items():
        if name not in step.fields or not same_value(step.fields[name], value):
            return Problem("field_is_given", {"value": value}, name)
    asked = {name: value for name, value in step.fields.items() if name not in implied}
    for name, condition in action.required_when.items():
        values = {other: asked.get(other, state.value(other)) for other in condition}
        if name not in asked and all(same_value(values[other], condition[other]) for other in condition):
            return Problem("required", field=name)
    return next(iter(schema_problems(action.fields, asked)), None)
