"""The form that says why something guarded is opened or taken out; the audit keeps the reason."""

from __future__ import annotations

from flask import request

from server.console.form import Form

LEAST_CHARS, MOST_CHARS = 2, 200


def parse_reason(field: str = "why") -> Form:
    """Read the reason from this field."""
    form = Form()
    form.take(request.form, field)
    form.want(field)
    form.limit(field, LEAST_CHARS, MOST_CHARS)
    return form
