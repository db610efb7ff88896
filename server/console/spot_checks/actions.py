"""What a user can do with spot checks: see what is to be looked at, record what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.console.due_dates import shown_due_dates
from server.console.layout.words import now, zone
from server.console.listing import ListView, Page
from server.console.look import Look, state_look
from server.console.opened import OpenedRecord
from server.console.permissions import Permission, grants_for, reach
from server.console.service_sessions.words import rules
from server.console.spot_checks.forms import question_of
from server.console.steps import (
    Outcome,
    StepForm,
    choices_for,
    history_of,
    take_step,
)
from server.console.viewer import GrantLike, Viewer
from server.readmodel.check_event_queries import bodies_of, station_names
from server.readmodel.lead_queries import newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.record_queries import RecordQuestion, records_arrived
from server.readmodel.rows import RecordRow
from server.readmodel.spot_check_queries import SpotCheckQuestion, SpotCheckRow, spot_check_rows
from server.readmodel.supervision_queries import SessionQuestion, count_sessions
from server.services import current
from server.spot_checks.draw import holds
from server.spot_checks.writer import seed_of

_ONE = Slice("day", limit=1)
_COUNT = Slice("day", limit=0)


@dataclass(frozen=True, slots=True)
class SpotCheckLine:
    """One line of the list."""

    row: SpotCheckRow
    code: str
    station: str
    look: Look

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True, slots=True)
class Share:
    """This month's spot checks beside its sessions, and the share that is aimed at."""

    month: str
    checks: int
    sessions: int
    target_percent: int

    @property
    def percent(self) -> float:
        return round(100 * self.checks / self.sessions, 1) if self.sessions else 0.0

    @property
    def is_reached(self) -> bool:
        return self.checks * 100 >= self.target_percent * self.sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckView(OpenedRecord):
    """One spot check; `is_proved`: repeated just now with the key's seed, the draw comes to the same."""

    code: str
    station: Mapping[str, Any]
    is_proved: bool


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[SpotCheckLine], int]:
    """Return the spot checks that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = spot_check_rows(model, question_of(view, viewer), part)
    bodies = bodies_of(model, {row.order for row in rows} | {row.station for row in rows})
    return Page([_line(row, bodies) for row in rows], total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> SpotCheckLine | None:
    """Return the spot check as its line of the list shows it."""
    rows = _asked(record_id, viewer)
    bodies = bodies_of(current().readmodel, {rows[0].order, rows[0].station}) if rows else {}
    return _line(rows[0], bodies) if rows else None


def count_news(_view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many were drawn since, within the viewer's reach."""
    own = reach(viewer, Permission.SEE_SPOT_CHECKS)
    question = RecordQuestion(
        type="spot_check",
        townships=own.asked_townships,
        stations=own.asked_stations,
    )
    return records_arrived(current().readmodel, question, after)


def find(record_id: str, viewer: Viewer) -> SpotCheckView | None:
    """Return the spot check with the proof of its draw; None when there is none in reach."""
    row = find_row(record_id, viewer)
    if row is None:
        return None
    bodies = bodies_of(current().readmodel, {row.body["order"], row.body["station"]})
    seed = seed_of(current().key_ring, date.fromisoformat(row.body["day"]))
    return SpotCheckView(
        row=row,
        code=str(bodies.get(row.body["order"], {}).get("display_code", "")),
        station=bodies.get(row.body["station"], {}),
        look=state_look("spot_check", row.state.state or ""),
        history=history_of(row, viewer, with_texts=True),
        choices=choices_for(row, _grants(row, viewer), viewer),
        due_dates=shown_due_dates(row),
        is_proved=row.body["seed"] == seed and holds(row.body),
    )


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the spot check as it is folded, within the viewer's reach."""
    return current().readmodel.record(record_id) if _asked(record_id, viewer) else None


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Record what was found."""
    return take_step(row, form, viewer, _grants(row, viewer))


def share_of_month(viewer: Viewer) -> Share:
    """Return how far this month's spot checks go, within the viewer's reach."""
    own, model = reach(viewer, Permission.SEE_SPOT_CHECKS), current().readmodel
    month = now().astimezone(zone()).strftime("%Y-%m")
    places: dict[str, Any] = {} if own.is_county else {"townships": own.townships, "stations": own.stations}
    days = {"day_from": f"{month}-01", "day_before": f"{month}-99"}
    checks = sum(
        spot_check_rows(model, SpotCheckQuestion(**places, **days, state=state), _COUNT)[1]
        for state in ("done", "not_met")
    )
    sessions = count_sessions(model, SessionQuestion(**places, **days))
    return Share(month, checks, sessions, rules().spot_check_percent)


def stations_in_reach(viewer: Viewer) -> list[tuple[str, str]]:
    """Return (id, name) of the stations that the viewer can filter by."""
    own = reach(viewer, Permission.SEE_SPOT_CHECKS)
    return station_names(
        current().readmodel,
        own.asked_townships,
        own.asked_stations,
    )


def _asked(record_id: str, viewer: Viewer) -> list[SpotCheckRow]:
    view = ListView.of("spot_checks.page", "day", {})
    return spot_check_rows(current().readmodel, question_of(view, viewer, record_id), _ONE)[0]


def _line(row: SpotCheckRow, bodies: Mapping[str, Mapping[str, Any]]) -> SpotCheckLine:
    return SpotCheckLine(
        row,
        str(bodies.get(row.order, {}).get("display_code", "")),
        str(bodies.get(row.station, {}).get("name", "")),
        state_look("spot_check", row.state or ""),
    )


def _grants(row: RecordRow, viewer: Viewer) -> list[GrantLike]:
    station = current().readmodel.body(row.body["station"]) or {}
    return grants_for(
        viewer,
        Permission.RECORD_SPOT_CHECKS,
        township=station.get("township"),
        station=row.body["station"],
    )
