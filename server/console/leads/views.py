"""HTTP of leads: the pages of a record, intake at the desk, who reported, and the list as a file."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.console.codes import options
from server.console.failures import Gone
from server.console.form import Form
from server.console.layout.words import language, t
from server.console.leads import actions, exporting, intake
from server.console.leads.forms import STATES, read_view
from server.console.permissions import Permission, requires
from server.console.reason_form import parse_reason
from server.console.record_pages import RecordPages
from server.console.steps import Outcome
from server.console.viewer import the_viewer
from server.documents import DocumentError

pages = RecordPages(
    name="leads",
    path="/leads",
    see=Permission.SEE_LEADS,
    act=Permission.ACT_ON_LEADS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {
        "states": STATES,
        "domains": options("domain"),
        "townships": options("township"),
        "formats": exporting.FORMATS,
    },
)
blueprint = pages.blueprint()


@blueprint.post("/leads/<record_id>/reporter")
@requires(Permission.OPEN_REPORTER)
def reporter(record_id: str) -> ResponseReturnValue:
    """Show once who reported the lead, for the reason that the audit keeps."""
    form = parse_reason()
    if not form.is_valid:
        return _open(actions.find(record_id, the_viewer()), form, 422)
    return _open(actions.with_reporter(record_id, form["why"], the_viewer()), Form(), 200)


@blueprint.get("/leads/new")
@requires(Permission.TAKE_DOWN_LEADS)
def new_page() -> ResponseReturnValue:
    """Ask for what somebody reports at the desk."""
    return _ask(Form(), 200)


@blueprint.post("/leads/new")
@requires(Permission.TAKE_DOWN_LEADS)
def begin() -> ResponseReturnValue:
    """Take the lead down: 422 with the reason beside the field, and then nothing has been written."""
    form, body = intake.parse_intake()
    ref = intake.take_down(form, body, the_viewer()) if form.is_valid else None
    if ref is None:
        return _ask(form, 422)
    outcome = intake.await_taken(ref)
    if not outcome.is_done:
        return _ask(Form(), outcome.status, outcome)
    return redirect(url_for("leads.detail", record_id=ref.id), 303)


@blueprint.get("/leads/export/<any(xlsx, csv, geojson, kml):format_>")
@requires(Permission.EXPORT_LEADS)
def export(format_: str) -> ResponseReturnValue:
    """Hand out the filtered list; 422 with the reason where it cannot be made whole."""
    try:
        return exporting.export(read_view(), format_, the_viewer())
    except exporting.TooMany:
        problem = t("leads.export.too_many", most=exporting.MOST_ROWS)
    except DocumentError as error:
        problem = error.said(language())
    return pages.listed(problem=problem), 422


def _open(shown: actions.LeadView | None, form: Form, status: int) -> ResponseReturnValue:
    if shown is None:
        raise Gone
    return pages.listed(shown=shown, form=form), status


def _ask(form: Form, status: int, outcome: Outcome | None = None) -> ResponseReturnValue:
    parts = {"domains": options("domain"), "townships": options("township"), "outcome": outcome}
    return render_template("leads/new.html", form=form, **parts), status
