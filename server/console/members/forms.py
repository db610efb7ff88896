"""Parse the forms of members and grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import request

from server.console.form import Form
from server.console.layout.words import now, t, zone
from server.identity.grants import SCOPE_KINDS
from server.identity.passwords import MAX_CHARS, MIN_CHARS


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offered: roles that the viewer may give, townships and stations that there are."""

    roles: tuple[str, ...]
    townships: list[tuple[str, str]]
    stations: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant as the form asks for it."""

    role: str
    scope: str
    valid_from: datetime
    valid_to: datetime | None


def parse_member(offered: Offered) -> tuple[Form, NewGrant | None]:
    """Read a new member with a first role."""
    form = Form()
    form.take(request.form, "name", "login")
    form.values["password"] = request.form.get("password", "")
    form.want("name")
    form.limit("name", 1, 60)
    if form["login"] or form["password"]:
        form.want("login")
        form.limit("login", 1, 60)
        form.limit("password", MIN_CHARS, MAX_CHARS)
    return form, _grant(form, offered)


def parse_grant(offered: Offered) -> tuple[Form, NewGrant | None]:
    """Read a grant; days are the county's, the last one included."""
    form = Form()
    return form, _grant(form, offered)


def _grant(form: Form, offered: Offered) -> NewGrant | None:
    form.take(request.form, "role", "township", "station", "valid_from", "valid_to")
    form.choose("role", offered.roles)
    if "role" in form.errors:
        return None
    scope = _scope(form, offered)
    valid_from = _day(form, "valid_from") or now()
    valid_to = _day(form, "valid_to")
    if valid_to is not None:
        valid_to += timedelta(days=1)
        if valid_to <= valid_from:
            form.errors["valid_to"] = t("console.members.ends_before_start")
    return NewGrant(form["role"], scope, valid_from, valid_to) if form.is_valid else None


def _scope(form: Form, offered: Offered) -> str:
    kind = SCOPE_KINDS.get(form["role"], "county")
    if kind == "township":
        form.choose("township", dict(offered.townships))
        return f"township:{form['township']}"
    if kind == "station":
        form.choose("station", dict(offered.stations))
        return form["station"]
    if kind == "unit":
        form.errors["role"] = t("console.members.no_units")
    return kind


def _day(form: Form, name: str) -> datetime | None:
    if not form[name]:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(form[name]).date(), time(), zone())
    except ValueError:
        form.errors[name] = t("console.form.no_day")
        return None
