"""Parse the forms of tablets."""

from __future__ import annotations

from flask import request

from server.console.form import Form


def parse_operator() -> Form:
    """Read who is to begin at a tablet."""
    form = Form()
    form.take(request.form, "member")
    form.want("member")
    return form
