"""All due dates that run on orders, sessions, evaluations and spot checks, the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from server.console.deadline_board.kept import Running, kept
from server.console.due_dates import DueShown, shown_due, today
from server.console.layout.words import t, t_or_code
from server.console.listing import PAGE_ROWS, ListView, Page
from server.console.look import Look, state_look
from server.console.permissions import Permission, reach
from server.console.viewer import Viewer
from server.deadlines import DueDate
from server.readmodel.check_event_queries import bodies_of
from server.readmodel.deadline_queries import unsettled
from server.services import current

FILTERS: Final = ("type", "within", "whose")
TYPES: Final = ("service_order", "service_session", "evaluation", "spot_check")
WITHIN: Final[Mapping[str, int]] = {"overdue": -1, "d2": 2, "d5": 5, "d10": 10}
"""Days that are left at most (DOMAIN 8, report 2)."""
ALL: Final = ""
SEEN_BY: Final[Mapping[str, Mapping[str, str]]] = {
    "service_order": {"township_staff": "service", "prosecutor": ALL, "chief_procurator": ALL},
    "service_session": dict.fromkeys(("supervisor", "township_staff", "prosecutor", "chief_procurator"), ALL),
    "evaluation": dict.fromkeys(("township_staff", "prosecutor", "chief_procurator"), ALL),
    "spot_check": dict.fromkeys(("township_staff", "prosecutor", "chief_procurator"), ALL),
}
"""Who sees which clock of a type: a name is that clock alone. Time limits of a case are no township's."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One due date of one record."""

    running: Running
    raw: DueDate
    title: str

    @property
    def record(self) -> str:
        return self.running.record

    @property
    def type(self) -> str:
        return self.running.type

    @property
    def due(self) -> DueShown:
        """It in words, with the arithmetic; made when it is shown."""
        return shown_due(self.raw)

    @property
    def look(self) -> Look:
        return state_look(self.running.type, self.running.state)

    @property
    def url(self) -> str:
        if self.type == "service_session":
            return url_for("service_sessions.detail", record_id=self.record)
        if self.type == "spot_check":
            return url_for("spot_checks.detail", record_id=self.record)
        return url_for("records.detail", record_type=self.type, record_id=self.record)

    @property
    def is_overdue(self) -> bool:
        return self.raw.days_left < 0

    @property
    def key(self) -> tuple[Any, ...]:
        return self.raw.on, self.type, self.title, self.record, self.raw.name


def read_view() -> ListView:
    """Return what the address asks for; the order is always the same."""
    return ListView.read("deadline_board.page", filters=FILTERS, sorts=("due",))


def find_page(view: ListView, viewer: Viewer) -> Page[Deadline]:
    """Return the asked part of the due dates, the next one first."""
    found = find_all(view, viewer)
    return Page(found[view.offset : view.offset + PAGE_ROWS], len(found), view.page)


def find_all(view: ListView, viewer: Viewer) -> list[Deadline]:
    """Return every due date that fits, the next one first."""
    kinds = [kind for kind in TYPES if view.filters["type"] in ("", kind)]
    found = [each for kind in kinds for each in _of_type(kind, viewer)]
    roles = set(viewer.roles)
    return sorted(
        (
            each
            for each in found
            if _is_within(each, view.filters["within"])
            and (view.filters["whose"] != "mine" or each.raw.warned_roles & roles)
        ),
        key=lambda each: each.key,
    )


def seen_types(viewer: Viewer) -> list[str]:
    """Return the types of which the viewer sees any due date."""
    return [kind for kind in TYPES if set(viewer.roles) & SEEN_BY[kind].keys()]


def _of_type(kind: str, viewer: Viewer) -> list[Deadline]:
    clocks = {SEEN_BY[kind][role] for role in viewer.roles if role in SEEN_BY[kind]}
    if not clocks:
        return []
    own, model, day = reach(viewer, Permission.SEE_DEADLINES), current().readmodel, today()
    townships = own.asked_townships
    stations = own.asked_stations
    rows = [kept().of(model, id_, place, day) for id_, place in unsettled(model, kind, townships, stations)]
    running = [row for row in rows if row is not None and not _is_unannounced(row, viewer)]
    orders = bodies_of(model, {row.order for row in running})
    return [
        Deadline(row, due, _title(row, orders.get(row.order, {})))
        for row in running
        for due in row.due
        if ALL in clocks or due.name in clocks
    ]


def _is_unannounced(row: Running, viewer: Viewer) -> bool:
    """A spot check at a station that this viewer supervises too."""
    return row.type == "spot_check" and any(
        grant.role == "supervisor" and grant.scope == row.station for grant in viewer.grants
    )


def _title(row: Running, order: Mapping[str, Any]) -> str:
    """Return what it is called: by the participant's code, and the day where it has one."""
    code = row.display_code or str(order.get("display_code", ""))
    return f"{code} {row.day}".strip() or t("console.check_events.unknown")


def _is_within(each: Deadline, asked: str) -> bool:
    return asked not in WITHIN or each.raw.days_left <= WITHIN[asked]


def type_words(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Return (type, word) for the filter."""
    return [(kind, t_or_code("console.type", kind)) for kind in kinds]
