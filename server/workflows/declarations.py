"""Reading the declared workflows; a mistake in a declaration stops the program at start, naming it.

A file `<name>.toml` declares everything about a workflow; README.md in this folder says what may stand in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from server.fold.state import MERGE
from server.records.names import NAME_PATTERN
from server.workflows.clock_declarations import ClockTables
from server.workflows.declaration_error import DeclarationError, declared_roles, refuse_unknown
from server.workflows.declared_record import DeclaredRecord, declared_record
from server.workflows.declared_views import DeclaredView, ViewTables
from server.workflows.engine import Action, Workflow
from server.workflows.field_declarations import declared_fields
from server.workflows.form import FormField

FOLDER: Path = Path(__file__).parent
"""Where the files are. A new file here is a new workflow, and nothing else is needed."""

_WORKFLOW: Final = {
    "initial",
    "initial_by_schema",
    "states",
    "merge_by",
    "read_by",
    "number",
    "actions",
    "clocks",
    "checks",
    "record",
    "views",
}
_ACTION: Final = {
    "from",
    "to",
    "by",
    "fields",
    "says",
    "order",
    "needs_reason",
    "allots_number",
    "returns_to",
    "remembers",
    "sets",
    "needs",
    "lacks",
    "not_by",
    "when",
}


def workflow_names() -> list[str]:
    """Return the names of all declared workflows, sorted."""
    return sorted(workflows(FOLDER))


def workflow(name: str) -> Workflow:
    """Return the declared workflow of this name. Raises: KeyError, DeclarationError."""
    return workflows(FOLDER)[name]


@lru_cache(maxsize=8)
def workflows(folder: Path) -> Mapping[str, Workflow]:
    """Return every workflow of a folder, by name. Raises: DeclarationError."""
    return {name: parsed(name, table) for name, table in _tables(folder).items()}


@lru_cache(maxsize=8)
def declared_records(folder: Path) -> Mapping[str, DeclaredRecord]:
    """Return the types of record that files of a folder declare with their workflow, by name."""
    rows = {name: table["record"] for name, table in _tables(folder).items() if "record" in table}
    return {name: declared_record(name, row) for name, row in rows.items()}


def _tables(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        if not NAME_PATTERN.fullmatch(path.stem):
            raise DeclarationError(f"{path.name}: this is no name for a workflow")
        try:
            found[path.stem] = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise DeclarationError(f"{path.name}: {error}") from error
    return found


def parsed(name: str, table: Mapping[str, Any]) -> Workflow:
    """Return the workflow that a table declares. Raises: DeclarationError."""
    refuse_unknown(name, table, _WORKFLOW)
    states = tuple(table["states"])
    initial_by_schema = {int(schema): state for schema, state in table.get("initial_by_schema", {}).items()}
    for initial in (table["initial"], *initial_by_schema.values()):
        if initial not in states:
            raise DeclarationError(f"{name}: initial state {initial!r} is not among the states")
    actions = {
        action: _parsed_action(f"{name}.{action}", action, row, states)
        for action, row in table.get("actions", {}).items()
    }
    for action in actions.values():
        refuse_unknown(f"{name}.{action.name}", dict.fromkeys(action.not_by), actions, "action")
    tables = ClockTables(name, states, actions)
    clocks = tables.clocks(table.get("clocks", {}))
    record = declared_record(name, table["record"]) if "record" in table else None
    return Workflow(
        name=name,
        initial=table["initial"],
        states=states,
        actions=actions,
        merge_by=declared_roles(name, table.get("merge_by", [])),
        initial_by_schema=initial_by_schema,
        read_by=declared_roles(name, table.get("read_by", [])),
        clocks=clocks,
        checks=tables.checks(table.get("checks", {}), clocks),
        record_form=record.fields.form if record else (),
        number=table.get("number", ""),
        views=_parsed_views(name, table, record, {clock.name for clock in clocks}),
    )


def _parsed_views(
    name: str, table: Mapping[str, Any], record: DeclaredRecord | None, clocks: set[str]
) -> tuple[DeclaredView, ...]:
    rows = table.get("actions", {}).values()
    given = {*(f for row in rows for f in row.get("sets", {})), *(row.get("remembers", "") for row in rows)}
    tables = ViewTables(
        name=name,
        states=tuple(table["states"]),
        record_fields=table["record"]["fields"] if record else {},
        about=record.about if record else {},
        step_fields={
            action: {**row.get("fields", {}), **row.get("says", {})}
            for action, row in table.get("actions", {}).items()
        },
        given=frozenset(given - {""}),
        clocks=frozenset(clocks),
    )
    return tables.views(table.get("views", {}))


def _parsed_action(where: str, name: str, row: Mapping[str, Any], states: tuple[str, ...]) -> Action:
    refuse_unknown(where, row, _ACTION)
    if name == MERGE or not NAME_PATTERN.fullmatch(name):
        raise DeclarationError(f"{where}: {name!r} is no name for an action")
    refuse_unknown(
        where, dict.fromkeys([*row["from"], *([row["to"]] if "to" in row else [])]), states, "state"
    )
    if "to" in row and "returns_to" in row:
        raise DeclarationError(f"{where}: it leads to a state or back to one, not both")
    fields = declared_fields(where, {**row.get("fields", {}), **row.get("says", {})})
    return Action(
        name=name,
        from_states=frozenset(row["from"]),
        to=row.get("to"),
        by=declared_roles(where, row["by"]),
        fields=fields.schema,
        says=frozenset(row.get("says", {})),
        needs_reason=row.get("needs_reason", False),
        allots_number=row.get("allots_number", False),
        form=_ordered(where, fields.form, row.get("order", [])),
        returns_to=row.get("returns_to"),
        remembers=row.get("remembers"),
        sets=row.get("sets", {}),
        needs=frozenset(row.get("needs", [])),
        lacks=frozenset(row.get("lacks", [])),
        required_when=fields.required_when,
        not_by=frozenset(row.get("not_by", [])),
        when=row.get("when", {}),
    )


def _ordered(where: str, form: tuple[FormField, ...], order: list[str]) -> tuple[FormField, ...]:
    """Return the fields in the order that the file names; those that it does not name follow in its own."""
    by_name = {field.name: field for field in form}
    refuse_unknown(where, dict.fromkeys(order), by_name, "field")
    return tuple(by_name[name] for name in dict.fromkeys([*order, *by_name]))
