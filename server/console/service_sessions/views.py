"""HTTP of sessions: the queue and the pages of one session."""

from __future__ import annotations

from server.console.permissions import Permission
from server.console.record_pages import RecordPages
from server.console.service_sessions import actions
from server.console.service_sessions.forms import FLAGS, LISTED_QUEUES, read_view
from server.console.viewer import the_viewer

blueprint = RecordPages(
    name="service_sessions",
    path="/supervision/sessions",
    see=Permission.SEE_SESSIONS,
    act=Permission.DECIDE_SESSIONS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {
        "queues": LISTED_QUEUES,
        "flags": FLAGS,
        "stations": actions.stations_in_reach(the_viewer()),
    },
).blueprint()
