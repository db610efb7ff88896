"""What a user can do with records of a declared workflow: find, open, take a step, begin a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.console.due_dates import DueShown, shown_due_dates
from server.console.fields import FieldOfStep, asked, given_values, value_text
from server.console.form import Form
from server.console.layout.words import t, t_or_code
from server.console.listing import ListView, Page
from server.console.look import Look, state_look
from server.console.opened import OpenedRecord
from server.console.permissions import Permission, may
from server.console.photos import photos_of
from server.console.proof import proof_of
from server.console.records.evidence import is_bundled
from server.console.records.forms import question_of
from server.console.records.kind import (
    OWN_FORMS,
    fields_by_name,
    flow,
    kind,
    readers,
    shown_fields,
    subject_of,
    type_name,
    view_for_units,
    within,
)
from server.console.steps import (
    WAIT_S,
    HistoryLine,
    Outcome,
    StepForm,
    await_entry,
    choices_for,
    history_of,
    problem_text,
    take_step,
)
from server.console.viewer import GrantLike, Viewer
from server.gateway.desk import EntryRef, EntryUnfit
from server.messages import messages
from server.readmodel.lead_queries import newest_place
from server.readmodel.list_sql import Slice
from server.readmodel.record_queries import ListedRecord, RecordQuestion, record_rows, records_arrived
from server.readmodel.rows import RecordRow
from server.records.names import MEMBER_PATTERN
from server.records.schema import schema_problems
from server.services import current
from server.workflows.declared_views import DeclaredView

SHORT_ID_CHARS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView(OpenedRecord):
    """A record as this viewer sees it."""

    title: str
    facts: Sequence[tuple[str, str]]
    is_bundled: bool
    """Its evidence can be taken out as one signed file."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the list, with what is due next."""

    listed: ListedRecord
    title: str
    look: Look
    due: DueShown | None

    @property
    def id(self) -> str:
        return self.listed.id


def find_page(view: ListView, viewer: Viewer) -> tuple[Page[RecordLine], int]:
    """Return the records that fit, and the place after which later ones are news."""
    model = current().readmodel
    newest = newest_place(model)
    part = view.part()
    rows, total = record_rows(model, question_of(view, viewer), part)
    return Page([_line(row, viewer) for row in rows], total, view.page), newest


def find_line(record_id: str, viewer: Viewer) -> RecordLine | None:
    """Return the record as its line of the list shows it."""
    question = RecordQuestion(type=type_name(), record=record_id)
    rows, _total = record_rows(current().readmodel, question, Slice("received", limit=1))
    return _line(rows[0], viewer) if rows and find_row(record_id, viewer) else None


def count_news(view: ListView, viewer: Viewer, after: int) -> int:
    """Return how many records of this list came after that place."""
    return records_arrived(current().readmodel, question_of(view, viewer), after)


def find(record_id: str, viewer: Viewer) -> RecordView | None:
    """Return the record; None when there is none within the viewer's reach."""
    row = find_row(record_id, viewer)
    return _view(row, viewer) if row else None


def find_row(record_id: str, viewer: Viewer) -> RecordRow | None:
    """Return the record as it is folded, within the viewer's reach."""
    row = current().readmodel.record(record_id)
    if row is None or row.type != type_name():
        return None
    return row if within(readers(viewer, row.type), subject_of(row)) else None


