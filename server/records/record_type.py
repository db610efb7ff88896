"""RecordType: all that is declared about one type of record, and what its rules are asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from server.fold import RecordState
from server.records.problem import Problem
from server.records.schema import schema_problems
from server.records.views import Audience, RecordFacts

Body = Mapping[str, Any]


@dataclass(frozen=True)
class KnownRecord:
    """A record that central holds as accepted or admitted."""

    id: str
    type: str
    author: str
    role: str
    body: Body
    state_of: Callable[[], RecordState | None] = field(default=lambda: None, repr=False, compare=False)
    """Fold it with its steps; None where only the record itself is at hand."""

    def value_of(self) -> Callable[[str], Any]:
        """Return how to read its fields: as its steps leave them, else as it was written."""
        state = self.state_of()
        return state.value if state is not None else self.body.get


Lookup = Callable[[str], KnownRecord | None]
"""Find a record by id; None when central does not hold it."""


@dataclass(frozen=True)
class Subject:
    """Whom and what a record concerns: what the scopes of grants are compared with."""

    members: frozenset[str] = frozenset()
    townships: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


SubjectRule = Callable[[KnownRecord, Lookup], Subject]
"""How a type finds its subject, from the record and, where it must, from others."""


def _no_references(_body: Body) -> Iterable[str]:
    return ()


def _no_doubts(_entry: Mapping[str, Any], _parts: Mapping[str, Any]) -> list[Problem]:
    return []


def _no_misuse(_entry: Mapping[str, Any]) -> list[Problem]:
    return []


def _no_subject(_record: KnownRecord, _lookup: Lookup) -> Subject:
    return Subject()


def _no_audiences(_facts: RecordFacts) -> frozenset[Audience]:
    return frozenset()


def _no_places(_facts: RecordFacts) -> frozenset[str]:
    return frozenset()


def _is_never_left(_facts: RecordFacts) -> bool:
    return False


def _no_view(_facts: RecordFacts, _audience: Audience) -> dict[str, Any] | None:
    return None


@dataclass(frozen=True)
class RecordType:
    """One type of record: schemas by version, who writes it about whom, who sees what of it."""

    name: str
    schemas: Mapping[int, Schema]
    written_by: frozenset[str]
    is_desk_only: bool = False
    """Only console users and the machine write it, in the server's own log."""
    parts: Mapping[str, Schema] = field(default_factory=dict)
    misuse: Callable[[Mapping[str, Any]], list[Problem]] = _no_misuse
    """What this entry's role may not say in a record that it may write otherwise."""
    references: Callable[[Body], Iterable[str]] = _no_references
    """Ids of records that central must hold before an entry is judged; until then it is held."""
    subject: SubjectRule = _no_subject
    doubts: Callable[[Mapping[str, Any], Mapping[str, Any]], list[Problem]] = _no_doubts
    """Flags that the entry and its parts give rise to by themselves; doubt is not refusal."""
    audiences: Callable[[RecordFacts], frozenset[Audience]] = _no_audiences
    view: Callable[[RecordFacts, Audience], dict[str, Any] | None] = _no_view
    workflow: str | None = None
    places: Callable[[RecordFacts], frozenset[str]] = _no_places
    """Ids of the stations where what it is about goes on now; records that name it go there with it."""
    is_left: Callable[[RecordFacts], bool] = _is_never_left
    """Has its member left it? Then no phone of theirs is sent the records that name it any more."""

    def problems(self, entry: Mapping[str, Any], parts: Mapping[str, Any]) -> list[Problem] | None:
        """Return what the schema finds in body and parts; None when its version is not known here."""
        schema = self.schemas.get(entry["schema"])
        if schema is None:
            return None
        found = schema_problems(schema, entry["body"])
        for name in entry["parts"]:
            part_schema = self.parts.get(name)
            if part_schema is None:
                found.append(Problem.about("part_unknown", name))
            elif name in parts:
                value_problems = schema_problems(part_schema, parts[name]["value"])
                found += [Problem(p.code, p.params, f"{name}.{p.field}") for p in value_problems]
        names = dict.fromkeys(problem.field or "body" for problem in found)
        # The words of each say what is wrong but not where, for most are read beside the field.
        if found:
            return [Problem("fields_wrong", {"names": list(names)}), *found]
        return self.misuse(entry)
