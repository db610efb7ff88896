"""Who is shown what of a declared record: an allow-list of fields for each audience (DESIGN 4, "Views")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.workflows.declaration_error import DeclarationError, refuse_unknown

ROLE_OF: Final[Mapping[str, str]] = {
    "participant": "participant",
    "volunteer": "volunteer",
    "team": "prosecutor",
    "unit": "agency_liaison",
    "station": "supervisor",
    "township": "township_staff",
    "catalog": "",
}
"""By audience: whose next actions its view names. Everybody reads the catalog, and acts on nothing there."""

_VIEW: Final = {"states", "fields", "of", "history", "due"}
_SUBJECT: Final = {
    "participant": "members",
    "volunteer": "members",
    "team": "members",
    "unit": "units",
    "station": "stations",
    "township": "townships",
}
OF_A_MEMBER: Final = frozenset(name for name, subject in _SUBJECT.items() if subject == "members")
"""Audiences of which a record has one at most: all of them read the feeds of members."""
REASON: Final = "reason"


@dataclass(frozen=True)
class DeclaredView:
    """What one audience is shown; what is not named here is not shown."""

    audience: str
    states: frozenset[str]
    """While the record is in one of these; empty: always."""
    fields: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By field that names a record: members that are shown of that one."""
    history: Mapping[str, str] | None = None
    """The text that is shown of an action's step; None: no history at all."""
    due: tuple[str, ...] = ()
    """Clocks of which the earliest that runs is shown as `due_on`."""

    @property
    def role(self) -> str:
        return ROLE_OF[self.audience]


@dataclass(frozen=True)
class ViewTables:
    """What the views of one workflow may speak of; reads them and names what is wrong."""

    name: str
    states: tuple[str, ...]
    record_fields: Mapping[str, Mapping[str, Any]]
    about: Mapping[str, tuple[str, ...]]
    step_fields: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """By action: its fields, those that it says among them."""
    given: frozenset[str]
    """Fields that steps write without asking."""
    clocks: frozenset[str]

    def views(self, tables: Mapping[str, Mapping[str, Any]]) -> tuple[DeclaredView, ...]:
        """Return the declared views. Raises: DeclarationError."""
        refuse_unknown(f"{self.name}.views", tables, ROLE_OF, "audience")
        if tables and not self.record_fields:
            raise DeclarationError(f"{self.name}.views: only a declared [record] has declared views")
        if len(OF_A_MEMBER & tables.keys()) > 1:
            raise DeclarationError(f"{self.name}.views: one view is for members, not two")
        return tuple(self._view(audience, table) for audience, table in tables.items())

    def _view(self, audience: str, table: Mapping[str, Any]) -> DeclaredView:
        where = f"{self.name}.views.{audience}"
        refuse_unknown(where, table, _VIEW)
        subject = _SUBJECT.get(audience)
        if subject is not None and not (self.about.get(subject) or self.about.get("through")):
            raise DeclarationError(f"{where}: the record names nobody whom this view is for")
        refuse_unknown(where, dict.fromkeys(table.get("states", [])), self.states, "state")
        refuse_unknown(where, dict.fromkeys(table.get("due", [])), self.clocks, "clock")
        self._check_fields(where, table.get("fields", []))
        references = [name for name, row in self.record_fields.items() if row.get("kind") == "reference"]
        refuse_unknown(where, table.get("of", {}), references, "reference")
        if "history" in table:
            self._check_history(f"{where}.history", table["history"])
        return DeclaredView(
            audience,
            frozenset(table.get("states", [])),
            tuple(table.get("fields", [])),
            {name: tuple(names) for name, names in table.get("of", {}).items()},
            table.get("history"),
            tuple(table.get("due", [])),
        )

    def _check_fields(self, where: str, names: Iterable[str]) -> None:
        written = {name: row for rows in self.step_fields.values() for name, row in rows.items()}
        known = {**{name: {} for name in self.given}, **written, **self.record_fields}
        refuse_unknown(where, dict.fromkeys(names), known, "field")
        for name in names:
            row = known[name]
            if "member" in (row.get("kind"), row.get("items", {}).get("kind")):
                # A person appears as an alias or not at all (DESIGN 4, "Views").
                raise DeclarationError(f"{where}: {name!r} names a person")

    def _check_history(self, where: str, texts: Mapping[str, str]) -> None:
        refuse_unknown(where, texts, self.step_fields, "action")
        for action, text in texts.items():
            refuse_unknown(where, {text: None}, {REASON, *self.step_fields[action]}, "field")
