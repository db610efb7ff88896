"""HTTP of station tablets."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.loss_form import parse_loss
from server.console.names import note_names_read
from server.console.permissions import Permission, requires
from server.console.qr import enrol_link, qr_svg
from server.console.tablets import actions
from server.console.tablets.forms import parse_operator
from server.console.viewer import the_viewer

blueprint = feature("tablets")


@blueprint.get("/tablets")
@requires(Permission.SEE_DEVICES)
def page() -> ResponseReturnValue:
    """List the stations with their tablets."""
    return render_template("tablets/page.html", rows=actions.find_all(the_viewer()))


@blueprint.get("/tablets/<record_id>")
@requires(Permission.SEE_DEVICES)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one station's tablets, who may act at them, and what can be done."""
    return _show(_station(record_id), Form(), 200)


@blueprint.post("/tablets/<record_id>/tablet-code")
@requires(Permission.ENROL_DEVICES)
def tablet_code(record_id: str) -> ResponseReturnValue:
    """Make the code for a tablet and show it, once."""
    station = _station(record_id)
    replaces = request.form.get("replaces") or None
    if replaces and replaces not in {each.device.id for each in station.tablets}:
        raise Gone
    code = actions.make_tablet_code(record_id, replaces, the_viewer())
    link = enrol_link(code)
    return render_template("tablets/tablet_code.html", station=station, code=code, link=link, qr=qr_svg(link))


@blueprint.post("/tablets/<record_id>/operator-code")
@requires(Permission.ENROL_DEVICES)
def operator_code(record_id: str) -> ResponseReturnValue:
    """Make the code for a person and show it, once."""
    station, form = _station(record_id), parse_operator()
    code = actions.make_operator_code(record_id, form, the_viewer()) if form.is_valid else None
    if code is None:
        return _show(station, form, 422)
    return render_template("tablets/operator_code.html", station=station, code=code)


@blueprint.post("/tablets/<record_id>/secret")
@requires(Permission.REVOKE_DEVICES)
def replace_secret(record_id: str) -> ResponseReturnValue:
    """Replace the secret of the rotating code, with a time of loss and a reason."""
    station = _station(record_id)
    form, at = parse_loss()
    if not form.is_valid:
        return _show(station, form, 422)
    actions.replace_secret(record_id, at, form["reason"], the_viewer())
    return redirect(url_for("tablets.detail", record_id=record_id), 303)


@blueprint.post("/tablets/<record_id>/<device_id>/reset-pin")
@requires(Permission.ENROL_DEVICES)
def reset_pin(record_id: str, device_id: str) -> ResponseReturnValue:
    """Let a tablet forget a person's PIN."""
    found = {each.device.id: each for each in _station(record_id).tablets}.get(device_id)
    member = request.form.get("member", "")
    if found is None or member not in {person.member for person in found.operators}:
        raise Gone
    actions.reset_pin(found.device, member, the_viewer())
    return redirect(url_for("tablets.detail", record_id=record_id), 303)


def _station(record_id: str) -> actions.StationTablets:
    station = actions.find(record_id, the_viewer())
    if station is None:
        raise Gone
    return station


def _show(station: actions.StationTablets, form: Form, status: int) -> ResponseReturnValue:
    viewer = the_viewer()
    note_names_read(station.row.id, viewer)
    people = actions.supervisors(station.row.id, viewer)
    return render_template("tablets/detail.html", station=station, people=people, form=form), status
