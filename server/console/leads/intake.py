"""A lead taken down at the desk: what was said becomes a lead, who said it is sealed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import request

from server.console.codes import options
from server.console.form import Form
from server.console.layout.words import now, t, zone
from server.console.leads.reporting import reporters
from server.console.steps import WAIT_S, Outcome, await_entry, problem_text
from server.console.viewer import Viewer
from server.gateway.desk import EntryRef, EntryUnfit
from server.identity.reporters import Reporter
from server.readmodel.code_queries import newest_version
from server.records.lead import LEAD
from server.records.names import new_record_id
from server.records.schema import schema_problems
from server.services import current

ROLE: Final = "intake_clerk"
SCHEMA: Final = 1
LEAD_FIELDS: Final = ("domain", "title", "description", "observed_at", "place_text", "township", "urgency")
REPORTER_FIELDS: Final = ("name", "phone", "address", "note")
FIELDS: Final = (*LEAD_FIELDS, *REPORTER_FIELDS)
MOST_CHARS: Final = {"name": 60, "phone": 30, "address": 200, "note": 500}


def parse_intake() -> tuple[Form, dict[str, Any]]:
    """Read the form; the lead's own limits are those of its schema, said beside the same fields."""
    form = Form()
    form.take(request.form, *FIELDS)
    for name, most in MOST_CHARS.items():
        form.limit(name, 0, most)
    form.choose("domain", dict(options("domain")))
    form.choose("urgency", ("normal", "urgent"))
    if form["township"]:
        form.choose("township", dict(options("township")))
    body = _body(form)
    for problem in schema_problems(LEAD.schemas[SCHEMA], body):
        form.errors.setdefault((problem.field or "title").partition(".")[0], problem_text(problem))
    return form, body


def take_down(form: Form, body: Mapping[str, Any], viewer: Viewer) -> EntryRef | None:
    """Seal the reporter, then enter the lead; None, with the reason in the form, when it is unfit."""
    services, lead_id = current(), new_record_id("lead")
    who = Reporter(**{name: form[name] for name in REPORTER_FIELDS})
    services.run_blocking(lambda: reporters().keep(lead_id, who))
    try:
        return services.run_blocking(
            lambda: services.desk.append(
                "lead", body, author=viewer.member, role=ROLE, record_id=lead_id, schema=SCHEMA
            )
        )
    except EntryUnfit as unfit:
        form.errors["title"] = problem_text(unfit.problems[0])
    except BaseException:
        services.run_blocking(lambda: reporters().forget(lead_id))
        raise
    services.run_blocking(lambda: reporters().forget(lead_id))
    return None


def await_taken(ref: EntryRef) -> Outcome:
    """Wait until the lead is folded."""
    return await_entry(ref, WAIT_S)


def _body(form: Form) -> dict[str, Any]:
    said = {name: form[name] for name in LEAD_FIELDS if form[name]}
    if "observed_at" in said:
        said["observed_at"] = _moment(form)
    version = newest_version(current().readmodel, "domain")
    return {**said, "domain_version": version, "no_photo_reason": t("leads.intake.no_photo")}


def _moment(form: Form) -> str:
    """Return the time with the county's offset; one that is to come was seen by nobody."""
    try:
        at = datetime.fromisoformat(form["observed_at"])
    except ValueError:
        return form["observed_at"]
    at = at if at.tzinfo else at.replace(tzinfo=zone())
    if at > now():
        form.errors["observed_at"] = t("console.form.time_to_come")
    return at.isoformat()
