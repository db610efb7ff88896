"""The evening in another order: a copy of the centre takes the same entries and writes down all it says.

One thing follows the order by design: a session's record is named after the event that opened it when the
worker first looked, and its history holds what the machine took back since. So records are called by their
session here, and of their steps only persons' are compared.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import orjson

from server.app import create_app
from server.gateway.append import append_rows
from server.readmodel.service_queries import computed_sessions, told_ledger
from sync.peer import Document
from tests.journeys.service_day.house import House, house
from tests.journeys.service_day.lived import Lived
from tests.journeys.service_day.moments import AFTER, DRAWN, FrozenClock, at
from tests.journeys.service_day.office import decide, evening, lent_of
from tests.journeys.service_day.place import ORDERS, PEOPLE, STAFF, settings_of
from tests.support.console_rig import Browser

QUEUES = ("to_decide", "to_confirm", "incomplete", "disputed", "settled", "all")
REPORTS = ("stations", "integrity", "ledger", "deadlines")
PAGES = (
    *(f"/console/supervision/sessions?queue={queue}" for queue in QUEUES),
    "/console/supervision/alerts",
    "/console/supervision/live",
    "/console/supervision/deadlines",
    "/console/supervision/spot-checks",
    "/console/quarantine",
    *(f"/console/supervision/reports?report={name}&month=2026-03" for name in REPORTS),
    *(f"/console/supervision/reports/{name}/csv?month=2026-03" for name in REPORTS),
)
Batches = Sequence[Sequence[Document]]


def replayed(lived: Lived, folder: Path, batches: Batches) -> dict[str, Any]:
    """Return what a fresh centre says after these batches: in the evening, decided, and a week later."""
    shutil.copytree(lived.base, folder)
    shutil.copytree(lived.media, folder / "media")
    clock, everything = FrozenClock(at("19:30")), [each for batch in batches for each in batch]
    with house(folder, clock.now) as centre:
        for batch in batches:
            _take(centre, lived.arrivals, batch)
        told = {"as it came": said_by(centre)}
        clock.moment = at("20:00")
        evening(centre, lent_of(everything))
        told["evening"] = said_by(centre)
        clock.moment = at("09:00", AFTER)
        decide(centre)
        told["decided"] = said_by(centre)
        clock.moment = at("10:00", DRAWN)
        centre.begin_again()
        told["a week later"] = said_by(centre)
    return told


def _take(centre: House, arrivals: Iterable[Document], batch: Sequence[Document]) -> None:
    """Let the door take what a device sends, then its photos; each sends for itself."""
    logs = centre.services.couch.ensure("logs")
    for document in batch:
        row = {name: document[name] for name in ("_id", "entry", "parts")}
        body = orjson.dumps({"docs": [row]})
        (answer,) = append_rows(logs, document["entry"]["device"], [row], body, now=centre.services.now)
        assert answer.get("ok"), answer
        files = [each for each in arrivals if each["_id"].startswith(f"media:{document['_id']}:")]
        assert all(result.is_ok for result in logs.bulk_docs(files))
    centre.work()


def in_turn(*logs: Iterable[Document]) -> Batches:
    """Return one device after the other, each all at once."""
    return [list(log) for log in logs]


def at_random(seed: int, *logs: Sequence[Document]) -> Batches:
    """Return all entries in any order, cut into batches of one to five."""
    chance, left = Random(seed), [document for log in logs for document in log]
    chance.shuffle(left)
    batches = []
    while left:
        size = chance.randint(1, 5)
        batches.append(left[:size])
        del left[:size]
    return batches


def said_by(centre: House) -> dict[str, Any]:
    """Return everything that somebody may read of the day."""
    services, model = centre.services, centre.services.readmodel
    sessions = computed_sessions(model)
    drawn = services.couch.open("central").all_docs(start="spot_check:", end="spot_check;")
    told = {
        "ledgers": {name: told_ledger(model, order) for name, order in ORDERS.items()},
        "sessions": list(sessions),
        "records": {row["record"]: _record(model, row["record"]) for row in sessions if row["record"]},
        "spot checks": [dict(model.body(row.id) or {}) for row in drawn],
        "phones": {name: _feed(centre, member) for name, member in PEOPLE.items()},
        "pages": _pages(centre),
    }
    return _called_by_session(told, sessions)


def _called_by_session(told: dict[str, Any], sessions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    text = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
    for row in sessions:
        if row["record"]:
            text = text.replace(row["record"], f"record of {row['id']}")
    found: dict[str, Any] = orjson.loads(text)
    return found


def _record(model: Any, record: str) -> Mapping[str, Any]:
    row = model.record(record)
    fields = {name: row.state.value(name) for name in row.state.fields if name != "check_events"}
    steps = [[line.action, line.reason, line.role] for line in row.state.history if line.role != "system"]
    return {"state": row.state.state, "fields": fields, "steps": steps}


def _feed(centre: House, member: str) -> dict[str, Any]:
    """Return the views of a phone, but for revisions, hashes of the desk's log, and steps of the machine."""
    services = centre.services
    name = f"member-{services.directory.alias('feed', member)}-{services.epoch}"
    rows = services.couch.open(name).all_docs(include_docs=True)
    left_out = ("_rev", "heads", "history")
    return {row.id: {k: v for k, v in (row.doc or {}).items() if k not in left_out} for row in rows}


def _pages(centre: House) -> dict[str, str]:
    services = centre.services
    app = create_app(settings_of(services.settings.data), on_hub=False, now=services.now)
    try:
        member, _role, _scope = STAFF["prosecutor"]
        browser = Browser(app.test_client(), member, "prosecutor")
        assert browser.sign_in().status_code == 303
        return {path: text_of(browser.text(path)) for path in PAGES}
    finally:
        own = app.extensions["liandong"]
        own.readmodel.close()
        own.couch.close()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(page: str) -> str:
    """Return what stands on a page, without its marks."""
    parser = _Words()
    parser.feed(page.partition("<main")[2] or page)
    return re.sub(r"\s+", " ", " ".join(parser.words)).strip()
