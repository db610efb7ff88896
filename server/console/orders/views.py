"""HTTP of new orders."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.feature import feature
from server.console.form import Form
from server.console.orders import actions
from server.console.orders.dates import latest_due
from server.console.orders.forms import LEVELS, empty_form, is_offer, parse_new, read_form, review_of
from server.console.permissions import Permission, requires
from server.console.steps import Outcome
from server.console.viewer import the_viewer
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


def _ask(form: Form, status: int, outcome: Outcome | None = None) -> ResponseReturnValue:
    offer = {field.name: field for field in workflow("service_order").actions["offer"].form}
    page = render_template(
        "orders/new.html",
        form=form,
        offered=actions.offered(),
        latest=latest_due(review_of(Form(dict(form.values)))),
        levels=LEVELS,
        stages=[code for code, _key in offer["stage"].choices],
        tracks=[code for code, _key in offer["review_track"].choices],
        outcome=outcome,
    )
    return page, status
