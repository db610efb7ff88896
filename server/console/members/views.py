"""HTTP of members."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.listing import ListView
from server.console.members import actions
from server.console.members.forms import parse_grant, parse_member
from server.console.names import note_names_read
from server.console.permissions import TABLE, Permission, requires
from server.console.viewer import the_viewer

blueprint = feature("members")


@blueprint.get("/members")
@requires(Permission.SEE_MEMBERS)
def page() -> ResponseReturnValue:
    """List members; that names were read is written down."""
    view = ListView.read("members.page", filters=("role", "q"), sorts=("name",))
    found = actions.find_page(view, the_viewer())
    note_names_read(f"members page {view.page}", the_viewer())
    return render_template("members/page.html", view=view, page=found, roles=tuple(TABLE))


@blueprint.get("/members/new")
@requires(Permission.CHANGE_MEMBERS)
def new_page() -> ResponseReturnValue:
    """Ask for a new member."""
    return render_template("members/new.html", form=Form(), offered=actions.offered(the_viewer()))


@blueprint.post("/members/new")
@requires(Permission.CHANGE_MEMBERS)
def add() -> ResponseReturnValue:
    """Add a member with a first role."""
    offered = actions.offered(the_viewer())
    form, grant = parse_member(offered)
    member = actions.add(form, grant, the_viewer()) if grant and form.is_valid else None
    if member is None:
        return render_template("members/new.html", form=form, offered=offered), 422
    return redirect(url_for("members.detail", record_id=member), 303)


@blueprint.get("/members/<record_id>")
@requires(Permission.SEE_MEMBERS)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one member with all grants."""
    return _show(record_id, Form(), 200)


@blueprint.post("/members/<record_id>/grants")
@requires(Permission.CHANGE_MEMBERS)
def give(record_id: str) -> ResponseReturnValue:
    """Grant a role."""
    form, grant = parse_grant(actions.offered(the_viewer()))
    if grant is None or actions.find(record_id, the_viewer()) is None:
        return _show(record_id, form, 422)
    actions.give(record_id, grant, the_viewer())
    return redirect(url_for("members.detail", record_id=record_id), 303)


@blueprint.post("/members/<record_id>/grants/<grant_id>/end")
@requires(Permission.CHANGE_MEMBERS)
def end_grant(record_id: str, grant_id: str) -> ResponseReturnValue:
    """End a grant now."""
    if not actions.end_grant(record_id, grant_id, the_viewer()):
        raise Forbidden
    return redirect(url_for("members.detail", record_id=record_id), 303)


def _show(record_id: str, form: Form, status: int) -> ResponseReturnValue:
    row = actions.find(record_id, the_viewer())
    if row is None:
        raise Gone
    note_names_read(record_id, the_viewer())
    offered = actions.offered(the_viewer())
    return render_template("members/detail.html", row=row, form=form, offered=offered), status
