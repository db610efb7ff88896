"""HTTP of check events: the pages of a record, with what the list offers to filter by."""

from __future__ import annotations

from server.console.check_events import actions
from server.console.check_events.forms import STATES, read_view
from server.console.permissions import Permission
from server.console.record_pages import RecordPages
from server.console.viewer import the_viewer

blueprint = RecordPages(
    name="check_events",
    path="/check-events",
    see=Permission.SEE_CHECK_EVENTS,
    act=Permission.ACT_ON_CHECK_EVENTS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {"states": STATES, "stations": actions.stations_in_reach(the_viewer())},
).blueprint()
