"""Clocks and checks as a file declares them: from where, how long, suspended, extended, by which law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from server.deadlines.clock import UNITS, Amount, Clock, Extension, Law, Pause, Start, StartKind, Warn
from server.records.names import NAME_PATTERN
from server.workflows.declaration_error import DeclarationError, declared_roles, refuse_unknown
from server.workflows.engine import Check

_CLOCK: Final = {
    "label",
    "starts",
    "counts",
    "law",
    "when",
    "until",
    "rolls",
    "window",
    "suspended",
    "extended",
    "warns",
}
_MOST: Final = 3660
_START_KINDS: Final = get_args(StartKind)


class ClockTables:
    """Reads the tables `clocks` and `checks` of one file, whose states and actions are known."""

    def __init__(self, name: str, states: tuple[str, ...], actions: Mapping[str, Any]) -> None:
        self._name = name
        self._states = states
        self._actions = actions

    def clocks(self, tables: Mapping[str, Mapping[str, Any]]) -> tuple[Clock, ...]:
        """Return the clocks, in the order of the file. Raises: DeclarationError."""
        return tuple(self._clock(f"{self._name}.{name}", name, table) for name, table in tables.items())

    def checks(self, tables: Mapping[str, Mapping[str, Any]], clocks: tuple[Clock, ...]) -> tuple[Check, ...]:
        """Return the checks. Raises: DeclarationError."""
        found = []
        for name, table in tables.items():
            where = f"{self._name}.{name}"
            refuse_unknown(where, table, {"field", "not_after", "less", "asked_of"})
            refuse_unknown(where, dict.fromkeys(table["not_after"]), {c.name for c in clocks}, "clock")
            self._known_actions(where, table["asked_of"])
            less = _amount(where, table.get("less", {"working_days": 0}))
            if less.unit != "working_days":
                raise DeclarationError(f"{where}: less: working_days are wanted")
            asked_of = frozenset(table["asked_of"])
            found.append(Check(name, table["field"], tuple(table["not_after"]), less.number, asked_of))
        return tuple(found)

    def _clock(self, where: str, name: str, table: Mapping[str, Any]) -> Clock:
        refuse_unknown(where, table, _CLOCK)
        until = table.get("until", {})
        refuse_unknown(where, until, {"states", "actions"})
        self._known_states(where, until.get("states", []))
        self._known_actions(where, until.get("actions", []))
        return Clock(
            name=name,
            label=table.get("label", f"clock.{self._name}.{name}"),
            starts=self._start(where, table["starts"]),
            amount=_counted(where, table["counts"]),
            law=_law(where, table["law"]),
            when=table.get("when", {}),
            until_states=frozenset(until.get("states", [])),
            until_actions=frozenset(until.get("actions", [])),
            is_window=table.get("window", False),
            rolls=table.get("rolls", False),
            pauses=tuple(self._pause(where, row) for row in table.get("suspended", [])),
            extensions=tuple(self._extension(where, row) for row in table.get("extended", [])),
            warnings=tuple(_warning(where, row) for row in table.get("warns", [])),
        )

    def _start(self, where: str, table: Mapping[str, Any]) -> Start:
        refuse_unknown(where, table, {*_START_KINDS, "last"})
        kinds: list[StartKind] = [kind for kind in _START_KINDS if kind in table]
        if len(kinds) != 1:
            raise DeclarationError(f"{where}: starts: one of {', '.join(_START_KINDS)} is wanted")
        kind = kinds[0]
        name = "" if kind == "received" else str(table[kind])
        if kind == "state":
            self._known_states(where, [name])
        if kind == "action":
            self._known_actions(where, [name])
        return Start(kind, name, table.get("last", False))

    def _pause(self, where: str, table: Mapping[str, Any]) -> Pause:
        refuse_unknown(where, table, {"in", "from", "to", "law"})
        law = _law(where, table["law"]) if "law" in table else None
        if "in" in table:
            self._known_states(where, [table["in"]])
            return Pause(state=table["in"], law=law)
        self._known_actions(where, [table["from"], table["to"]])
        return Pause(from_action=table["from"], to_action=table["to"], law=law)

    def _extension(self, where: str, table: Mapping[str, Any]) -> Extension:
        refuse_unknown(where, table, {"by", "adds", "until_field", "times", "law"})
        self._known_actions(where, [table["by"]])
        law = _law(where, table["law"]) if "law" in table else None
        amount = _amount(where, table["adds"])
        return Extension(table["by"], amount, table.get("until_field", ""), table.get("times", 1), law)

    def _known_states(self, where: str, names: list[str]) -> None:
        refuse_unknown(where, dict.fromkeys(names), self._states, "state")

    def _known_actions(self, where: str, names: list[str]) -> None:
        refuse_unknown(where, dict.fromkeys(names), self._actions, "action")


def _counted(where: str, table: Mapping[str, Any]) -> Amount:
    """Return how long a clock runs; `setting` names the county's number that may stand in its place."""
    setting = table.get("setting", "")
    if not isinstance(setting, str) or (setting and not NAME_PATTERN.fullmatch(setting)):
        raise DeclarationError(f"{where}: setting: the name of a county's number is wanted")
    return replace(_amount(where, {n: v for n, v in table.items() if n != "setting"}), setting=setting)


def _amount(where: str, table: Mapping[str, Any]) -> Amount:
    refuse_unknown(where, table, UNITS, "unit")
    if len(table) != 1:
        raise DeclarationError(f"{where}: one amount in {', '.join(UNITS)} is wanted")
    ((unit, number),) = table.items()
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _MOST:
        raise DeclarationError(f"{where}: {unit}: a whole number up to {_MOST} is wanted")
    return Amount(number, next(known for known in UNITS if known == unit))


def _law(where: str, table: Mapping[str, Any]) -> Law:
    refuse_unknown(where, table, {"name", "article"})
    return Law(table["name"], str(table.get("article", "")))


def _warning(where: str, table: Mapping[str, Any]) -> Warn:
    refuse_unknown(where, table, {"before", "roles"})
    before = _amount(where, table["before"])
    if before.unit == "months":
        raise DeclarationError(f"{where}: warns: days or working_days are wanted")
    return Warn(before, declared_roles(where, table["roles"]))