def take(row: RecordRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Take a step that one of the viewer's grants over this record allows."""
    return take_step(row, form, viewer, _grants(row, viewer))


def may_begin(viewer: Viewer) -> bool:
    """May this viewer begin a record of this type from a form?"""
    is_plain = bool(flow().record_form) and type_name() not in OWN_FORMS
    return is_plain and _writing_role(viewer) is not None


def own_form(viewer: Viewer) -> str | None:
    """Return where this viewer begins a record of a type that has a page of its own for that."""
    return OWN_FORMS.get(type_name()) if _writing_role(viewer) is not None else None


def new_fields(viewer: Viewer) -> list[FieldOfStep]:
    """Return what a new record asks for."""
    return asked(flow().record_form, viewer)


def begin(form: Form, viewer: Viewer) -> EntryRef | None:
    """Append the new record to the desk's log; None when something is wrong, and the form says what."""
    body = given_values(flow().record_form, form.values)
    for problem in schema_problems(kind().schemas[max(kind().schemas)], body):
        form.errors.setdefault((problem.field or "form").partition(".")[0], problem_text(problem))
    role = _writing_role(viewer)
    if role is None or not form.is_valid:
        return None
    services = current()
    try:
        return services.run_blocking(
            lambda: services.desk.append(type_name(), body, author=viewer.member, role=role)
        )
    except EntryUnfit as unfit:
        form.errors["form"] = problem_text(unfit.problems[0])
        return None


def await_record(ref: EntryRef) -> Outcome:
    """Wait until the new record is folded, and say what became of it."""
    return await_entry(ref, WAIT_S)


def _view(row: RecordRow, viewer: Viewer) -> RecordView:
    held_to = _held_to(row, viewer)
    return RecordView(
        row=row,
        title=_title(row.id, _own_title(row.body)),
        look=state_look(row.type, row.state.state or ""),
        facts=_facts(row, held_to),
        is_bundled=is_bundled(row.type),
        photos=photos_of(row),
        history=_told(history_of(row, viewer, with_texts=True), held_to),
        choices=choices_for(row, _grants(row, viewer), viewer),
        proof=proof_of(row.entry, row.receipts, row.media) if may(viewer, Permission.SEE_PROOF) else None,
        due_dates=_due(row, held_to),
    )


def _held_to(row: RecordRow, viewer: Viewer) -> DeclaredView | None:
    return view_for_units(within(readers(viewer, row.type), subject_of(row)))


def _due(row: RecordRow, held_to: DeclaredView | None) -> list[DueShown]:
    return [due for due in shown_due_dates(row) if held_to is None or due.name in held_to.due]


def _told(lines: list[HistoryLine], held_to: DeclaredView | None) -> list[HistoryLine]:
    """Leave out the words of steps whose text a unit is not shown."""
    if held_to is None:
        return lines
    texts = held_to.history or {}
    return [line if line.action in texts else replace(line, fields=(), reason=None) for line in lines]


def _line(listed: ListedRecord, viewer: Viewer) -> RecordLine:
    row = current().readmodel.record(listed.id)
    due = next((due for due in _due(row, _held_to(row, viewer)) if due.is_open), None) if row else None
    look = state_look(type_name(), listed.state or "")
    return RecordLine(listed, _title(listed.id, listed.title), look, due)


def _own_title(body: Mapping[str, Any]) -> str:
    names = ("title", "order_no", "display_code")
    return next((str(body[name]) for name in names if body.get(name)), "")


def _title(record_id: str, title: str) -> str:
    short = record_id[-SHORT_ID_CHARS:].upper()
    return title or f"{t_or_code('console.type', type_name())} {short}"


def _facts(row: RecordRow, held_to: DeclaredView | None) -> list[tuple[str, str]]:
    forms = fields_by_name()
    shown_names = shown_fields(row.state)
    if held_to is not None:
        shown_names = [name for name in shown_names if name in held_to.fields]
    schema = kind().schemas[max(kind().schemas)].fields
    shown = []  # who somebody is, is not shown by ids; pages that may name people are other ones
    for name in shown_names:
        field = forms.get(name)
        is_member = getattr(schema.get(name), "pattern", None) == MEMBER_PATTERN.pattern
        value = row.state.value(name)
        if value is not None and not is_member:
            shown.append((_label(name, field.label if field else ""), _value(field, value)))
    return shown


def _label(name: str, key: str) -> str:
    return t(key) if key in messages() else t_or_code("console.step_field", name)


def _value(field: Any, value: Any) -> str:
    """Return a value in words; a record that is named is said by its title."""
    values = value if isinstance(value, list) else [value]
    bodies = [_body_of(item) for item in values]
    names = [
        str(body.get("name") or body.get("order_no") or body.get("title") or item) if body else ""
        for item, body in zip(values, bodies, strict=True)
    ]
    if any(names):
        return "、".join(name or str(item) for item, name in zip(values, names, strict=True))
    return value_text(field, value)


def _body_of(value: object) -> Mapping[str, Any] | None:
    is_id = isinstance(value, str) and ":" in value
    return current().readmodel.body(value) if is_id and isinstance(value, str) else None


def _grants(row: RecordRow, viewer: Viewer) -> list[GrantLike]:
    return within(viewer.grants, subject_of(row))


def _writing_role(viewer: Viewer) -> str | None:
    return next((grant.role for grant in viewer.grants if grant.role in kind().written_by), None)
