"""What a user can do with leads: find, open, take the next step."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.console.due_dates import shown_due_dates
from server.console.leads.forms import question_of
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
from server.readmodel.lead_queries import LeadQuestion, LeadRow, lead_rows, leads_arrived, newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.rows import RecordRow
from server.services import current


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView(OpenedRecord):
    """A lead as this viewer sees it: without `reporter` and `proof` for who may not see them."""

    reporter: str


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[LeadRow], int]:
    """Return the leads that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = lead_rows(model, question_of(view, viewer), part)
    return Page(rows, total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> LeadRow | None:
    """Return the lead as its line of the list shows it."""
    question = LeadQuestion(townships=_townships(viewer), record=record_id)
    rows, _total = lead_rows(current().readmodel, question, Slice("received", limit=1))
    return rows[0] if rows else None


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
    return take_step(row, form, viewer, _grants(row, viewer))


def note_reading(lead: LeadView, viewer: Viewer) -> None:
    """Write down that a reporter's identity was shown."""
    if lead.reporter:
        audit = current().audit
        current().run_blocking(lambda: audit.append("reporter_read", actor=viewer.member, about=lead.id))


def _view(row: RecordRow, viewer: Viewer) -> LeadView:
    return LeadView(
        row=row,
        look=state_look("lead", row.state.state or ""),
        photos=photos_of(row),
        history=history_of(row, viewer, with_texts=may(viewer, Permission.SEE_CORRESPONDENCE)),
        choices=choices_for(row, _grants(row, viewer), viewer),
        proof=proof_of(row.entry, row.receipts, row.media) if may(viewer, Permission.SEE_PROOF) else None,
        reporter=_reporter(row) if may(viewer, Permission.SEE_REPORTER) else "",
        due_dates=shown_due_dates(row),
    )


def _townships(viewer: Viewer) -> Collection[str] | None:
    own = reach(viewer, Permission.SEE_LEADS)
    return own.asked_townships


def _grants(row: RecordRow, viewer: Viewer) -> list[GrantLike]:
    return grants_for(viewer, Permission.ACT_ON_LEADS, township=row.body.get("township"))


def _reporter(row: RecordRow) -> str:
    member = current().directory.member(row.entry["author"])
    return member.name if member else str(row.entry["author"])
