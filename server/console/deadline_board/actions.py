"""All due dates that run on orders, sessions, evaluations and spot checks, the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from server.console.due_dates import DueShown, shown_due_dates
from server.console.layout.words import t, t_or_code
from server.console.listing import PAGE_ROWS, ListView, Page
from server.console.look import Look, state_look
from server.console.permissions import Permission, reach
from server.console.viewer import Viewer
from server.readmodel.check_event_queries import bodies_of
from server.readmodel.deadline_queries import unsettled
from server.readmodel.rows import RecordRow
from server.services import current

FILTERS: Final = ("type", "within", "whose")
TYPES: Final = ("service_order", "service_session", "evaluation", "spot_check")
WITHIN: Final = ("overdue", "2", "5", "10")
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

    record: str
    type: str
    title: str
    url: str
    look: Look
    due: DueShown

    @property
    def is_overdue(self) -> bool:
        return self.due.days_left < 0

    @property
    def key(self) -> tuple[Any, ...]:
        return self.due.on, self.type, self.title, self.record, self.due.name


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
            and (view.filters["whose"] != "mine" or each.due.warned_roles & roles)
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
    own, model = reach(viewer, Permission.SEE_DEADLINES), current().readmodel
    places = (None, None) if own.is_county else (own.townships, own.stations)
    rows = [row for id_ in unsettled(model, kind, *places) if (row := model.record(id_))]
    if kind == "spot_check":
        hidden = {grant.scope for grant in viewer.grants if grant.role == "supervisor"}
        rows = [row for row in rows if row.body["station"] not in hidden]
    titles = _titles(rows)
    return [
        Deadline(row.id, kind, titles[row.id], _url(row), state_look(kind, row.state.state or ""), due)
        for row in rows
        for due in shown_due_dates(row)
        if due.is_open and (ALL in clocks or due.name in clocks)
    ]


def _titles(rows: Sequence[RecordRow]) -> dict[str, str]:
    """Return what each is called: by the participant's code, and the day where it has one."""
    orders = bodies_of(current().readmodel, {str(row.body.get("order", "")) for row in rows})
    return {row.id: _title(row, orders.get(str(row.body.get("order", "")), row.body)) for row in rows}


def _title(row: RecordRow, order: Mapping[str, Any]) -> str:
    day = row.state.value("ended_on") or row.body.get("day") or ""
    return f"{order.get('display_code', '')} {day}".strip() or t("console.check_events.unknown")


def _url(row: RecordRow) -> str:
    if row.type == "service_session":
        return url_for("service_sessions.detail", record_id=row.id)
    if row.type == "spot_check":
        return url_for("spot_checks.detail", record_id=row.id)
    return url_for("records.detail", record_type=row.type, record_id=row.id)


def _is_within(each: Deadline, asked: str) -> bool:
    if asked == "overdue":
        return each.is_overdue
    return each.due.days_left <= int(asked) if asked in WITHIN else True


def type_words(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Return (type, word) for the filter."""
    return [(kind, t_or_code("console.type", kind)) for kind in kinds]
