"""Parse the forms of devices."""

from __future__ import annotations

from flask import request

from server.console.form import Form


def parse_enrol() -> Form:
    """Read whose phone is to be enrolled, and which device it replaces."""
    form = Form()
    form.take(request.form, "member", "replaces")
    form.want("member")
    return form
