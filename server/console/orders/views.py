"""HTTP of new orders."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.evaluations.shown import found_evaluation
from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.layout.words import language
from server.console.look import state_look
from server.console.orders import actions, papers
from server.console.orders.dates import latest_due
from server.console.orders.forms import LEVELS, empty_form, is_offer, parse_new, read_form, review_of
from server.console.orders.kept import kept_until
from server.console.orders.signatures import signatures_of
from server.console.permissions import Permission, requires
from server.console.steps import Outcome
from server.console.viewer import the_viewer
from server.documents import DocumentError
from server.readmodel.rows import RecordRow
from server.services import current
from server.workflows import workflow

blueprint = feature("orders")


@blueprint.get("/orders/new")
@requires(Permission.MAKE_ORDERS)
def new_page() -> ResponseReturnValue:
    """Ask for a new order."""
    return _ask(empty_form(actions.next_order_no(), request.args.get("participant", "")), 200)


@blueprint.post("/orders/new")
@requires(Permission.MAKE_ORDERS)
def begin() -> ResponseReturnValue:
    """Begin an order: 422 with each reason beside its field, 202 while it is being processed."""
    form, new = parse_new(actions.offered())
    ref = actions.begin(form, new, the_viewer(), is_offer=is_offer())
    if ref is None:
        return _ask(form, 422)
    outcome = actions.await_begun(ref)
    if not outcome.is_done:
        return _ask(form, outcome.status, outcome)
    return redirect(url_for("records.detail", record_type="service_order", record_id=ref.id), 303)


@blueprint.post("/orders/new/dates")
@requires(Permission.MAKE_ORDERS)
def dates() -> ResponseReturnValue:
    """Say the latest due date that the review leaves, with its arithmetic; nothing is kept."""
    return render_template("orders/_latest.html", latest=latest_due(review_of(read_form())))


@blueprint.get("/orders/<record_id>")
@requires(Permission.MAKE_PAPERS)
def papers_page(record_id: str) -> ResponseReturnValue:
    """Show an order's papers, signatures and evaluation, and until when its evidence is kept."""
    return _papers(_order(record_id), 200)


@blueprint.get("/orders/<record_id>/papers/<name>.pdf")
@requires(Permission.MAKE_PAPERS)
def paper(record_id: str, name: str) -> ResponseReturnValue:
    """Hand out a paper; 422 with what to do where it cannot be made."""
    row, wanted = _order(record_id), papers.paper(name)
    if wanted is None:
        raise Gone
    try:
        made = papers.make(row, wanted, the_viewer())
    except DocumentError as error:
        return _papers(row, 422, problem=error.said(language()))
    answer = Response(made, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{row.body['order_no']}-{name}.pdf")
    return answer


def _order(record_id: str) -> RecordRow:
    row = current().readmodel.record(record_id)
    if row is None or row.type != "service_order":
        raise Gone
    return row


def _papers(row: RecordRow, status: int, problem: str = "") -> ResponseReturnValue:
    page = render_template(
        "orders/papers.html",
        row=row,
        look=state_look(row.type, row.state.state or ""),
        papers=papers.offered_papers(row),
        signatures=signatures_of(row.id),
        evaluation=found_evaluation(row.id),
        kept=kept_until(row),
        problem=problem,
    )
    return page, status


def _ask(form: Form, status: int, outcome: Outcome | None = None) -> ResponseReturnValue:
    offer = {field.name: field for field in workflow("service_order").actions["offer"].form}
    page = render_template(
        "orders/new.html",
        form=form,
        offered=actions.offered(),
        latest=latest_due(review_of(Form(dict(form.values)))),
        levels=LEVELS.items(),
        stages=[code for code, _key in offer["stage"].choices],
        tracks=[code for code, _key in offer["review_track"].choices],
        outcome=outcome,
    )
    return page, status
