"""HTTP of devices."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.console.devices import actions
from server.console.devices.forms import parse_enrol
from server.console.failures import Gone
from server.console.feature import feature
from server.console.form import Form
from server.console.listing import ListView
from server.console.loss_form import parse_loss
from server.console.names import note_names_read
from server.console.permissions import Permission, requires
from server.console.qr import enrol_link, qr_svg
from server.console.viewer import the_viewer

blueprint = feature("devices")


@blueprint.get("/devices")
@requires(Permission.SEE_DEVICES)
def page() -> ResponseReturnValue:
    """List the devices that fit the address; that names were read is written down."""
    view = ListView.read("devices.page", filters=("state", "q", "member"), sorts=("contact", "enrolled"))
    note_names_read(f"devices page {view.page}", the_viewer())
    return render_template(
        "devices/page.html", view=view, page=actions.find_page(view, the_viewer()), states=actions.STATES
    )


@blueprint.get("/devices/<record_id>")
@requires(Permission.SEE_DEVICES)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one device and what has arrived from it."""
    device = actions.find(record_id, the_viewer())
    if device is None:
        raise Gone
    return _show(device, Form(), 200)


@blueprint.get("/devices/enrol")
@requires(Permission.ENROL_DEVICES)
def enrol_page() -> ResponseReturnValue:
    """Ask whose phone it is."""
    form = Form({"member": request.args.get("member", ""), "replaces": request.args.get("replaces", "")})
    return _ask_whose(form, 200)


@blueprint.post("/devices/enrol")
@requires(Permission.ENROL_DEVICES)
def enrol() -> ResponseReturnValue:
    """Make a code and show it, once."""
    form = parse_enrol()
    code = actions.make_code(form, the_viewer()) if form.is_valid else None
    if code is None:
        return _ask_whose(form, 422)
    link = enrol_link(code)
    return render_template("devices/code.html", code=code, link=link, qr=qr_svg(link))


@blueprint.post("/devices/<record_id>/revoke")
@requires(Permission.REVOKE_DEVICES)
def revoke(record_id: str) -> ResponseReturnValue:
    """Revoke a device with a time and a reason."""
    device = actions.find(record_id, the_viewer())
    if device is None:
        raise Gone
    form, at = parse_loss()
    if not form.is_valid:
        return _show(device, form, 422)
    actions.revoke(record_id, at, form["reason"], the_viewer())
    return redirect(url_for("devices.detail", record_id=record_id), 303)


def _show(device: actions.DeviceView, form: Form, status: int) -> ResponseReturnValue:
    note_names_read(device.device.id, the_viewer())
    return render_template("devices/detail.html", row=device, form=form), status


def _ask_whose(form: Form, status: int) -> ResponseReturnValue:
    note_names_read("members to enrol", the_viewer())
    members = actions.members_to_enrol(the_viewer())
    return render_template("devices/enrol.html", form=form, members=members), status
