"""HTTP of the quarantine."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.permissions import Permission, requires
from server.console.quarantine import actions
from server.console.quarantine.forms import VERDICTS, parse_decision, read_view
from server.console.steps import Outcome
from server.console.viewer import the_viewer

blueprint = feature("quarantine")


@blueprint.get("/quarantine")
@requires(Permission.SEE_QUARANTINE)
def page() -> ResponseReturnValue:
    """List what does not count yet."""
    view = read_view()
    shown = actions.find_page(view, the_viewer())
    return render_template("quarantine/page.html", view=view, page=shown, verdicts=VERDICTS)


@blueprint.get("/quarantine/<record_id>")
@requires(Permission.SEE_QUARANTINE)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one entry with the reason in words and as it came."""
    return _show(_found(record_id), Form(), None)


@blueprint.post("/quarantine/<record_id>/decision")
@requires(Permission.JUDGE_QUARANTINE)
def decide(record_id: str) -> ResponseReturnValue:
    """Admit or keep out, with a reason."""
    entry, form = _found(record_id), parse_decision()
    if not entry.can_be_judged:
        return _show(entry, form, Outcome("not_now", 409))
    if not form.is_valid:
        return _show(entry, form, Outcome("invalid", 422))
    outcome = actions.judge(entry, form, the_viewer())
    if outcome.is_done:
        return redirect(url_for("quarantine.page"), 303)
    return _show(entry, form, outcome)


def _found(document: str) -> actions.QuarantineView:
    entry = actions.find(document, the_viewer())
    if entry is None:
        raise Gone
    return entry


def _show(entry: actions.QuarantineView, form: Form, outcome: Outcome | None) -> ResponseReturnValue:
    actions.note_reading(entry, the_viewer())  # whatever the request was for: it is shown
    page = render_template("quarantine/detail.html", entry=entry, form=form, outcome=outcome)
    return page, outcome.status if outcome else 200
