"""What a user can do with evaluations: find those within reach, open one by code, take the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from server.console.due_dates import DueShown, shown_due_dates
from server.console.evaluations.shown import (
    EVALUATION,
    evidence_hash,
    grading,
    points_text,
    score_rows,
    scores_of,
    suggested_grade,
)
from server.console.layout.words import t, t_or_code
from server.console.listing import ListView, Page
from server.console.look import Look, state_look
from server.console.opened import OpenedRecord
from server.console.records.kind import subject_of, within
from server.console.steps import Choice, Outcome, StepForm, choices_for, history_of, take_step
from server.console.viewer import GrantLike, Reach, Viewer
from server.readmodel.lead_queries import newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.record_queries import SORTS, ListedRecord, RecordQuestion, record_rows, records_arrived
from server.readmodel.rows import RecordRow
from server.services import current
from server.workflows import workflow

READERS: Final = frozenset({"supervisor", "township_staff", "prosecutor", "chief_procurator"})
FILLED_IN: Final = frozenset({"evidence_hash", "total", "weights"})
"""What the desk fills in when the prosecutor accepts."""
_TEXTS: Final = ("station_comment", "township_comment", "participant_statement")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView(OpenedRecord):
    """An evaluation by code; who reads it decides what may be done next."""

    code: str
    order: str
    """The order's own page, for who may see orders; empty for others."""
    why_not: str
    evidence: str
    is_evidence_changed: bool

    @property
    def scores(self) -> list[dict[str, object]]:
        return score_rows(self.row)

    @property
    def points(self) -> str:
        return points_text(self.row)

    @property
    def grade(self) -> str:
        return t_or_code("console.choice.grade", str(self.row.state.value("grade") or ""))

    @property
    def suggested(self) -> str:
        return suggested_grade(self.row)

    @property
    def texts(self) -> list[tuple[str, str]]:
        value = self.row.state.value
        return [(t(f"console.step_field.{name}"), str(value(name))) for name in _TEXTS if value(name)]


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """One line of the list."""

    listed: ListedRecord
    code: str
    look: Look
    due: DueShown | None

    @property
    def id(self) -> str:
        return self.listed.id


def read_view() -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read("evaluations.page", filters=("state",), sorts=tuple(SORTS))


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[EvaluationLine], int]:
    """Return the evaluations that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = record_rows(model, _question(view, viewer), part)
    return Page([_line(row) for row in rows], total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> EvaluationLine | None:
    """Return the evaluation as its line of the list shows it."""
    if find_row(record_id, viewer) is None:
        return None
    question = RecordQuestion(type=EVALUATION, record=record_id)
    rows, _total = record_rows(current().readmodel, question, Slice("received", limit=1))
    return _line(rows[0]) if rows else None


def count_news(view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many evaluations of this list came after that place."""
    return records_arrived(current().readmodel, _question(view, viewer), after)


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the evaluation as it is folded, within the viewer's reach."""
    row = current().readmodel.record(record_id)
    if row is None or row.type != EVALUATION:
        return None
    return row if within(_readers(viewer), subject_of(row)) else None


def find(record_id: str, viewer: Viewer) -> EvaluationView | None:
    """Return one evaluation; None when there is none within reach."""
    row = find_row(record_id, viewer)
    if row is None:
        return None
    order = row.body["order"]
    may_see_order = any(grant.role in {"prosecutor", "chief_procurator"} for grant in viewer.grants)
    kept, now = row.state.value("evidence_hash"), evidence_hash(order)
    choices, why_not = _open_to(row, viewer)
    return EvaluationView(
        row=row,
        code=_code(row),
        order=order if may_see_order else "",
        look=state_look(EVALUATION, row.state.state or ""),
        choices=choices,
        history=history_of(row, viewer, with_texts=may_see_order),
        due_dates=shown_due_dates(row),
        why_not=why_not,
        evidence=str(kept or now),
        is_evidence_changed=bool(kept) and kept != now,
    )


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Take a step; who accepted an evaluation does not review the objection to it."""
    choices, _why_not = _open_to(row, viewer)
    if form["action"] not in {choice.action for choice in choices}:
        return Outcome("not_now", 409)
    if form["action"] == "accept":
        form.values["evidence_hash"] = evidence_hash(row.body["order"])
        form.values["total"] = str(grading().total(scores_of(row)))
        form.values["weights"] = current().settings.evaluation_weights
    return take_step(row, form, viewer, within(viewer.grants, subject_of(row)))


def _open_to(row: RecordRow, viewer: Viewer) -> tuple[list[Choice], str]:
    """Return the steps that this viewer may take, and why another one is for somebody else."""
    grants = within(viewer.grants, subject_of(row))
    open_ones = [
        replace(choice, fields=[field for field in choice.fields if field.name not in FILLED_IN])
        for choice in choices_for(row, grants, viewer)
    ]
    review = workflow(EVALUATION).actions["review_objection"]
    is_theirs = any(grant.role in review.by for grant in grants) and review.is_open(row.state)
    is_kept_out = is_theirs and review.is_for_another(row.state, viewer.member)
    return open_ones, t("console.evaluations.another_reviews") if is_kept_out else ""


def _readers(viewer: Viewer) -> list[GrantLike]:
    return [grant for grant in viewer.grants if grant.role in READERS]


def _question(view: ListView, viewer: Viewer) -> RecordQuestion:
    own = Reach.of(_readers(viewer))
    return RecordQuestion(
        type=EVALUATION,
        townships=own.asked_townships,
        stations=own.asked_stations,
        state=view.filters["state"],
    )


def _line(listed: ListedRecord) -> EvaluationLine:
    row = current().readmodel.record(listed.id)
    due = next((due for due in shown_due_dates(row) if due.is_open), None) if row else None
    return EvaluationLine(listed, _code(row) if row else "", state_look(EVALUATION, listed.state or ""), due)


def _code(row: RecordRow) -> str:
    order = current().readmodel.body(row.body["order"]) or {}
    return str(order.get("display_code", ""))
