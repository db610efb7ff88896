"""HTTP of participants."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.listing import ListView
from server.console.participants import actions
from server.console.participants.forms import parse_new
from server.console.permissions import Permission, requires
from server.console.qr import enrol_link, qr_svg
from server.console.reason_form import parse_reason
from server.console.steps import Outcome
from server.console.viewer import the_viewer
from server.workflows import workflow

blueprint = feature("participants")


@blueprint.get("/participants")
@requires(Permission.SEE_PARTICIPANTS)
def page() -> ResponseReturnValue:
    """List participants by code."""
    view = ListView.read("participants.page", filters=("state", "q"), sorts=tuple(actions.SORTS))
    states = workflow(actions.TYPE).states
    return render_template("participants/page.html", view=view, page=actions.find_page(view), states=states)


@blueprint.get("/participants/new")
@requires(Permission.REGISTER_PARTICIPANTS)
def new_page() -> ResponseReturnValue:
    """Ask for a new participant."""
    return _ask(Form(), 200)


@blueprint.post("/participants/new")
@requires(Permission.REGISTER_PARTICIPANTS)
def begin() -> ResponseReturnValue:
    """Register: 422 with the reason beside the field, and then nothing has been written."""
    form, new = parse_new(dict(actions.townships()))
    registered = actions.begin(form, new, the_viewer()) if new and form.is_valid else None
    if registered is None:
        return _ask(form, 422)
    outcome = actions.await_registered(registered)
    if not outcome.is_done:
        return _ask(form, outcome.status, outcome)
    return redirect(url_for("participants.detail", record_id=registered.record_id), 303)


@blueprint.get("/participants/<record_id>")
@requires(Permission.SEE_PARTICIPANTS)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one participant by code."""
    return _show(actions.find(record_id), Form(), 200)


@blueprint.post("/participants/<record_id>/identity")
@requires(Permission.OPEN_IDENTITY)
def identity(record_id: str) -> ResponseReturnValue:
    """Show the identity once, to this person, for the reason that the audit keeps."""
    form = parse_reason("reason")
    if not form.is_valid:
        return _show(actions.find(record_id), form, 422)
    return _show(actions.open_identity(record_id, form["reason"], the_viewer()), Form(), 200)


@blueprint.post("/participants/<record_id>/code")
@requires(Permission.REGISTER_PARTICIPANTS)
def code(record_id: str) -> ResponseReturnValue:
    """Make a code for the participant's phone and show it, once."""
    shown = actions.find(record_id)
    if shown is None:
        raise Gone
    made = actions.make_code(shown, the_viewer())
    link = enrol_link(made)
    return render_template("participants/code.html", shown=shown, code=made, link=link, qr=qr_svg(link))


def _ask(form: Form, status: int, outcome: Outcome | None = None) -> ResponseReturnValue:
    townships = actions.townships()
    page = render_template("participants/new.html", form=form, townships=townships, outcome=outcome)
    return page, status


def _show(shown: actions.ParticipantView | None, form: Form, status: int) -> ResponseReturnValue:
    if shown is None:
        raise Gone
    return render_template("participants/detail.html", shown=shown, form=form), status
