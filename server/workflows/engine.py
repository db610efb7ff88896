"""The engine: what may be done in a state, by whom, with which fields. It knows no workflow by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from marshmallow import Schema

from server.fold.state import MERGE, STATE_FIELD, FoldEntry, RecordState, Severity
from server.records.problem import Problem
from server.records.schema import schema_problems


@dataclass(frozen=True)
class Action:
    """Something that may happen to a record."""

    name: str
    from_states: frozenset[str]
    to: str | None
    """The state it leads to; None when it leaves the state as it is."""
    by: frozenset[str]
    fields: Schema
    says: frozenset[str] = frozenset()
    """Fields that are part of what was said, not of what is so: kept in the history, never in conflict."""
    needs_reason: bool = False
    allots_number: bool = False
    """Ingest gives the record its official number in this step's receipt."""


@dataclass(frozen=True)
class Workflow:
    """States, and the actions that lead from one to another."""

    name: str
    initial: str
    states: tuple[str, ...]
    actions: Mapping[str, Action]
    merge_by: frozenset[str] = field(default_factory=frozenset)
    """Roles that may settle what steps left undecided."""

    def allows(self, action: str, state: str) -> bool:
        """Is the action possible in a record of this state?"""
        declared = self.actions.get(action)
        return declared is not None and state in declared.from_states

    def says(self, action: str) -> frozenset[str]:
        """Return the fields of this action that set nothing."""
        declared = self.actions.get(action)
        return declared.says if declared else frozenset()

    def legal_actions(self, state: RecordState, role: str) -> list[Action]:
        """Return what this role may do next; nothing but a merge while something is undecided."""
        if state.severity is Severity.HARD or state.state is None:
            return []
        return [a for a in self.actions.values() if role in a.by and state.state in a.from_states]

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
        if state.severity is Severity.HARD:
            return Problem("merge_needed", {"action": step.action})
        if state.state not in action.from_states:
            return Problem("action_not_now", {"action": step.action, "state": state.state})
        if step.to != action.to:
            return Problem("action_leads_elsewhere", {"action": step.action}, STATE_FIELD)
        if action.needs_reason and not (step.reason or "").strip():
            return Problem("required", field="reason")
        return next(iter(schema_problems(action.fields, step.fields)), None)

    def _merge_problem(self, step: FoldEntry, state: RecordState) -> Problem | None:
        if step.role not in self.merge_by:
            return Problem("action_not_yours", {"action": MERGE, "role": step.role})
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
