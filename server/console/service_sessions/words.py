"""What the rules said of a session, in the viewer's language: lines of messages, flags, ages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import g

from server.console.due_dates import today
from server.console.layout.words import language, t, t_or_code
from server.console.look import NEEDS_YOU, Look
from server.ledger.county_rules import county_rules
from server.messages import messages
from server.services import current
from server.sessions import SessionSettings

SOON_DAYS = 1


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A doubt with its evidence and what it adds to the weight."""

    code: str
    text: str
    weight: int
    event: str | None


def rules() -> SessionSettings:
    """Return the county's rules, read once a request."""
    if "service_rules" not in g:
        g.service_rules = county_rules(current().settings.data)
    return cast("SessionSettings", g.service_rules)


def said(line: Mapping[str, Any]) -> str:
    """Return a line of the rules in words; one that is newer than the catalog as its key."""
    message = messages().get(line["key"])
    if message is None:
        return str(line["key"])
    params = {name: _value(value) for name, value in line["params"].items()}
    return message[language()].format_map(params)


def flags_of(session: Mapping[str, Any]) -> list[FlagShown]:
    """Return the session's doubts, the heaviest first."""
    weights = rules().flag_weights
    found = [
        FlagShown(flag["code"], said(flag["line"]), weights.get(flag["code"], 0), flag["event"])
        for flag in session["flags"]
    ]
    return sorted(found, key=lambda each: (-each.weight, each.code, each.event or "", each.text))


def short_flags(session: Mapping[str, Any]) -> list[str]:
    """Return each kind of doubt once, as the queue shows it."""
    return list(dict.fromkeys(flag.text for flag in flags_of(session)))


def waits_of(session: Mapping[str, Any]) -> list[str]:
    """Return what is missing before a person may decide, in words."""
    return [t_or_code("service.waits", reason) for reason in session["waits_for"]]


def clocks_of(session: Mapping[str, Any]) -> str:
    """Return from when to when the session lasted, by the county's clocks."""
    params = session["lines"][0]["params"] if session["lines"] else {}
    came, went = params.get("came", ""), params.get("went", "")
    return f"{came}–{went}" if came or went else ""


def age_look(session: Mapping[str, Any]) -> Look:
    """Return how long it waits: against its limit where it has one, else since its day."""
    day = today()
    if session["due_on"] is None:
        waited = max(0, day.calendar.between(date.fromisoformat(session["day"]), day.on))
        return Look(t("supervision.age.waits", n=waited), "clock")
    due_on = date.fromisoformat(session["due_on"])
    left = day.calendar.between(day.on, due_on)
    if due_on < day.on:
        late = max(1, day.calendar.between(due_on, day.on))
        return Look(t("supervision.age.late", n=late), "triangle-alert", NEEDS_YOU)
    if left <= SOON_DAYS:
        return Look(t("supervision.age.soon", n=left), "hourglass", NEEDS_YOU)
    return Look(t("supervision.age.left", n=left), "hourglass")


def lines_of(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return lines in words."""
    return list(_said_all(lines))


def _said_all(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (said(line) for line in lines)


def _value(value: Any) -> Any:
    return said(value) if isinstance(value, Mapping) and "key" in value else value
