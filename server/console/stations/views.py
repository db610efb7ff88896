"""HTTP of stations."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from server.console.failures import Gone
from server.console.feature import feature
from server.console.permissions import Permission, requires
from server.console.stations import actions
from server.console.viewer import the_viewer

blueprint = feature("stations")


@blueprint.get("/stations")
@requires(Permission.SEE_STATIONS)
def page() -> ResponseReturnValue:
    """List the stations in reach."""
    return render_template("stations/page.html", rows=actions.find_all(the_viewer()))


@blueprint.get("/stations/<record_id>")
@requires(Permission.SEE_STATIONS)
def detail(record_id: str) -> ResponseReturnValue:
    """Show one station."""
    row = actions.find(record_id, the_viewer(), Permission.SEE_STATIONS)
    if row is None:
        raise Gone
    has_code = actions.find(record_id, the_viewer(), Permission.SEE_STATION_CODE) is not None
    return render_template("stations/detail.html", row=row, has_code=has_code)


@blueprint.get("/stations/<record_id>/code")
@requires(Permission.SEE_STATION_CODE)
def code(record_id: str) -> ResponseReturnValue:
    """Show the code of this minute, large; the page asks for the next one when it is due."""
    row = actions.find(record_id, the_viewer(), Permission.SEE_STATION_CODE)
    if row is None:
        raise Gone
    return render_template("stations/code.html", row=row, code=actions.shown_code(record_id))
