"""What a user can do to begin an order: a draft, or the notice served at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from server.console.due_dates import today
from server.console.form import Form
from server.console.layout.words import t
from server.console.orders.dates import due_problems
from server.console.orders.forms import NewOrder, Offered
from server.console.steps import WAIT_S, Outcome, await_entry, problem_text
from server.console.viewer import Viewer
from server.gateway.desk import EntryRef, EntryUnfit
from server.readmodel.order_queries import (
    is_order_no_taken,
    newest_order_no,
    notices_in_force,
    offered_stations,
)
from server.readmodel.participant_queries import enrolled_participants
from server.records.registry import record_type
from server.records.schema import schema_problems
from server.services import current

SCHEMA = 2
ROLE = "prosecutor"


def offered() -> Offered:
    """Return what can be chosen: participants by code, open stations, their kinds of service, notices."""
    model = current().readmodel
    stations = offered_stations(model)
    types = dict.fromkeys(kind for _id, body in stations for kind in body["service_types"])
    notices = [n for n in notices_in_force(model, today().on.isoformat()) if n.kind == "notice"]
    return Offered(
        participants=enrolled_participants(model),
        stations=[(id_, str(body["name"])) for id_, body in stations],
        service_types=list(types),
        notices=[(n.id, f"{n.title} v{n.version}") for n in notices],
    )


def next_order_no() -> str:
    """Return the number after the newest of the year; the prosecutor may write another."""
    prefix = f"QH-GY-{today().on.year}-"
    last = re.search(r"(\d+)$", newest_order_no(current().readmodel, prefix))
    return f"{prefix}{int(last.group(1)) + 1 if last else 1:03}"


def begin(form: Form, new: NewOrder, viewer: Viewer, *, is_offer: bool) -> EntryRef | None:
    """Append the draft, and the step that offers it; None, with the reasons in the form."""
    body = _whole_body(new, viewer)
    _check(form, new, body)
    if not form.is_valid:
        return None
    services = current()
    try:
        ref = services.run_blocking(
            lambda: services.desk.append(
                "service_order", body, author=viewer.member, role=ROLE, schema=SCHEMA
            )
        )
        if is_offer:
            step = _offer(ref, new)
            services.run_blocking(lambda: services.desk.append("step", step, author=viewer.member, role=ROLE))
    except EntryUnfit as unfit:
        form.errors["form"] = problem_text(unfit.problems[0])
        return None
    return ref


def await_begun(ref: EntryRef) -> Outcome:
    """Wait until the order is folded."""
    return await_entry(ref, WAIT_S)


def _whole_body(new: NewOrder, viewer: Viewer) -> dict[str, Any]:
    participant = current().readmodel.body(new.participant) or {}
    return {
        **new.body,
        "participant": participant.get("member", ""),
        "display_code": participant.get("display_code", ""),
        "prosecutor": viewer.member,
    }


def _check(form: Form, new: NewOrder, body: Mapping[str, Any]) -> None:
    """Put everything that is wrong beside its field, so that nobody corrects one after the other."""
    kind = record_type("service_order")
    found = schema_problems(kind.schemas[SCHEMA], body) if kind else []
    if new.review and not form.errors.keys() & {"due_on", "review_from"}:
        found += due_problems(body, new.review)
    for problem in found:
        name = (problem.field or "form").partition(".")[0]
        shown = {"required_min": "hours", "display_code": "participant"}.get(name, name)
        form.errors.setdefault(shown, problem_text(problem))
    if "order_no" not in form.errors and is_order_no_taken(current().readmodel, form["order_no"]):
        form.errors["order_no"] = t("console.orders.number_taken")


def _offer(ref: EntryRef, new: NewOrder) -> dict[str, Any]:
    fields = {**new.review, **new.notice, "due_on": new.body["due_on"]}
    return {"record": ref.id, "base": [ref.hash], "action": "offer", "to": "offered", "fields": fields}
