"""Parse the forms of participants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request

from server.console.form import Form
from server.console.layout.words import t
from server.identity.person_rules import NewPerson

FIELDS = ("name", "id_no", "birth_date", "phone", "residence", "limits", "act_on")
MOST_LIMITS_CHARS = 200


def parse_new(townships: Mapping[str, str]) -> tuple[Form, NewPerson | None]:
    """Read a new participant; what the rules on persons say comes later, beside the same fields."""
    form = Form()
    form.take(request.form, *FIELDS)
    for name in ("name", "id_no", "phone", "residence"):
        form.want(name)
    form.choose("residence", townships)
    form.limit("limits", 0, MOST_LIMITS_CHARS)
    birth, act = _day(form, "birth_date"), _day(form, "act_on")
    if birth is None or act is None:
        return form, None
    return form, NewPerson(
        name=form["name"], id_no=form["id_no"], birth_date=birth, phone=form["phone"], act_on=act
    )


def _day(form: Form, name: str) -> date | None:
    form.want(name)
    if name in form.errors:
        return None
    try:
        return date.fromisoformat(form[name])
    except ValueError:
        form.errors[name] = t("console.form.no_day")
        return None
