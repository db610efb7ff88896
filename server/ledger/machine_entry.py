"""What the machine is to write at the desk: records, and chains of steps; ids follow from what they say.

Whoever plans the same from the same facts plans the same ids in the same order: a crash repeats nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from server.fold import FieldState, FoldEntry, RecordState, Severity
from server.gateway.desk import NewEntry
from server.records.canonical import canonical
from server.records.names import SYSTEM
from server.records.registry import record_type
from server.workflows import workflow

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"


class IllegalStep(ValueError):
    """The machine planned what the workflow does not allow: a defect of ours, and nothing is written."""


@dataclass(frozen=True, slots=True)
class MachineEntry:
    """One entry; `after`: the id of an entry planned before it in the same batch, on which it stands."""

    id: str
    type: str
    body: Mapping[str, Any]
    after: str | None = None

    def new_entry(self, at: str) -> NewEntry:
        """Return it as the desk takes it."""
        return NewEntry(
            type=self.type,
            body=self.body,
            author=SYSTEM,
            role=SYSTEM,
            record_id=self.id,
            at=at,
            after=self.after,
        )


def ulid_of(*about: Any) -> str:
    """Return the ULID that these values always have."""
    digest = hashlib.sha256(canonical(list(about))).digest()
    number = int.from_bytes(digest[:16], "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


class Chain:
    """Steps on one record, each legal in the state that the one before leaves."""

    def __init__(self, record: str, type_: str, state: RecordState, *, after: str | None = None) -> None:
        kind = record_type(type_)
        assert kind is not None, "the machine writes known types"
        assert kind.workflow is not None, "and those have states"
        self._record, self._flow, self.state = record, workflow(kind.workflow), state
        self._after, self._steps = after, len(state.history)
        self.entries: list[MachineEntry] = []

    @classmethod
    def of_new(cls, record: str, type_: str, body: Mapping[str, Any]) -> Chain:
        """Begin with the record itself."""
        kind = record_type(type_)
        assert kind is not None, "the machine writes known types"
        initial = workflow(kind.workflow or type_).initial
        fields = {name: FieldState({record: value}) for name, value in body.items()}
        # Its hash is not known yet, and nothing but the state is asked of it here.
        state = RecordState(initial, {record: initial}, fields, (), Severity.NONE, ())
        chain = cls(record, type_, state, after=record)
        chain.entries.append(MachineEntry(record, type_, body))
        return chain

    def step(self, action: str, reason: str | None = None, **fields: Any) -> None:
        """Plan one more. Raises: IllegalStep."""
        declared = self._flow.actions[action]
        to = declared.target(self.state)
        fields = {**fields, **declared.implied(self.state)}
        entry = FoldEntry(action, self.state.heads, action, to, fields, reason, role=SYSTEM, author=SYSTEM)
        problem = self._flow.step_problem(entry, self.state)
        if problem is not None:
            raise IllegalStep(f"{self._record}: {action}: {problem.code} {problem.field or ''}")
        id_ = f"step:{ulid_of(self._record, self._steps, action, fields)}"
        base = [] if self._after else list(self.state.heads)
        members = {name: value for name, value in (("to", to), ("reason", reason)) if value is not None}
        body = {"record": self._record, "base": base, "action": action, "fields": fields, **members}
        self.entries.append(MachineEntry(id_, "step", body, self._after))
        self._after, self._steps = id_, self._steps + 1
        written = {name: FieldState({id_: value}) for name, value in fields.items()}
        self.state = replace(
            self.state, state=to or self.state.state, fields={**self.state.fields, **written}
        )
