"""Parse the form of a new order; nothing typed is lost, and each reason stands beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import request

from server.console.form import Form
from server.console.layout.words import t
from server.console.orders.dates import REVIEW_FIELDS
from server.ledger.county_rules import county_rules
from server.services import current

LEAST_MIN, MOST_MIN, STEP_MIN = 600, 3600, 30
USUAL_MIN: Final = 1800
MOST_DAILY_MIN: Final = 480
WEEKLY_MIN: Final = 1200
"""The usual cap of a week; more needs the participant's written consent (DOMAIN 3.0)."""
MOST_WEEKLY_MIN: Final = 2400
LEAST_CAP_MIN: Final = 60
LEVELS: Final = {
    "L1": "console.orders.level.station",
    "L2": "console.orders.level.code",
    "L3": "console.orders.level.photo",
}
"""Levels of proof, with the message that says what each asks for."""
ONE: Final = (
    "participant",
    "order_no",
    "case_no",
    "charge_code",
    "hours",
    "verify_level",
    "start_on",
    "due_on",
    "daily_cap_min",
    "weekly_cap_min",
    "weekly_consent",
    "notice",
    "notice_document",
    "notice_served_on",
    *REVIEW_FIELDS,
)
SEVERAL: Final = ("stations", "service_types")
TEXTS: Final = {"order_no": 40, "case_no": 60, "charge_code": 40}


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers to choose from."""

    participants: list[tuple[str, str]]
    stations: list[tuple[str, str]]
    service_types: list[str]
    notices: list[tuple[str, str]]

    @property
    def service_type_options(self) -> list[tuple[str, str]]:
        """They are words already."""
        return [(kind, kind) for kind in self.service_types]


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What was asked for: the order, the review that limits it, and the notice where it is served at once."""

    participant: str
    body: dict[str, Any]
    review: dict[str, Any]
    notice: dict[str, Any]


def empty_form(order_no: str, participant: str = "") -> Form:
    """Return the form with what is usual in this county (`service.toml`)."""
    rules = county_rules(current().settings.data)
    return Form(
        {
            "participant": participant,
            "order_no": order_no,
            "hours": f"{rules.required_min / 60:.1f}".removesuffix(".0"),
            "verify_level": "L2",
            "daily_cap_min": str(rules.daily_cap_min),
            "weekly_cap_min": str(rules.weekly_cap_min),
        }
    )


def parse_new(offered: Offered) -> tuple[Form, NewOrder]:
    """Read a new order. What it is made of is whole only where the form is valid."""
    form = read_form()
    form.choose("participant", dict(offered.participants))
    for name, longest in TEXTS.items():
        form.want(name)
        form.limit(name, 1, longest)
    body: dict[str, Any] = {name: form[name] for name in TEXTS}
    body["required_min"] = _required_min(form)
    body |= {name: _day(form, name) for name in ("start_on", "due_on")}
    for name, allowed in (("stations", dict(offered.stations)), ("service_types", offered.service_types)):
        body[name] = _chosen(form, name, allowed)
    form.choose("verify_level", LEVELS)
    body["verify_level"] = form["verify_level"]
    body |= _caps(form)
    if not form.errors.keys() & {"start_on", "due_on"} and form["due_on"] < form["start_on"]:
        form.errors["due_on"] = t("reason.due_before_start")
    return form, NewOrder(form["participant"], body, review_of(form), _notice(form, offered))


def read_form() -> Form:
    """Take the fields as typed."""
    form = Form()
    form.take(request.form, *ONE)
    form.take({name: "\n".join(request.form.getlist(name)) for name in SEVERAL}, *SEVERAL)
    return form


def review_of(form: Form) -> dict[str, Any]:
    """Return stage and review as far as they are given; half a review is told beside its field."""
    given = {name: form[name] for name in REVIEW_FIELDS if form[name]}
    if given.get("stage") == "review":
        for name in ("review_from", "review_track"):
            form.want(name)
    if "review_from" in given:
        _day(form, "review_from")
    return {} if form.errors.keys() & set(REVIEW_FIELDS) else given


def is_offer() -> bool:
    """Was the button pressed that serves the notice at once?"""
    return request.form.get("then") == "offer"


def _notice(form: Form, offered: Offered) -> dict[str, Any]:
    if not is_offer():
        return {}
    form.want("stage")
    form.want("notice_document")
    form.limit("notice_document", 1, 60)
    _day(form, "notice_served_on")
    given = {name: form[name] for name in ("notice_document", "notice_served_on")}
    if offered.notices:
        form.choose("notice", dict(offered.notices))
        given["notice"] = form["notice"]
    return given


def _required_min(form: Form) -> int:
    form.want("hours")
    halves = _halves(form["hours"])
    if "hours" not in form.errors and not LEAST_MIN <= halves * STEP_MIN <= MOST_MIN:
        form.errors["hours"] = t("console.orders.hours_wrong")
    return halves * STEP_MIN


def _halves(text: str) -> int:
    """Return how many half hours a text says; 0 where it says none."""
    whole, _, rest = text.partition(".")
    is_plain = whole.isascii() and whole.isdecimal() and len(whole) < 4 and rest in {"", "0", "5"}
    return int(whole) * 2 + (rest == "5") if is_plain else 0


def _caps(form: Form) -> dict[str, Any]:
    daily = _whole(form, "daily_cap_min", MOST_DAILY_MIN)
    weekly = _whole(form, "weekly_cap_min", MOST_WEEKLY_MIN)
    has_consent = form["weekly_consent"] == "on"
    if weekly > WEEKLY_MIN and not has_consent and "weekly_cap_min" not in form.errors:
        form.errors["weekly_cap_min"] = t("console.orders.consent_wanted")
    if weekly < daily and not form.errors.keys() & {"daily_cap_min", "weekly_cap_min"}:
        form.errors["weekly_cap_min"] = t("console.orders.week_below_day")
    return {"daily_cap_min": daily, "weekly_cap_min": weekly, "weekly_consent": has_consent}


def _whole(form: Form, name: str, most: int) -> int:
    text = form[name]
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
    if not LEAST_CAP_MIN <= value <= most:
        form.errors[name] = t("console.orders.minutes_wrong", least=LEAST_CAP_MIN, most=most)
    return value


def _chosen(form: Form, name: str, allowed: Mapping[str, Any] | list[str]) -> list[str]:
    values = [value for value in form[name].split("\n") if value]
    if not values:
        form.errors[name] = t("console.orders.choose_one")
    elif any(value not in allowed for value in values):
        form.errors[name] = t("console.form.not_offered")
    return values


def _day(form: Form, name: str) -> str:
    form.want(name)
    if name not in form.errors:
        try:
            date.fromisoformat(form[name])
        except ValueError:
            form.errors[name] = t("console.form.no_day")
    return form[name]
