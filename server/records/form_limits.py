"""The limits in a schema as data, for forms: the phone's (generated) and the console's."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from server.records.schema import Items, Object, Scalar


def form_limits(schema: Schema) -> dict[str, dict[str, Any]]:
    """Return by field: `kind`, `required`, and whichever limits the kind has.

    Lengths are in characters (code points); the least is counted without surrounding spaces. An object has
    `fields`, a list `items`.
    """
    return {field.data_key or name: _limits(field) for name, field in schema.fields.items()}


def _limits(field: fields.Field[Any]) -> dict[str, Any]:
    shared = {"kind": getattr(field, "kind", "any"), "required": field.required}
    if isinstance(field, Items):
        return {**shared, **field.limits(), "items": _limits(field.inner)}
    if isinstance(field, Object):
        return {**shared, "fields": form_limits(field.schema)}
    return {**shared, **field.limits()} if isinstance(field, Scalar) else shared
