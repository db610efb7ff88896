"""What a user can do with leads: find, open, take the next step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.console.due_dates import DueShown, shown_due_dates
from server.console.leads import merging
from server.console.leads.forms import question_of
from server.console.leads.merging import LeadBeside, duplicates_of, merged_of, primary_of
from server.console.leads.reporting import is_from_a_volunteer, open_reporter
from server.console.listing import ListView, Page
from server.console.look import state_look
from server.console.opened import OpenedRecord
from server.console.permissions import Permission, grants_for, may, reach
from server.console.photos import photos_of
from server.console.proof import proof_of
from server.console.steps import (
    Outcome,
    StepForm,
    choices_for,
    history_of,
    take_step,
)
from server.console.viewer import GrantLike, Viewer
from server.identity.reporters import Reporter
from server.readmodel.lead_queries import LeadQuestion, LeadRow, lead_rows, leads_arrived, newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.rows import RecordRow
from server.records.lead import places_of
from server.services import current


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView(OpenedRecord):
    """A lead as this viewer sees it; `reporter` only on the page that opens it."""

    is_from_volunteer: bool
    places: Sequence[Mapping[str, Any]]
    duplicates: Sequence[LeadBeside] = ()
    merged: Sequence[LeadBeside] = ()
    primary: LeadBeside | None = None
    reporter: Reporter | None = None
    is_reporter_asked: bool = False


@dataclass(frozen=True, slots=True)
class LeadLine:
    """One line of the list; `acknowledgement` while nobody has registered the lead."""

    lead: LeadRow
    acknowledgement: DueShown | None = None

    @property
    def id(self) -> str:
        return self.lead.id


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[LeadLine], int]:
    """Return the leads that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = lead_rows(model, question_of(view, viewer), part)
    return Page([_line(row) for row in rows], total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> LeadLine | None:
    """Return the lead as its line of the list shows it."""
    question = LeadQuestion(townships=_townships(viewer), record=record_id)
    rows, _total = lead_rows(current().readmodel, question, Slice("received", limit=1))
    return _line(rows[0]) if rows else None


def count_news(view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many leads of this list came after that place."""
    return leads_arrived(current().readmodel, question_of(view, viewer), after)


def find(record_id: str, viewer: Viewer) -> LeadView | None:
    """Return the lead; None when there is none, or none within the viewer's reach."""
    row = find_row(record_id, viewer)
    return _view(row, viewer) if row else None


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the lead as it is folded, within the viewer's reach."""
    row = current().readmodel.record(record_id)
    if row is None or row.type != "lead":
        return None
    is_within = reach(viewer, Permission.SEE_LEADS).has(township=row.body.get("township"))
    return row if is_within else None


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Take a step that one of the viewer's grants over this lead allows."""
    special = {"merge_into": merging.merge, "answer": merging.answer}
    return special.get(form["action"], take_step)(row, form, viewer, _grants(row, viewer))


def with_reporter(record_id: str, reason: str, viewer: Viewer) -> LeadView | None:
    """Return the lead with who reported it, which is noted first."""
    row = find_row(record_id, viewer)
    if row is None:
        return None
    reporter = open_reporter(row, reason, viewer)
    return replace(_view(row, viewer), reporter=reporter, is_reporter_asked=True)


def _line(row: LeadRow) -> LeadLine:
    if row.state != "received":
        return LeadLine(row)
    record = current().readmodel.record(row.id)
    due = shown_due_dates(record) if record else []
    return LeadLine(row, next((each for each in due if each.name == "acknowledgement"), None))


def _view(row: RecordRow, viewer: Viewer) -> LeadView:
    is_of_office = may(viewer, Permission.SEE_CORRESPONDENCE)  # a township sees its own leads alone
    choices = choices_for(row, _grants(row, viewer), viewer)
    return LeadView(
        row=row,
        look=state_look("lead", row.state.state or ""),
        photos=photos_of(row),
        history=history_of(row, viewer, with_texts=is_of_office),
        choices=choices,
        proof=proof_of(row.entry, row.receipts, row.media) if may(viewer, Permission.SEE_PROOF) else None,
        due_dates=shown_due_dates(row),
        is_from_volunteer=is_from_a_volunteer(row),
        places=places_of(row.body),
        duplicates=duplicates_of(row, choices) if is_of_office else (),
        merged=merged_of(row.id) if is_of_office else (),
        primary=primary_of(row) if is_of_office else None,
    )


def _townships(viewer: Viewer) -> Collection[str] | None:
    own = reach(viewer, Permission.SEE_LEADS)
    return own.asked_townships


def _grants(row: RecordRow, viewer: Viewer) -> list[GrantLike]:
    return grants_for(viewer, Permission.ACT_ON_LEADS, township=row.body.get("township"))
