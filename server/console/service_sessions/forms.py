"""Parse what the list of sessions is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from flask import request

from server.console.listing import ListView
from server.readmodel.supervision_queries import SORTS, SessionQuestion
from server.sessions.weight import FLAG_WEIGHTS

FILTERS: Final = (
    "queue",
    "state",
    "station",
    "service_order",
    "flag",
    "said",
    "by",
    "day",
    "month",
    "due_before",
)
ENDPOINT: Final = "service_sessions.page"
LISTED_QUEUES: Final = (
    "to_decide",
    "to_confirm",
    "incomplete",
    "disputed",
    "decided_twice",
    "settled",
    "all",
)
FIRST_QUEUE: Final = "to_decide"
FLAGS: Final = tuple(sorted(FLAG_WEIGHTS))


def read_view() -> ListView:
    """Return the list that the address of this request describes; the oldest first unless asked otherwise."""
    view = ListView.read(ENDPOINT, filters=FILTERS, sorts=tuple(SORTS))
    is_plain = not request.args.keys() & {"sort", "order"}
    return replace(view, is_descending=False) if is_plain else view


def question_of(view: ListView) -> SessionQuestion:
    """Return the question; a month or a day that is none asks for nothing."""
    filters = view.filters
    first, after = asked_days(filters["month"], filters["day"])
    asks_something = any(filters[name] for name in FILTERS if name != "station")
    queue = filters["queue"] or ("" if asks_something else FIRST_QUEUE)
    return SessionQuestion(
        queue="" if queue == "all" else queue,
        state=filters["state"],
        station=filters["station"],
        order=filters["service_order"],
        day_from=first,
        day_before=after,
        due_before=filters["due_before"],
        flag=filters["flag"],
        said=filters["said"],
        by=filters["by"],
    )


def asked_days(month: str, day: str) -> tuple[str, str]:
    """Return the first day asked for and the day after the last one; of anything else, none."""
    try:
        if day:
            only = date.fromisoformat(day)
            return only.isoformat(), (only + timedelta(days=1)).isoformat()
        if month:
            first = date.fromisoformat(f"{month}-01")
            return first.isoformat(), (first + timedelta(days=32)).replace(day=1).isoformat()
    except (ValueError, OverflowError):
        pass
    return "", ""
