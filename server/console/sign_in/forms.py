"""The sign-in form, and where to go afterwards."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from server.console.form import Form

MOST_CHARS = 200


def parse_sign_in() -> Form:
    """Read login and password. The password never goes back into a page."""
    form = Form()
    form.take(request.form, "login")
    form.values["password"] = request.form.get("password", "")
    for name in ("login", "password"):
        form.want(name)
        form.limit(name, 1, MOST_CHARS)
    return form


def own_path(wanted: str | None, otherwise: str) -> str:
    """Return the path that was asked for if it is one of the console's own, else the other."""
    if not wanted or "\\" in wanted:
        return otherwise
    parts = urlsplit(wanted)
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/console")
    return wanted if is_own else otherwise
