"""The fields of a workflow's form: shown in the viewer's language, and read back as what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from server.console.layout.words import t, zone
from server.console.viewer import Viewer
from server.messages import messages
from server.readmodel.record_queries import record_titles
from server.services import current
from server.workflows import FormField, workflow, workflow_names

_INPUTS: Final = {
    "date": "date",
    "time": "datetime-local",
    "integer": "number",
    "number": "number",
    "flag": "checkbox",
}
_ON: Final = "on"


@dataclass(frozen=True, slots=True)
class FieldOfStep:
    """One field that a form asks for, with the limits of the workflow's own schema."""

    field: FormField
    choices: Sequence[tuple[str, str]] = ()

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def word(self) -> str:
        return _word(self.field.label, self.field.name)

    @property
    def hint(self) -> str:
        return _word(self.field.hint, "") if self.field.hint else ""

    @property
    def is_required(self) -> bool:
        return self.field.is_required

    @property
    def is_long(self) -> bool:
        return self.field.is_long

    @property
    def is_list(self) -> bool:
        return self.field.kind == "list"

    @property
    def input(self) -> str:
        """The kind of input, as HTML names it."""
        return _INPUTS.get(self.field.kind, "text")

    @property
    def least(self) -> str:
        return str(self.field.limits.get("min", ""))

    @property
    def most(self) -> str:
        return str(self.field.limits.get("max", ""))

    @property
    def step(self) -> str:
        return "any" if self.field.kind == "number" else ""


REASON: Final = FormField("reason", "text", "console.step_field.reason", True, limits={"max_length": 500})
"""What a step asks for beside its own fields, where its workflow wants a reason."""


def asked(form: Sequence[FormField], viewer: Viewer, *, needs_reason: bool = False) -> list[FieldOfStep]:
    """Return the fields of a form as this viewer is asked for them."""
    fields = [FieldOfStep(field, _choices(field, viewer)) for field in form]
    return [*fields, FieldOfStep(REASON)] if needs_reason else fields


def typed_value(field: FormField, text: str) -> Any:
    """Return what was typed as the value it stands for; what stands for none is returned as typed.

    The schema then says what is wrong with it.
    """
    if field.kind == "flag":
        return text == _ON
    if field.kind == "list":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if field.kind in ("integer", "number"):
        return _number(text, is_whole=field.kind == "integer")
    if field.kind == "time":
        return _moment(text)
    return text


def given_values(form: Sequence[FormField], values: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a form that was sent; what was left empty is not among them."""
    is_given = {field.name: bool(values.get(field.name)) or _is_plain_no(field) for field in form}
    return {
        field.name: typed_value(field, values.get(field.name, "")) for field in form if is_given[field.name]
    }


def value_text(field: FormField | None, value: Any) -> str:
    """Return a value in words, as its field says it."""
    if isinstance(value, list):
        return "、".join(value_text(field, item) for item in value)
    if isinstance(value, bool):
        return t("console.form.yes") if value else t("console.form.no")
    if field is not None and isinstance(value, str):
        return _word(dict(field.choices).get(value, ""), value)
    return str(value)


def _is_plain_no(field: FormField) -> bool:
    """An unticked box that has to be answered says no."""
    return field.kind == "flag" and field.is_required


def _choices(field: FormField, viewer: Viewer) -> Sequence[tuple[str, str]]:
    if field.choices:
        return [(code, _word(key, code)) for code, key in field.choices]
    if field.of and _may_list(field.of, viewer):
        return record_titles(current().readmodel, field.of)
    return ()


def _may_list(record_type: str, viewer: Viewer) -> bool:
    """May this viewer be told the titles of all records of the type? Stations are public."""
    if record_type == "station":
        return True
    readers = workflow(record_type).read_by if record_type in workflow_names() else frozenset()
    return any(grant.role in readers and grant.scope == "county" for grant in viewer.grants)


def _word(key: str, otherwise: str) -> str:
    """Return the message; a file that is newer than the catalog is shown by its own names."""
    return t(key) if key in messages() else otherwise


def _number(text: str, *, is_whole: bool) -> Any:
    try:
        return int(text) if is_whole or text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _moment(text: str) -> str:
    """Return a moment with the county's offset; a browser sends it without one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone())).isoformat()
