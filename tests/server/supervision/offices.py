"""Short ways of people at the console: open a session, decide on it."""

from __future__ import annotations

import re

from tests.server.ledger.day import Day
from tests.support.console_rig import Browser, ConsoleRig

SESSIONS = "/console/supervision/sessions"
IDS = re.compile(r'data-id="(service_session:[0-9a-z]{26})"')


def listed(browser: Browser, query: str = "") -> list[str]:
    """Return the sessions that the list shows, in its order."""
    page = browser.text(f"{SESSIONS}?{query}")
    return IDS.findall(page[page.index("<tbody>") : page.index("</tbody>")])


def record_of(day: Day) -> str:
    """Return the record of the day's only session."""
    (session,) = day.read()["sessions"]
    return str(session["record"])


def offered(page: str) -> list[str]:
    return re.findall(r'name="action" value="([a-z_]+)"', page)


def decide(rig: ConsoleRig, browser: Browser, record: str, action: str, **fields: str):  # type: ignore[no-untyped-def]
    """Send a decision on what the page shows, beside a worker."""
    path = f"{SESSIONS}/{record}"
    base = re.findall(r'name="base" value="([0-9a-f,]*)"', browser.text(path))
    row = rig.centre.services.readmodel.record(record)
    heads = base[0] if base else ",".join(row.state.heads if row else ())
    with rig.working():
        answer = browser.post(f"{path}/steps", action=action, base=heads, **fields)
    rig.centre.work()
    return answer
