"""HTTP of leads."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.codes import options
from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.layout.words import is_fragment
from server.console.leads import actions
from server.console.leads.forms import STATES, read_view
from server.console.permissions import Permission, requires
from server.console.steps import Outcome, StepForm, await_entry
from server.console.viewer import the_viewer
from server.gateway.desk import EntryRef

blueprint = feature("leads")


def _list(**more: object) -> str:
    view = read_view()
    page, newest = actions.find_page(view, the_viewer())
    return render_template(
        "leads/page.html",
        view=view,
        page=page,
        newest=newest,
        states=STATES,
        domains=options("domain"),
        townships=options("township"),
        **more,
    )


@blueprint.get("/leads")
@requires(Permission.SEE_LEADS)
def page() -> ResponseReturnValue:
    """List the leads that fit the address."""
    return _list(shown=None, form=Form())


@blueprint.get("/leads/news")
@requires(Permission.SEE_LEADS)
def news() -> ResponseReturnValue:
    """Say how many leads of this list came meanwhile; 204 while none did."""
    after = request.args.get("after", "0")
    view = read_view()
    count = actions.count_news(view, the_viewer(), int(after) if after.isdecimal() else 0)
    return render_template("leads/_news.html", view=view, count=count, after=after) if count else ("", 204)


@blueprint.get("/leads/<record_id>")
@requires(Permission.SEE_LEADS)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one lead beside its list."""
    lead = actions.find(record_id, the_viewer())
    if lead is None:
        raise Gone
    actions.note_reading(lead, the_viewer())
    return _show(lead, Form(), 200)


@blueprint.get("/leads/<record_id>/seen/<mark>")
@requires(Permission.SEE_LEADS)
def changes(record_id: str, mark: str) -> ResponseReturnValue:
    """Say that the lead has changed since it was shown; 204 while it has not."""
    lead = actions.find(record_id, the_viewer())
    if lead is None or lead.mark == mark:
        return "", 204
    return render_template("layout/_changed.html", shown=lead, view=read_view())


@blueprint.post("/leads/<record_id>/steps")
@requires(Permission.ACT_ON_LEADS)
def step(record_id: str) -> ResponseReturnValue:
    """Take a step: 409 when the lead changed meanwhile, 422 with the reason beside the field."""
    viewer = the_viewer()
    row = actions.find_row(record_id, viewer)
    if row is None:
        raise Gone
    form = StepForm.parse(request.form)
    return _after(record_id, form, actions.take(row, form, viewer))


@blueprint.get("/leads/<record_id>/steps/<device>/<int:entry>/<hash_>")
@requires(Permission.ACT_ON_LEADS)
def processing(record_id: str, device: str, entry: int, hash_: str) -> ResponseReturnValue:
    """Show the lead with the step in it, or go on waiting."""
    ref = EntryRef(device, entry, hash_, record_id)
    return _after(record_id, StepForm(), await_entry(ref, timeout_s=0.5))


def _after(record_id: str, form: StepForm, outcome: Outcome) -> ResponseReturnValue:
    if outcome.is_done and not is_fragment():
        return redirect(url_for("leads.detail", record_id=record_id, **read_view().arguments()), 303)
    lead = actions.find(record_id, the_viewer())
    if lead is None:
        raise Gone
    return _show(lead, form, outcome.status, outcome)


def _show(
    lead: actions.LeadView, form: Form, status: int, outcome: Outcome | None = None
) -> ResponseReturnValue:
    if is_fragment():
        row = actions.find_line(lead.id, the_viewer()) if outcome and outcome.is_done else None
        parts = {"shown": lead, "form": form, "outcome": outcome, "view": read_view(), "row": row}
        return render_template("leads/_record.html", **parts), status
    return _list(shown=lead, form=form, outcome=outcome), status
