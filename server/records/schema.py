"""Schemas of bodies: marshmallow fields that take exactly JSON's types and say what is wrong as a code.

The limits on these fields are the only ones there are: client_build reads them for the phone's forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from server.records.entry_shape import parse_time
from server.records.problem import MAX_PROBLEMS, Problem, shortened

# What JavaScript's trim() removes as well, so that the phone is never laxer than the centre.
_SPACES = " \t\r\n\u3000\u00a0"

_CODES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "required",
    "null": "required",
    "invalid": "not_a_list",
    "type": "not_an_object",
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RecordSchema(Schema):
    """A body or an object inside one; members that it does not name are refused."""

    error_messages = {"unknown": "field_unknown", "type": "not_an_object"}  # noqa: RUF012 (marshmallow's)


class Scalar(fields.Field[Any]):
    """One value, taken as it is or refused with a problem; never turned into another."""

    default_error_messages = _CODES
    kind: str

    def _deserialize(self, value: Any, *_context: Any, **_options: Any) -> Any:
        problem = self._problem(value)
        if problem:
            raise _refusal(problem)
        return value

    def _problem(self, value: Any) -> Problem | None:
        raise NotImplementedError

    def limits(self) -> dict[str, Any]:
        """Return the limits that a form needs."""
        return {}


def _refusal(problem: Problem) -> ValidationError:
    return ValidationError([problem])  # marshmallow passes any object through


class Text(Scalar):
    """Text of so many characters (code points); the least is counted without surrounding spaces."""

    kind = "text"

    def __init__(
        self,
        *,
        min_length: int = 0,
        max_length: int,
        pattern: str | None = None,
        one_of: tuple[str, ...] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.min_length, self.max_length, self.pattern, self.one_of = min_length, max_length, pattern, one_of

    def _problem(self, value: Any) -> Problem | None:
        if not isinstance(value, str):
            return Problem("not_text")
        if self.required and not value.strip(_SPACES):
            return Problem("required")
        if self.one_of is not None and value not in self.one_of:
            return Problem("not_a_choice")
        if len(value.strip(_SPACES)) < self.min_length:
            return Problem("too_short", {"min": self.min_length, "length": len(value.strip(_SPACES))})
        if len(value) > self.max_length:
            return Problem("too_long", {"max": self.max_length, "length": len(value)})
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return Problem("not_valid")
        return None

    def limits(self) -> dict[str, Any]:
        """Return the limits that a form needs."""
        rows = {
            "min_length": self.min_length,
            "max_length": self.max_length,
            "pattern": self.pattern,
            "one_of": list(self.one_of) if self.one_of else None,
        }
        return {name: value for name, value in rows.items() if value}


def choice(*codes: str, **options: Any) -> Text:
    """Return a field that takes one of these codes."""
    return Text(max_length=max(map(len, codes)), one_of=codes, **options)


class Time(Text):
    """A moment with an offset, RFC 3339."""

    kind = "time"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def _problem(self, value: Any) -> Problem | None:
        return super()._problem(value) or (None if parse_time(value) else Problem("not_a_time"))


class Date(Text):
    """A calendar day, YYYY-MM-DD."""

    kind = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=10, **options)

    def _problem(self, value: Any) -> Problem | None:
        problem = super()._problem(value)
        if problem:
            return problem
        try:
            return None if _DATE.fullmatch(value) and date.fromisoformat(value) else Problem("not_a_date")
        except ValueError:
            return Problem("not_a_date")


class Number(Scalar):
    """A number from `min` to `max`; never a text that looks like one, never true."""

    kind = "number"

    def __init__(self, *, min: float, max: float, **options: Any) -> None:
        super().__init__(**options)
        self.min, self.max = min, max

    def _problem(self, value: Any) -> Problem | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Problem("not_a_number")
        if value < self.min:
            return Problem("too_small", {"min": self.min})
        if value > self.max:
            return Problem("too_big", {"max": self.max})
        return None

    def limits(self) -> dict[str, Any]:
        """Return the limits that a form needs."""
        return {"min": self.min, "max": self.max}


class Integer(Number):
    """A whole number."""

    kind = "integer"

    def _problem(self, value: Any) -> Problem | None:
        problem = super()._problem(value)
        return problem or (None if isinstance(value, int) else Problem("not_a_number"))


class Flag(Scalar):
    """true or false, and nothing that merely means one of them."""

    kind = "flag"

    def _problem(self, value: Any) -> Problem | None:
        return None if isinstance(value, bool) else Problem("not_valid")


class Items(fields.List[Any]):
    """An array of so many members."""

    default_error_messages = _CODES
    kind = "list"

    def __init__(
        self,
        item: fields.Field[Any],
        *,
        min_length: int = 0,
        max_length: int,
        is_unique: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(item, **options)
        self.min_length, self.max_length = min_length, max_length
        self.is_unique = is_unique

    def _deserialize(self, value: Any, *context: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) < self.min_length:
            raise _refusal(Problem("too_few", {"min": self.min_length}))
        if isinstance(value, list) and len(value) > self.max_length:
            raise _refusal(Problem("too_many", {"max": self.max_length}))
        if (
            self.is_unique
            and isinstance(value, list)
            and any(each in value[:n] for n, each in enumerate(value))
        ):
            raise _refusal(Problem("given_twice"))
        return super()._deserialize(value, *context, **options)

    def limits(self) -> dict[str, Any]:
        """Return the limits that a form needs."""
        return {"min_length": self.min_length, "max_length": self.max_length}


class Object(fields.Nested):
    """An object with a schema of its own."""

    default_error_messages = _CODES
    kind = "object"


class OneOf(fields.Field[Any]):
    """An object whose member `kind` says which schema it has; the schemas do not name `kind` themselves."""

    default_error_messages = _CODES
    kind = "object"

    def __init__(self, schemas: Mapping[str, Schema], **options: Any) -> None:
        super().__init__(**options)
        self.schemas = schemas

    def _deserialize(self, value: Any, *_context: Any, **_options: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _refusal(Problem("not_an_object"))
        found = value.get("kind")
        if not isinstance(found, str) or found not in self.schemas:
            raise ValidationError({"kind": [Problem("not_a_choice" if "kind" in value else "required")]})
        self.schemas[found].load({name: member for name, member in value.items() if name != "kind"})
        return value


def schema_problems(schema: Schema, value: object) -> list[Problem]:
    """Return what is wrong with a value, by field; empty when the schema takes it."""
    try:
        schema.load(value)  # type: ignore[arg-type]
    except ValidationError as error:
        return _flattened(error.messages, ())[:MAX_PROBLEMS]
    return []


def _flattened(messages: Any, path: tuple[str, ...]) -> list[Problem]:
    if isinstance(messages, Mapping):
        return [
            problem
            for name, inner in messages.items()
            for problem in _flattened(inner, path if name == "_schema" else (*path, str(name)))
        ]
    if isinstance(messages, list):
        return [problem for message in messages for problem in _flattened(message, path)]
    field = shortened(".".join(path) or "body")
    if isinstance(messages, Problem):
        return [Problem(messages.code, messages.params, field)]
    return [Problem(str(messages), field=field)]
