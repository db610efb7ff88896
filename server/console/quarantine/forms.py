"""Parse the list's filters and the decision."""

from __future__ import annotations

from flask import request

from server.console.form import Form
from server.console.listing import ListView
from server.readmodel.quarantine_queries import SORTS

FILTERS = ("verdict", "device", "type")
VERDICTS = ("open", "refused", "held", "opaque", "kept_out")
DECISIONS = ("admitted", "kept_out")


def read_view() -> ListView:
    """Return the list that the address of this request describes."""
    return ListView.read("quarantine.page", filters=FILTERS, sorts=tuple(SORTS))


def parse_decision() -> Form:
    """Read what is decided and why; a reason is what makes it a person's decision."""
    form = Form()
    form.take(request.form, "verdict", "reason")
    form.choose("verdict", DECISIONS)
    form.want("reason")
    form.limit("reason", 2, 500)
    return form
