"""What the dashboard says of service at stations: who is there, what waits, what is due and warns whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for

from server.console.deadline_board.actions import Deadline, find_all
from server.console.layout.words import now, t, zone
from server.console.listing import ListView
from server.console.permissions import Permission, may, reach
from server.console.service_alerts.actions import count as count_alerts
from server.console.viewer import Viewer
from server.readmodel.live_queries import open_sessions
from server.readmodel.supervision_queries import SessionQuestion, count_sessions
from server.services import current

DUE_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ServiceFigure:
    """A number in words, as the dashboard shows it."""

    label: str
    value: int
    url: str
    needs_you: bool = False


@dataclass(frozen=True, slots=True)
class DueSoon:
    """Due dates of which the workflows' files warn this viewer's roles, the next one first."""

    shown: Sequence[Deadline]
    total: int
    url: str


def figures(viewer: Viewer) -> list[ServiceFigure]:
    """Return the figures of the boards that the viewer may see."""
    found: list[ServiceFigure] = []
    if may(viewer, Permission.SEE_LIVE_BOARD):
        found.append(
            ServiceFigure(t("supervision.tile.present"), _present(viewer), url_for("live_board.page"))
        )
    if may(viewer, Permission.DECIDE_SESSIONS):
        found += [_queue(viewer, "to_decide"), _queue(viewer, "disputed")]
    elif may(viewer, Permission.SEE_LIVE_BOARD):
        found.append(_queue(viewer, "to_confirm"))
    if may(viewer, Permission.SEE_ALERTS):
        url = url_for("service_alerts.page")
        found.append(ServiceFigure(t("supervision.tile.alerts"), count_alerts(viewer), url, needs_you=True))
    return found


def due_soon(viewer: Viewer) -> DueSoon | None:
    """Return what is due and warns this viewer; None for who sees no deadlines."""
    if not may(viewer, Permission.SEE_DEADLINES):
        return None
    view = ListView.of("deadline_board.page", "due", {"whose": "mine"})
    found = find_all(view, viewer)
    return DueSoon(found[:DUE_SHOWN], len(found), url_for("deadline_board.page", whose="mine"))


def _present(viewer: Viewer) -> int:
    own = reach(viewer, Permission.SEE_LIVE_BOARD)
    since = str(now().astimezone(zone()).date() - timedelta(days=1))
    townships = own.asked_townships
    stations = own.asked_stations
    return len(open_sessions(current().readmodel, townships, stations, since))


def _queue(viewer: Viewer, queue: str) -> ServiceFigure:
    own = reach(viewer, Permission.SEE_SESSIONS)
    question = SessionQuestion(
        townships=own.asked_townships,
        stations=own.asked_stations,
        queue=queue,
    )
    url = url_for("service_sessions.page", queue=queue)
    label = t(f"supervision.tile.{queue}")
    return ServiceFigure(label, count_sessions(current().readmodel, question), url, needs_you=True)
