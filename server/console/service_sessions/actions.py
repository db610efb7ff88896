"""What a user can do with sessions: find, open, decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from server.console.due_dates import DueShown, shown_due_dates
from server.console.form import Form
from server.console.listing import ListView, Page
from server.console.look import Look, state_look
from server.console.permissions import Permission, may
from server.console.service_sessions.deciding import decide, prefilled, proposed_min, standing
from server.console.service_sessions.forms import question_of
from server.console.service_sessions.scope import scope_of
from server.console.service_sessions.timeline import Moment, timeline
from server.console.service_sessions.words import (
    FlagShown,
    age_look,
    clocks_of,
    flags_of,
    lines_of,
    said,
    short_flags,
    waits_of,
)
from server.console.steps import Choice, HistoryLine, Outcome, StepForm, history_of, who_text
from server.console.viewer import Viewer
from server.readmodel.check_event_queries import station_names
from server.readmodel.lead_queries import newest_place
from server.readmodel.record_queries import RecordQuestion, records_arrived
from server.readmodel.rows import RecordRow
from server.readmodel.session_evidence_queries import evidence_of
from server.readmodel.supervision_queries import (
    SessionRow,
    session_of,
    session_rows,
)
from server.services import current


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One line of the queue."""

    id: str
    code: str
    station: str
    day: str
    clocks: str
    look: Look
    age: Look
    reported_min: int
    proposed_min: int
    weight: int
    waits: Sequence[str]
    flags: Sequence[str]


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session as this viewer sees it; `row` is None before the machine has written its record."""

    id: str
    shown: SessionRow
    row: RecordRow | None
    code: str
    look: Look
    age: Look
    clocks: str
    lines: Sequence[str]
    flags: Sequence[FlagShown]
    waits: Sequence[str]
    moments: Sequence[Moment]
    history: Sequence[HistoryLine]
    not_counted: Sequence[str]
    choices: Sequence[Choice]
    why_not: Sequence[str]
    may_not_decide: Sequence[str]
    due_dates: Sequence[DueShown]
    order_due: str
    with_photos: bool

    @property
    def session(self) -> Mapping[str, Any]:
        return self.shown.session

    @property
    def heads(self) -> str:
        return ",".join(self.row.state.heads) if self.row else ""

    @property
    def mark(self) -> str:
        """What changes whenever something about the session does."""
        seen = orjson.dumps([self.heads, self.session], option=orjson.OPT_SORT_KEYS)
        return sha256(seen).hexdigest()[:16]

    def prefilled(self, action: str) -> Form:
        return prefilled(action, self.session)


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[SessionLine], int]:
    """Return the sessions that fit, and the place after which later ones are news."""
    model, scope = current().readmodel, scope_of(viewer)
    part = view.part()
    rows, total = session_rows(model, scope.question(question_of(view)), part)
    return Page([line_of(row, scope.code(row.display_code)) for row in rows], total, view.page), newest_place(
        model
    )


def find_line(record_id: str, viewer: Viewer) -> SessionLine | None:
    """Return the session as its line of the list shows it."""
    found = _reached(record_id, viewer)
    return line_of(found, scope_of(viewer).code(found.display_code)) if found else None


def count_news(_view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many sessions the machine has written since, within the viewer's reach."""
    scope = scope_of(viewer)
    if scope.is_masked:
        return 0
    question = RecordQuestion(
        type="service_session",
        townships=scope.own.asked_townships,
        stations=scope.own.asked_stations,
    )
    return records_arrived(current().readmodel, question, after)


def stations_in_reach(viewer: Viewer) -> list[tuple[str, str]]:
    """Return (id, name) of the stations that the viewer can filter by."""
    own = scope_of(viewer).own
    return station_names(
        current().readmodel,
        own.asked_townships,
        own.asked_stations,
    )


def find(record_id: str, viewer: Viewer) -> SessionView | None:
    """Return the session with its evidence; None when there is none within the viewer's reach."""
    found = _reached(record_id, viewer)
    return _view(record_id, found, viewer) if found else None


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the record in which persons decide on it, within the viewer's reach."""
    found = _reached(record_id, viewer)
    return _record(found) if found else None


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Decide on a session."""
    found = session_of(current().readmodel, row.id)
    return decide(row, found, form, viewer) if found else Outcome("not_now", 409)


def line_of(row: SessionRow, code: str) -> SessionLine:
    """Return a session as lists show it."""
    session = row.session
    return SessionLine(
        id=row.id,
        code=code,
        station=row.station_name,
        day=session["day"],
        clocks=clocks_of(session),
        look=state_look("service_session", row.record_state or session["state"]),
        age=age_look(session),
        reported_min=session["reported_min"],
        proposed_min=proposed_min(session),
        weight=session["weight"],
        waits=waits_of(session),
        flags=short_flags(session),
    )


def _reached(record_id: str, viewer: Viewer) -> SessionRow | None:
    found = session_of(current().readmodel, record_id)
    return found if found is not None and scope_of(viewer).has(found) else None


def _record(found: SessionRow) -> RecordRow | None:
    record = found.session["record"]
    return current().readmodel.record(record) if record else None


def _view(record_id: str, found: SessionRow, viewer: Viewer) -> SessionView:
    session, scope, row = found.session, scope_of(viewer), _record(found)
    flags = flags_of(session)
    by_event: dict[str, list[str]] = {}
    for flag in flags:
        by_event.setdefault(flag.event or "", []).append(flag.text)
    now = standing(row, found, viewer)
    may_read = not scope.is_masked
    return SessionView(
        id=record_id,
        shown=found,
        row=row,
        code=scope.code(found.display_code),
        look=state_look("service_session", found.record_state or session["state"]),
        age=age_look(session),
        clocks=clocks_of(session),
        lines=lines_of(session["lines"]),
        flags=flags,
        waits=waits_of(session),
        moments=timeline(
            evidence_of(current().readmodel, session), found.station, by_event, with_texts=may_read
        ),
        history=history_of(row, viewer, with_texts=True) if row else (),
        not_counted=[said(each["line"]) for each in session["not_counted"]],
        choices=now.choices,
        why_not=now.why_not,
        may_not_decide=_acted(found, viewer),
        due_dates=shown_due_dates(row) if row else (),
        order_due=_order_due(found),
        with_photos=may_read and may(viewer, Permission.SEE_ORDERS),
    )


def _acted(found: SessionRow, viewer: Viewer) -> list[str]:
    """Return who has a part in it, by role and by name for who may see names: they never decide."""
    session = found.session
    roles = dict.fromkeys((*session["confirmed_by"], *session["denied_by"]), "supervisor")
    people = {member: roles.get(member, "") for member in session["may_not_decide"]}
    people[str(found.order.get("participant", ""))] = "participant"
    said_ = [who_text(member, role or "supervisor", viewer) for member, role in people.items() if member]
    return sorted(dict.fromkeys(said_))


def _order_due(found: SessionRow) -> str:
    row = current().readmodel.record(found.session["order"])
    return str(row.state.value("due_on") or row.body.get("due_on") or "") if row else ""
