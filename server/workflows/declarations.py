"""Reading the declared workflows; a mistake in a declaration stops the program at start, naming it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from server.fold.state import MERGE
from server.records.names import NAME_PATTERN, ROLES
from server.records.schema import Date, Flag, Integer, Number, RecordSchema, Text
from server.workflows.engine import Action, Workflow

_FOLDER = Path(__file__).parent

_KINDS: Mapping[str, Callable[..., fields.Field[Any]]] = {
    "text": Text,
    "date": Date,
    "integer": Integer,
    "number": Number,
    "flag": Flag,
}

_WORKFLOW_MEMBERS = {"initial", "states", "merge_by", "actions"}
_ACTION_MEMBERS = {"from", "to", "by", "fields", "says", "needs_reason", "allots_number"}


class DeclarationError(ValueError):
    """A workflow's file says something that cannot be."""


def workflow_names() -> list[str]:
    """Return the names of all declared workflows, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def workflow(name: str) -> Workflow:
    """Return the declared workflow of this name. Raises: KeyError, DeclarationError."""
    path = _FOLDER / f"{name}.toml"
    if not NAME_PATTERN.fullmatch(name) or not path.exists():
        raise KeyError(name)
    return parsed(name, tomllib.loads(path.read_text("utf-8")))


def parsed(name: str, table: Mapping[str, Any]) -> Workflow:
    """Return the workflow that a table declares. Raises: DeclarationError."""
    _refuse_unknown(name, table, _WORKFLOW_MEMBERS)
    states = tuple(table["states"])
    if table["initial"] not in states:
        raise DeclarationError(f"{name}: initial state {table['initial']!r} is not among the states")
    actions = {
        action: _parsed_action(f"{name}.{action}", action, row, states)
        for action, row in table.get("actions", {}).items()
    }
    return Workflow(
        name=name,
        initial=table["initial"],
        states=states,
        actions=actions,
        merge_by=_roles(name, table.get("merge_by", [])),
    )


def _parsed_action(where: str, name: str, row: Mapping[str, Any], states: tuple[str, ...]) -> Action:
    _refuse_unknown(where, row, _ACTION_MEMBERS)
    if name == MERGE or not NAME_PATTERN.fullmatch(name):
        raise DeclarationError(f"{where}: {name!r} is no name for an action")
    unknown = sorted({*row["from"], *([row["to"]] if "to" in row else [])} - set(states))
    if unknown:
        raise DeclarationError(f"{where}: unknown state {unknown[0]!r}")
    return Action(
        name=name,
        from_states=frozenset(row["from"]),
        to=row.get("to"),
        by=_roles(where, row["by"]),
        fields=_schema(where, {**row.get("fields", {}), **row.get("says", {})}),
        says=frozenset(row.get("says", {})),
        needs_reason=row.get("needs_reason", False),
        allots_number=row.get("allots_number", False),
    )


def _schema(where: str, rows: Mapping[str, Mapping[str, Any]]) -> Schema:
    declared: dict[str, fields.Field[Any]] = {}
    for name, row in rows.items():
        limits = dict(row)
        kind = limits.pop("kind", None)
        if kind not in _KINDS:
            raise DeclarationError(f"{where}.{name}: unknown kind {kind!r}")
        if "one_of" in limits:
            limits["one_of"] = tuple(limits["one_of"])
        declared[name] = _KINDS[kind](**limits)
    return RecordSchema.from_dict(declared)()


def _roles(where: str, names: list[str]) -> frozenset[str]:
    unknown = sorted(set(names) - ROLES)
    if unknown:
        raise DeclarationError(f"{where}: unknown role {unknown[0]!r}")
    return frozenset(names)


def _refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise DeclarationError(f"{where}: unknown member {unknown[0]!r}")
