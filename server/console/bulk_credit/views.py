"""HTTP of crediting several sessions at once."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.console.bulk_credit import actions
from server.console.feature import feature
from server.console.permissions import Permission, requires
from server.console.viewer import the_viewer

blueprint = feature("bulk_credit")


@blueprint.get("/supervision/bulk-credit")
@requires(Permission.DECIDE_SESSIONS)
def page() -> ResponseReturnValue:
    """List each session that can be credited together with others."""
    return render_template("bulk_credit/page.html", found=actions.find_safe(the_viewer()), done=None)


@blueprint.post("/supervision/bulk-credit")
@requires(Permission.DECIDE_SESSIONS)
def credit() -> ResponseReturnValue:
    """Credit the chosen ones: 422 when none is chosen, 409 when one of them has changed meanwhile."""
    if not request.form.getlist("session"):
        return render_template("bulk_credit/page.html", found=actions.find_safe(the_viewer()), done=None), 422
    done = actions.credit(request.form, the_viewer())
    found = actions.find_safe(the_viewer())
    return render_template("bulk_credit/page.html", found=found, done=done), 409 if done.left_out else 200
