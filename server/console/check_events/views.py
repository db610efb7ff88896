"""HTTP of check events."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.check_events import actions
from server.console.check_events.forms import STATES, read_view
from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.layout.words import is_fragment
from server.console.permissions import Permission, requires
from server.console.steps import Outcome, StepForm, await_entry
from server.console.viewer import the_viewer
from server.gateway.desk import EntryRef

blueprint = feature("check_events")


def _list(**more: object) -> str:
    view = read_view()
    page, newest = actions.find_page(view, the_viewer())
    return render_template(
        "check_events/page.html",
        view=view,
        page=page,
        newest=newest,
        states=STATES,
        stations=actions.stations_in_reach(the_viewer()),
        **more,
    )


@blueprint.get("/check-events")
@requires(Permission.SEE_CHECK_EVENTS)
def page() -> ResponseReturnValue:
    """List the check events that fit the address."""
    return _list(shown=None, form=Form())


@blueprint.get("/check-events/news")
@requires(Permission.SEE_CHECK_EVENTS)
def news() -> ResponseReturnValue:
    """Say how many check events of this list came meanwhile; 204 while none did."""
    after = request.args.get("after", "0")
    view = read_view()
    count = actions.count_news(view, the_viewer(), int(after) if after.isdecimal() else 0)
    return render_template("check_events/_news.html", view=view, count=count) if count else ("", 204)


@blueprint.get("/check-events/<record_id>")
@requires(Permission.SEE_CHECK_EVENTS)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one check event beside its list."""
    event = actions.find(record_id, the_viewer())
    if event is None:
        raise Gone
    return _show(event, Form(), 200)


@blueprint.get("/check-events/<record_id>/seen/<mark>")
@requires(Permission.SEE_CHECK_EVENTS)
def changes(record_id: str, mark: str) -> ResponseReturnValue:
    """Say that the event has changed since it was shown; 204 while it has not."""
    event = actions.find(record_id, the_viewer())
    if event is None or event.mark == mark:
        return "", 204
    return render_template("layout/_changed.html", shown=event, view=read_view())


@blueprint.post("/check-events/<record_id>/steps")
@requires(Permission.ACT_ON_CHECK_EVENTS)
def step(record_id: str) -> ResponseReturnValue:
    """Confirm or question: 409 when it changed meanwhile, 422 with the reason beside the field."""
    row = actions.find_row(record_id, the_viewer())
    if row is None:
        raise Gone
    form = StepForm.parse(request.form)
    return _after(record_id, form, actions.take(row, form, the_viewer()))


@blueprint.get("/check-events/<record_id>/steps/<device>/<int:entry>/<hash_>")
@requires(Permission.ACT_ON_CHECK_EVENTS)
def processing(record_id: str, device: str, entry: int, hash_: str) -> ResponseReturnValue:
    """Show the event with the step in it, or go on waiting."""
    ref = EntryRef(device, entry, hash_, record_id)
    return _after(record_id, StepForm(), await_entry(ref, timeout_s=0.5))


def _after(record_id: str, form: StepForm, outcome: Outcome) -> ResponseReturnValue:
    if outcome.is_done and not is_fragment():
        url = url_for("check_events.detail", record_id=record_id, **read_view().arguments())
        return redirect(url, 303)
    event = actions.find(record_id, the_viewer())
    if event is None:
        raise Gone
    return _show(event, form, outcome.status, outcome)


def _show(
    event: actions.CheckEventView, form: Form, status: int, outcome: Outcome | None = None
) -> ResponseReturnValue:
    if is_fragment():
        row = actions.find_line(event.id, the_viewer()) if outcome and outcome.is_done else None
        parts = {"shown": event, "form": form, "outcome": outcome, "view": read_view(), "row": row}
        return render_template("check_events/_record.html", **parts), status
    return _list(shown=event, form=form, outcome=outcome), status
