"""The form that says since when something is lost, a device or a station's secret, and why."""

from __future__ import annotations

from datetime import datetime

from flask import request

from server.console.form import Form
from server.console.layout.words import now, t, zone


def parse_loss() -> tuple[Form, datetime]:
    """Read since when and why; an empty time means now. A time to come would promise what nobody checks."""
    form = Form()
    form.take(request.form, "at", "reason")
    form.want("reason")
    form.limit("reason", 2, 500)
    at = now()
    if form["at"]:
        try:
            at = datetime.fromisoformat(form["at"]).replace(tzinfo=zone())
        except ValueError:
            form.errors["at"] = t("console.form.no_time")
        else:
            if at > now():
                form.errors["at"] = t("console.form.time_to_come")
    return form, at
