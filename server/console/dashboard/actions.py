"""The figures that this viewer has, each with the address of the list it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.check_events import forms as check_event_forms
from server.console.dashboard import service
from server.console.devices.actions import count_silent
from server.console.layout.words import t
from server.console.leads import forms as lead_forms
from server.console.listing import ListView
from server.console.permissions import Permission, may
from server.console.quarantine.actions import question_of as quarantine_question
from server.console.viewer import Viewer
from server.readmodel.check_event_queries import check_event_rows
from server.readmodel.lead_queries import LeadRow, lead_rows
from server.readmodel.list_sql import Slice
from server.readmodel.quarantine_queries import quarantine_rows
from server.services import current

OLDEST_SHOWN = 10
COUNT_ALONE = Slice("received", limit=0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words. `needs_you` is only said of a number that is not 0."""

    label: str
    value: int
    url: str
    needs_you: bool = False

    @property
    def is_warm(self) -> bool:
        return self.needs_you and self.value > 0


def figures(viewer: Viewer) -> list[Figure]:
    """Return the figures of the lists that the viewer may see."""
    found: list[Figure] = []
    if may(viewer, Permission.SEE_LEADS):
        found += [
            _leads(viewer, "console.dashboard.leads_today", day="today"),
            _leads(viewer, "console.dashboard.leads_new", needs_you=True, state="received"),
            _leads(viewer, "console.dashboard.leads_open", needs_you=True, state="open"),
        ]
    if may(viewer, Permission.SEE_CHECK_EVENTS):
        found += [
            _check_events(viewer, "console.dashboard.check_events_today", received_day="today"),
            _check_events(viewer, "console.dashboard.to_confirm", needs_you=True, state="recorded"),
        ]
    found += [Figure(each.label, each.value, each.url, each.needs_you) for each in service.figures(viewer)]
    if may(viewer, Permission.SEE_QUARANTINE):
        found.append(_quarantine(viewer))
    if may(viewer, Permission.SEE_DEVICES):
        url = ListView.of("devices.page", "contact", {"state": "silent"}).url()
        found.append(Figure(t("console.dashboard.silent"), count_silent(), url, needs_you=True))
    return found


def count_defects() -> int:
    """Return over how many records our own program stumbled; whoever sees figures is told that they lack."""
    return len(current().readmodel.defects())


def oldest_open(viewer: Viewer) -> tuple[Sequence[LeadRow], str]:
    """Return the unanswered leads that have waited longest, and the address of all of them."""
    if not may(viewer, Permission.SEE_LEADS):
        return (), ""
    view = ListView.of("leads.page", "received", {"state": "open"}, is_descending=False)
    question = lead_forms.question_of(view, viewer)
    part = Slice("received", is_descending=False, limit=OLDEST_SHOWN)
    rows, _total = lead_rows(current().readmodel, question, part)
    return rows, view.url()


def _leads(viewer: Viewer, label: str, *, needs_you: bool = False, **filters: str) -> Figure:
    view = ListView.of("leads.page", "received", filters)
    _rows, total = lead_rows(current().readmodel, lead_forms.question_of(view, viewer), COUNT_ALONE)
    return Figure(t(label), total, view.url(), needs_you)


def _check_events(viewer: Viewer, label: str, *, needs_you: bool = False, **filters: str) -> Figure:
    view = ListView.of("check_events.page", "at", filters)
    question = check_event_forms.question_of(view, viewer)
    _rows, total = check_event_rows(current().readmodel, question, COUNT_ALONE)
    return Figure(t(label), total, view.url(), needs_you)


def _quarantine(viewer: Viewer) -> Figure:
    view = ListView.of("quarantine.page", "received", {"verdict": "open"})
    _rows, total = quarantine_rows(current().readmodel, quarantine_question(view, viewer), COUNT_ALONE)
    return Figure(t("console.dashboard.quarantine"), total, view.url(), needs_you=True)
