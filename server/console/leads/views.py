"""HTTP of leads: the pages of a record, with what the list offers to filter by."""

from __future__ import annotations

from server.console.codes import options
from server.console.leads import actions
from server.console.leads.forms import STATES, read_view
from server.console.permissions import Permission
from server.console.record_pages import RecordPages

blueprint = RecordPages(
    name="leads",
    path="/leads",
    see=Permission.SEE_LEADS,
    act=Permission.ACT_ON_LEADS,
    actions=actions,
    read_view=read_view,
    list_parts=lambda: {"states": STATES, "domains": options("domain"), "townships": options("township")},
    on_reading=actions.note_reading,
).blueprint()
