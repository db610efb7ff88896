"""The due date of a new order against its review: the latest day, and the arithmetic that leads to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from server.console.due_dates import today
from server.console.layout.words import language, t
from server.deadlines.clock import Amount
from server.deadlines.due_date import back_from, due_date
from server.deadlines.explanation import day_text, said_all
from server.fold import FoldEntry, RecordState, fold
from server.identity.instants import instant, now
from server.records.problem import Problem
from server.workflows import workflow
from server.workflows.due_dates import date_problems, record_timeline

OFFER: Final = "offer"
DUE: Final = "due_on"
REVIEW_FIELDS: Final = ("stage", "review_from", "review_track")


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that is not written yet, as the rules on dates look at it."""

    state: RecordState
    received_at: str
    entry: Mapping[str, Any] = field(default_factory=lambda: {"schema": 2})
    steps: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Latest:
    """The last day on which service may be due, and how it is found."""

    on: date
    lines: Sequence[str]


def draft_of(body: Mapping[str, Any]) -> Draft:
    """Return the order as a draft received now."""
    at = instant(now())
    state = fold(FoldEntry("draft", fields=body, at=at, schema=2), [], workflow("service_order"))
    return Draft(state, at)


def due_problems(body: Mapping[str, Any], review: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the due date, given the review."""
    flow = workflow("service_order")
    fields = {**review, DUE: body.get(DUE)}
    return date_problems(flow, draft_of(body), flow.actions[OFFER], fields, today())


def latest_due(review: Mapping[str, Any]) -> Latest | None:
    """Return the latest due date that a review leaves; None where nothing limits it."""
    flow, day = workflow("service_order"), today()
    action = flow.actions[OFFER]
    line = record_timeline(flow, draft_of({}), day.zone)
    line = line.with_step(day.on, OFFER, action.to, review, action.says)
    for check in flow.checks:
        clocks = [clock for clock in flow.clocks if clock.name in check.clocks]
        running = [due for clock in clocks if (due := due_date(clock, line, day.on, day.calendar))]
        if check.field != DUE or not running:
            continue
        first = min(running, key=lambda due: due.on)
        latest = back_from(first.on, Amount(check.less_working_days, "working_days"), day.calendar)
        said = t(
            "console.orders.latest",
            n=check.less_working_days,
            due=day_text(first.on, language()),
            latest=day_text(latest, language()),
        )
        return Latest(latest, [*said_all(first, language()), said])
    return None
