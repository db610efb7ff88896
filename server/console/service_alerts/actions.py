"""What somebody should look at now. An alert decides nothing: it names a record and a person looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from flask import url_for

from server.console.layout.words import now, t, zone
from server.console.listing import ListView
from server.console.live_board.actions import board
from server.console.permissions import Permission, reach
from server.console.service_sessions.words import rules
from server.console.spot_checks.forms import question_of as spot_question
from server.console.viewer import Viewer
from server.identity.instants import instant
from server.readmodel.check_event_queries import bodies_of
from server.readmodel.list_sql import Slice
from server.readmodel.live_queries import BookedSlot, booked_slots
from server.readmodel.spot_check_queries import spot_check_rows
from server.readmodel.supervision_queries import SessionQuestion, SessionRow, days_served, session_rows
from server.services import current

LOOK_BACK_DAYS: Final = 28
"""As long as an order usually runs."""
MOST: Final = 100
KINDS: Final = (
    "missed_often",
    "missed",
    "not_checked_out",
    "not_confirmed",
    "dispute_late",
    "after_decision",
    "spot_check_open",
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at; `at` is a day or a moment, as it is known."""

    kind: str
    code: str
    station: str
    at: str
    url: str
    detail: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return self.at, self.code, self.url


@dataclass(frozen=True, slots=True)
class Group:
    """All alerts of a kind, the oldest first."""

    kind: str
    alerts: Sequence[Alert]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where this viewer looks; both None is the county."""

    townships: frozenset[str] | None
    stations: frozenset[str] | None

    def sessions(self, **asked: str) -> list[SessionRow]:
        question = SessionQuestion(townships=self.townships, stations=self.stations, **asked)
        return session_rows(current().readmodel, question, Slice("day", is_descending=False, limit=MOST))[0]


def groups(viewer: Viewer) -> list[Group]:
    """Return what there is, by kind, in the order of weight; kinds without any are left out."""
    own = reach(viewer, Permission.SEE_ALERTS)
    places = _Places(None, None) if own.is_county else _Places(own.townships, own.stations)
    found = [
        *_missed(places),
        *_not_checked_out(viewer),
        *_sessions(places),
        *_spot_checks(viewer),
    ]
    by_kind = {kind: sorted((a for a in found if a.kind == kind), key=lambda a: a.key) for kind in KINDS}
    return [Group(kind, alerts) for kind, alerts in by_kind.items() if alerts]


def count(viewer: Viewer) -> int:
    """Return how many alerts there are."""
    return sum(len(group.alerts) for group in groups(viewer))


def _missed(places: _Places) -> Iterator[Alert]:
    """A booked time that began without a session of that person on that day; and who missed often."""
    county, local = rules(), now().astimezone(zone())
    begins = datetime.combine(local.date() - timedelta(days=LOOK_BACK_DAYS), time(), zone())
    late = now() - timedelta(minutes=county.late_after_min)
    slots = booked_slots(
        current().readmodel, places.townships, places.stations, instant(begins), instant(late)
    )
    served = days_served(current().readmodel, {slot.order for slot in slots})
    missed = [slot for slot in slots if (slot.order, _day(slot)) not in served]
    bodies = bodies_of(
        current().readmodel, {slot.order for slot in missed} | {slot.station for slot in missed}
    )
    for slot in missed:
        order, station = bodies.get(slot.order, {}), bodies.get(slot.station, {})
        url = url_for("records.detail", record_type="slot", record_id=slot.id)
        yield Alert(
            "missed", str(order.get("display_code", "")), str(station.get("name", "")), slot.starts_at, url
        )
    over = Counter(slot.order for slot in missed if slot.ends_at <= instant(now()))
    for order_id, times in over.items():
        if times >= county.missed_limit:
            last = max(slot.starts_at for slot in missed if slot.order == order_id)
            url = url_for("service_sessions.page", service_order=order_id, queue="all")
            code = str(bodies.get(order_id, {}).get("display_code", ""))
            yield Alert("missed_often", code, "", last, url, t("supervision.alerts.times", n=times))


def _not_checked_out(viewer: Viewer) -> Iterator[Alert]:
    """Somebody is over the booked time, the cap, or the closing time without having checked out."""
    for station in board(viewer, with_names_asked=False).busy:
        for one in station.present:
            if one.is_over:
                url = url_for("service_sessions.detail", record_id=one.session)
                detail = t("supervision.alerts.minutes", n=one.minutes)
                yield Alert("not_checked_out", one.code, station.name, instant(one.since), url, detail)


def _sessions(places: _Places) -> Iterator[Alert]:
    today = now().astimezone(zone()).date()
    since = str(today - timedelta(days=LOOK_BACK_DAYS))
    questions: Sequence[tuple[str, dict[str, str]]] = (
        ("not_confirmed", {"flag": "unconfirmed", "queue": "unsettled"}),
        ("dispute_late", {"queue": "disputed", "due_before": str(today)}),
        ("after_decision", {"flag": "post_decision", "day_from": since}),
    )
    for kind, asked in questions:
        for row in places.sessions(**asked):
            url = url_for("service_sessions.detail", record_id=row.id)
            due = row.session["due_on"] or ""
            detail = t("supervision.alerts.due", day=due) if due else ""
            yield Alert(kind, row.display_code, row.station_name, row.session["day"], url, detail)


def _spot_checks(viewer: Viewer) -> Iterator[Alert]:
    if not reach_any(viewer):
        return
    model = current().readmodel
    view = ListView.of("spot_checks.page", "day", {"state": "drawn"})
    part = Slice("day", is_descending=False, limit=MOST)
    rows, _total = spot_check_rows(model, spot_question(view, viewer), part)
    bodies = bodies_of(model, {row.order for row in rows} | {row.station for row in rows})
    for row in rows:
        yield Alert(
            "spot_check_open",
            str(bodies.get(row.order, {}).get("display_code", "")),
            str(bodies.get(row.station, {}).get("name", "")),
            row.day,
            url_for("spot_checks.detail", record_id=row.id),
        )


def reach_any(viewer: Viewer) -> bool:
    """May the viewer see spot checks anywhere?"""
    own = reach(viewer, Permission.SEE_SPOT_CHECKS)
    return own.is_county or bool(own.townships or own.stations)


def _day(slot: BookedSlot) -> str:
    return str(datetime.fromisoformat(slot.starts_at).astimezone(zone()).date())
