"""HTTP of spot checks: the pages of a record."""

from __future__ import annotations

from server.console.permissions import Permission
from server.console.record_pages import RecordPages
from server.console.spot_checks import actions
from server.console.spot_checks.forms import STATES, read_view
from server.console.viewer import the_viewer

blueprint = RecordPages(
    name="spot_checks",
    path="/supervision/spot-checks",
    see=Permission.SEE_SPOT_CHECKS,
    act=Permission.RECORD_SPOT_CHECKS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {
        "states": STATES,
        "stations": actions.stations_in_reach(the_viewer()),
        "share": actions.share_of_month(the_viewer()),
    },
).blueprint()
