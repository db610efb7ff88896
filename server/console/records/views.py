"""HTTP of declared records: the pages of a record, and the form that begins one."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from server.console.failures import Gone
from server.console.fields import FieldOfStep
from server.console.form import Form
from server.console.permissions import Permission, requires
from server.console.reason_form import parse_reason
from server.console.record_pages import RecordPages
from server.console.records import actions, evidence, kind
from server.console.records.forms import read_view
from server.console.steps import Outcome, StepForm
from server.console.viewer import the_viewer

pages = RecordPages(
    name="records",
    path=f"/records/<{kind.NAME}>",
    see=Permission.SEE_RECORDS,
    act=Permission.ACT_ON_RECORDS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {
        "flow": kind.flow(),
        "may_begin": actions.may_begin(the_viewer()),
        "own_form": actions.own_form(the_viewer()),
    },
)
blueprint = pages.blueprint()
blueprint.url_value_preprocessor(kind.take_from_address)
blueprint.url_defaults(kind.put_into_address)
blueprint.before_request(kind.readers_only)


@blueprint.get(f"/records/<{kind.NAME}>/new")
@requires(Permission.ACT_ON_RECORDS)
def new_page() -> ResponseReturnValue:
    """Show the form of a new record."""
    return _form(Form(), 200)


@blueprint.post(f"/records/<{kind.NAME}>/new")
@requires(Permission.ACT_ON_RECORDS)
def begin() -> ResponseReturnValue:
    """Begin a record: 422 with the reason beside the field, 202 while it is being processed."""
    if not actions.may_begin(the_viewer()):
        raise Forbidden
    form = StepForm.parse(request.form)
    ref = actions.begin(form, the_viewer())
    if ref is None:
        return _form(form, 422)
    outcome = actions.await_record(ref)
    if outcome.is_done:
        return redirect(url_for("records.detail", record_id=ref.id), 303)
    return _form(form, outcome.status, outcome)


@blueprint.post(f"/records/<{kind.NAME}>/<record_id>/bundle")
@requires(Permission.EXPORT_EVIDENCE)
def bundle(record_id: str) -> ResponseReturnValue:
    """Hand out the case's evidence as one signed file: 422 without a reason, and then none is made."""
    row, form = actions.find_row(record_id, the_viewer()), parse_reason()
    if row is None:
        raise Gone
    if not form.is_valid:
        return pages.listed(shown=actions.find(record_id, the_viewer()), form=form), 422
    if not evidence.is_bundled(row.type):
        raise Gone
    return evidence.hand_out(row, form["why"], the_viewer())


def _form(form: Form, status: int, outcome: Outcome | None = None) -> ResponseReturnValue:
    if not actions.may_begin(the_viewer()):
        raise Forbidden
    fields: list[FieldOfStep] = actions.new_fields(the_viewer())
    parts = {"form": form, "fields": fields, "outcome": outcome, "flow": kind.flow()}
    return render_template("records/new.html", **parts), status
