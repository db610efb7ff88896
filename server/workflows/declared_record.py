"""A type of record declared beside its workflow: who writes it, about whom, with which fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.workflows.declaration_error import DeclarationError, declared_roles, refuse_unknown
from server.workflows.field_declarations import DeclaredFields, declared_fields

_RECORD: Final = {"written_by", "desk_only", "about", "fields", "needs_one_of"}
_ABOUT: Final = ("members", "townships", "stations", "units", "through")


@dataclass(frozen=True)
class DeclaredRecord:
    """Schema 1 of a declared type."""

    name: str
    written_by: frozenset[str]
    is_desk_only: bool
    about: Mapping[str, tuple[str, ...]]
    """By kind of subject, the fields that name it; those of `through` name records of the same subject."""
    fields: DeclaredFields

    def named(self, body: Mapping[str, Any], kind: str) -> frozenset[str]:
        """Return what the body names as its subject of this kind."""
        return frozenset(value for name in self.about.get(kind, ()) for value in _values(body.get(name)))

    def references(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the ids of all records that the body names."""
        return tuple(value for name in self.fields.references for value in _values(body.get(name)))


def declared_record(name: str, table: Mapping[str, Any]) -> DeclaredRecord:
    """Return the type of record that a table declares. Raises: DeclarationError."""
    where = f"{name}.record"
    refuse_unknown(where, table, _RECORD)
    fields = declared_fields(where, table["fields"], table.get("needs_one_of", []))
    about = {kind: tuple(names) for kind, names in table.get("about", {}).items()}
    refuse_unknown(where, about, _ABOUT, "subject")
    refuse_unknown(
        where, dict.fromkeys(n for names in about.values() for n in names), table["fields"], "field"
    )
    if any(through not in fields.references for through in about.get("through", ())):
        raise DeclarationError(f"{where}: through: fields that name records are wanted")
    return DeclaredRecord(
        name=name,
        written_by=declared_roles(where, table["written_by"]),
        is_desk_only=table.get("desk_only", True),
        about=about,
        fields=fields,
    )


def _values(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    yield from (each for each in values if isinstance(each, str))
