"""Fields as a workflow's file declares them: the schema that judges them, and the form that asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validates_schema

from server.records.media_item import media_items
from server.records.names import NAME_PATTERN
from server.records.problem import Problem
from server.records.references import any_record, member, reference
from server.records.schema import (
    Date,
    Flag,
    Integer,
    Items,
    Number,
    RecordSchema,
    Scalar,
    Text,
    Time,
    choice,
)
from server.workflows.declaration_error import DeclarationError, refuse_unknown
from server.workflows.form import FormField

_PLAIN: Final[Mapping[str, Callable[..., fields.Field[Any]]]] = {
    "text": Text,
    "date": Date,
    "time": Time,
    "integer": Integer,
    "number": Number,
    "flag": Flag,
    "member": member,
    "media": lambda **limits: media_items(max_length=limits["max_length"]),
}
_FORM_MEMBERS: Final = ("kind", "label", "hint", "required", "required_when")


@dataclass(frozen=True)
class DeclaredFields:
    """The schema of these fields, their form in the order of the file, and which of them name records."""

    schema: Schema
    form: tuple[FormField, ...]
    references: tuple[str, ...]
    required_when: Mapping[str, Mapping[str, Any]]


class _NeedingOne(RecordSchema):
    """A record that says nothing at all unless one of these fields says something."""

    needs_one_of: tuple[str, ...] = ()

    @validates_schema
    def _says_something(self, body: Mapping[str, Any], **_: Any) -> None:
        if self.needs_one_of and not any(_says(body.get(name)) for name in self.needs_one_of):
            raise ValidationError(
                [Problem("one_of_these", {"names": list(self.needs_one_of)})], self.needs_one_of[0]
            )


def _says(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def declared_fields(
    where: str, rows: Mapping[str, Mapping[str, Any]], needs_one_of: Iterable[str] = ()
) -> DeclaredFields:
    """Return the fields that a table declares. Raises: DeclarationError."""
    refuse_unknown(where, dict.fromkeys(needs_one_of), rows, "field")
    made: dict[str, fields.Field[Any]] = {}
    form: list[FormField] = []
    for name, row in rows.items():
        if not NAME_PATTERN.fullmatch(name):
            raise DeclarationError(f"{where}: {name!r} is no name for a field")
        made[name] = _field(f"{where}.{name}", row)
        if row["kind"] != "media":  # files are taken on a phone, not typed
            form.append(_form_field(name, row, made[name]))
    references = tuple(name for name, row in rows.items() if _names_records(row))
    conditions = {name: row["required_when"] for name, row in rows.items() if "required_when" in row}
    schema = _NeedingOne.from_dict(made)()
    assert isinstance(schema, _NeedingOne), "made of it"
    schema.needs_one_of = tuple(needs_one_of)
    return DeclaredFields(schema, tuple(form), references, conditions)


def _field(where: str, row: Mapping[str, Any]) -> fields.Field[Any]:
    kind = row.get("kind")
    limits = {name: value for name, value in row.items() if name not in _FORM_MEMBERS}
    limits["required"] = row.get("required", False)
    try:
        if kind == "choice":
            return choice(*limits.pop("choices"), **limits)
        if kind == "reference":
            of = limits.pop("of", None)
            return reference(of, **limits) if of else any_record(**limits)
        if kind == "list":
            return Items(_field(f"{where}.items", limits.pop("items")), **limits)
        if str(kind) in _PLAIN:
            return _PLAIN[str(kind)](**limits)
    except (TypeError, KeyError, ValueError) as error:
        raise DeclarationError(f"{where}: {error}") from error
    raise DeclarationError(f"{where}: unknown kind {kind!r}")


def _form_field(name: str, row: Mapping[str, Any], made: fields.Field[Any]) -> FormField:
    item = row["items"] if row["kind"] == "list" else row
    prefix = f"console.choice.{name}"
    limits = made.limits() if isinstance(made, Scalar | Items) else {}
    return FormField(
        name=name,
        kind=row["kind"],
        label=row.get("label", f"console.step_field.{name}"),
        is_required=row.get("required", False),
        hint=row.get("hint", ""),
        choices=tuple((code, f"{prefix}.{code}") for code in item.get("choices", ())),
        limits=limits,
        of=item.get("of", ""),
    )


def _names_records(row: Mapping[str, Any]) -> bool:
    return "reference" in (row["kind"], row.get("items", {}).get("kind"))
