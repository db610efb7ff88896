"""Which sessions can be credited together, and doing it: each is looked at again and has its own step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from server.console.permissions import Permission, reach
from server.console.service_sessions.actions import SessionLine, line_of
from server.console.service_sessions.deciding import proposed_min, standing
from server.console.steps import WAIT_S, await_entry
from server.console.viewer import Viewer
from server.gateway.desk import NewEntry
from server.readmodel.list_sql import Slice
from server.readmodel.rows import RecordRow
from server.readmodel.supervision_queries import (
    SessionQuestion,
    SessionRow,
    session_of,
    session_rows,
)
from server.services import current

MOST: Final = 50
ACTION: Final = "credit"


@dataclass(frozen=True, slots=True)
class Safe:
    """A session on which station, participant and rules agree; `pin` says what was looked at."""

    line: SessionLine
    row: RecordRow
    role: str

    @property
    def pin(self) -> str:
        return f"{self.row.id}|{self.line.proposed_min}|{','.join(sorted(self.row.state.heads))}"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the sessions that were sent."""

    credited: Sequence[SessionLine]
    left_out: Sequence[str]
    """Ids of those that are not as they were when they were looked at."""
    is_waiting: bool


def find_safe(viewer: Viewer) -> list[Safe]:
    """Return the oldest sessions that this viewer may credit together."""
    own = reach(viewer, Permission.DECIDE_SESSIONS)
    question = SessionQuestion(
        townships=own.asked_townships,
        stations=own.asked_stations,
        queue="to_decide",
        state="confirmed",
        flag="none",
    )
    rows, _total = session_rows(current().readmodel, question, Slice("day", is_descending=False, limit=MOST))
    return [safe for row in rows if (safe := _safe(row, viewer))]


def credit(sent: MultiDict[str, str], viewer: Viewer) -> Done:
    """Credit each session that is as it was looked at; the others are named."""
    pins = dict.fromkeys(sent.getlist("session"))
    found = {safe.pin: safe for pin in list(pins)[:MOST] if (safe := _again(pin, viewer))}
    chosen = [safe for pin, safe in found.items() if pin in pins]
    left_out = [pin.partition("|")[0] for pin in pins if pin not in found]
    if not chosen:
        return Done((), left_out, is_waiting=False)
    services = current()
    entries = [_entry(safe, viewer) for safe in chosen]
    refs = services.run_blocking(lambda: services.desk.append_many(entries))
    outcomes = [await_entry(ref, WAIT_S) for ref in refs[-1:]]
    return Done([safe.line for safe in chosen], left_out, is_waiting=not all(o.is_done for o in outcomes))


def _again(pin: str, viewer: Viewer) -> Safe | None:
    row = session_of(current().readmodel, pin.partition("|")[0])
    own = reach(viewer, Permission.DECIDE_SESSIONS)
    if row is None or not own.has(township=row.station.get("township"), station=row.session["station"]):
        return None
    return _safe(row, viewer)


def _safe(shown: SessionRow, viewer: Viewer) -> Safe | None:
    """Return it where nothing is doubtful: confirmed, no flag at all, nothing missing, not acted in."""
    session, model = shown.session, current().readmodel
    if session["state"] != "confirmed" or session["flags"] or session["waits_for"]:
        return None
    row = model.record(session["record"]) if session["record"] else None
    if row is None or not proposed_min(session):
        return None
    choice = next((c for c in standing(row, shown, viewer).choices if c.action == ACTION), None)
    return Safe(line_of(shown, shown.display_code), row, choice.role) if choice else None


def _entry(safe: Safe, viewer: Viewer) -> NewEntry:
    body: dict[str, Any] = {
        "record": safe.row.id,
        "base": sorted(safe.row.state.heads),
        "action": ACTION,
        "to": "credited",
        "fields": {"credited_min": safe.line.proposed_min},
    }
    return NewEntry(type="step", body=body, author=viewer.member, role=safe.role)
