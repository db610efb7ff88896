"""What goes into the fold and what comes out of it."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

STATE_FIELD = "to"
"""The register that holds the state; it folds as every field does."""

MERGE = "merge"
"""The action that settles what steps left undecided."""


class Severity(enum.IntEnum):
    """How much a person has to look at what was done without seeing each other."""

    NONE = 0
    SOFT = 1
    """Done side by side, and both stand."""
    HARD = 2
    """Something is undecided until a person merges."""


@dataclass(frozen=True)
class FoldEntry:
    """A record, or a step of it, as the fold sees it."""

    hash: str
    base: tuple[str, ...] = ()
    """Empty for the record itself."""
    action: str = ""
    to: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    author: str = ""
    role: str = ""
    at: str = ""
    schema: int = 1
    is_refused: bool = False
    """Refused at ingest: it does not count, and what is based on it waits for it."""
    is_admitted: bool = False
    """A named person let it count in spite of a rule: its legality is not asked again."""

    @classmethod
    def of(
        cls, entry: Mapping[str, Any], *, is_refused: bool = False, is_admitted: bool = False
    ) -> FoldEntry:
        """Return the fold's view of a sealed entry: a step by its body, any other record by its fields."""
        body = entry["body"]
        is_step = entry["type"] == "step"
        return cls(
            entry["hash"],
            base=tuple(body["base"]) if is_step else (),
            action=body["action"] if is_step else "",
            to=body.get("to") if is_step else None,
            fields=body.get("fields", {}) if is_step else body,
            reason=body.get("reason") if is_step else None,
            author=entry["author"],
            role=entry["role"],
            at=entry["at"],
            schema=entry.get("schema", 1),
            is_refused=is_refused,
            is_admitted=is_admitted,
        )

    def registers(self) -> list[str]:
        """Return the names of the registers that this entry writes."""
        names = [name for name in self.fields if name != STATE_FIELD]
        return [*names, STATE_FIELD] if self.to is not None else names

    def written(self, name: str) -> Any:
        """Return what this entry writes into the register."""
        return self.to if name == STATE_FIELD else self.fields[name]


@dataclass(frozen=True)
class FieldState:
    """A register: its candidates are the values of the writers that no other writer has seen."""

    candidates: Mapping[str, Any]
    """Value by the hash of its writer."""

    @property
    def is_decided(self) -> bool:
        """Do all candidates say the same?"""
        first, *others = self.candidates.values()
        return all(same_value(first, other) for other in others)

    @property
    def value(self) -> Any:
        """Return the value; None while it is undecided."""
        return next(iter(self.candidates.values())) if self.is_decided else None


@dataclass(frozen=True)
class HistoryRow:
    """One step that counts, in an order in which each stands after what it was based on."""

    hash: str
    base: tuple[str, ...]
    action: str
    to: str | None
    fields: Mapping[str, Any]
    reason: str | None
    author: str
    role: str
    at: str
    is_concurrent: bool
    """Some head of the record has not seen it."""


@dataclass(frozen=True)
class RecordState:
    """What a record and its steps amount to."""

    state: str | None
    """None while candidates for it differ."""
    state_candidates: Mapping[str, str]
    fields: Mapping[str, FieldState]
    heads: tuple[str, ...]
    severity: Severity
    conflicts: tuple[str, ...]
    """Undecided registers; the state's is `to`."""
    actors: frozenset[tuple[str, str]] = frozenset()
    """(action, author) of every step that is seen here: some steps are for another person to take."""
    out_of_place: tuple[str, ...] = ()
    """Hashes of steps whose action is not allowed in the state that came about beside them."""
    history: tuple[HistoryRow, ...] = ()
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step by hash: the hashes that it waits for."""
    refused: Mapping[str, Any] = field(default_factory=dict)
    """Step by hash: the problem with it in the state folded from its own base."""

    def field(self, name: str) -> FieldState:
        """Return one register. Raises: KeyError when nothing has written it."""
        return self.fields[name]

    def value(self, name: str) -> Any:
        """Return a field's value; None when it is undecided or nothing has written it."""
        return self.fields[name].value if name in self.fields else None

    @property
    def state_at(self) -> str | None:
        """Return when the state came about, by its writer's clock; None at first or while it is open."""
        if self.state is None:
            return None
        return next((row.at for row in self.history if row.hash in self.state_candidates), None)


class Rules(Protocol):
    """The workflow that says what is legal."""

    def initial_state(self, schema: int) -> str:
        """Return the state of a record without steps; facts of an older schema keep the one they began in."""

    def step_problem(self, step: FoldEntry, state: RecordState) -> Any | None:
        """Return why this step is not legal in the state at its own base, or None."""

    def says(self, action: str) -> frozenset[str]:
        """Return the fields of this action that are no registers: they say something and set nothing."""

    def allows(self, action: str, state: str) -> bool:
        """Is the action possible in a record of this state?"""


def same_value(one: Any, other: Any) -> bool:
    """Are these JSON values equal, as JSON is: 1 is 1.0 and is not true?"""
    return one is other or _comparable(one) == _comparable(other)


def _comparable(value: Any) -> str:
    return json.dumps(_with_one_number_type(value), sort_keys=True)


def _with_one_number_type(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_one_number_type(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_one_number_type(member) for member in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
