"""Leads at ten times a county's year: list, filters, text, export, and duplicates of a new lead.

`python -m tests.bench.leads` prints the figures with the machine; each is the slowest of ten (issue 5).
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from server.duplicates import proposals
from server.readmodel import ReadModel
from server.readmodel.duplicate_queries import lead_facts, possible_duplicates
from server.readmodel.lead_queries import LeadQuestion, lead_rows, leads_for_export
from server.readmodel.list_sql import Slice
from sync.peer import ChangeRow

LEADS: Final = 10_000
PHOTOS: Final = 6
LIST_LIMIT_MS: Final = 150.0
DUPLICATES_LIMIT_MS: Final = 100.0
RUNS: Final = 10
PAGE: Final = 500
NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAYS: Final = 300
"""All of them within one year, far denser than ten years of a county are."""
_DOMAINS: Final = ("ECO", "FD", "SAFE", "ACCESS", "CULT", "AGRI")
_WHERE: Final = ("大坝", "堤顶", "坝坡", "险工", "村口", "河滩", "桥下", "排水沟", "集市", "学校门口")
_WHAT: Final = (
    "堆放垃圾",
    "种植玉米",
    "护坡破损",
    "污水直排",
    "占道经营",
    "盲道被占",
    "井盖缺失",
    "砍伐树木",
)


def lead_row(number: int, rng: Random) -> ChangeRow:
    """Return a lead as central has it, somewhere along the river's bank."""
    at = NOW - timedelta(seconds=rng.randrange(DAYS * 86_400))
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    lead = f"lead:{number:026}"
    body = _body(rng, moment)
    entry = {"device": f"d{number % 300:026}", "entry": number + 1, "id": lead, "type": "lead", "schema": 2}
    entry |= {"author": f"m{number % 300:026}", "role": "volunteer", "at": moment, "body": body}
    entry |= {"hash": f"{number:064x}", "prev": None}
    receipt = {"verdict": "accepted", "received_at": moment, "flags": [], "reasons": [], "waits_for": []}
    log = f"{entry['device']}:{number + 1:012d}"
    doc = {"_id": lead, "_rev": "1-0", "entry": entry, "receipts": [receipt], "log": log, "media": []}
    return ChangeRow(seq=str(number), id=lead, revs=("1-0",), is_deleted=False, doc=doc)


def _body(rng: Random, moment: str) -> dict[str, Any]:
    lat, lng = 36.4 + rng.random() * 0.6, 116.4 + rng.random() * 0.55
    what = f"{rng.choice(_WHERE)}{rng.choice(_WHAT)}"
    fix = {"kind": "fix", "lat": lat, "lng": lng, "accuracy_m": 10, "datum": "WGS-84"}
    places = [fix, {"kind": "stake", "grid_no": rng.randint(1, 189)}]
    photo = {"sha256": "0" * 64, "size": 300_000, "type": "image/jpeg", "taken_at": moment}
    return {
        "domain": rng.choice(_DOMAINS),
        "domain_version": 2024,
        "title": what,
        "description": f"{what}，约{rng.randint(2, 90)}平方米，{rng.choice(_WHERE)}附近，希望有人管一管。"
        * 3,
        "observed_at": moment,
        "places": places,
        "township": f"3714251{rng.randint(1, 15):02}",
        "urgency": "urgent" if rng.random() < 0.1 else "normal",
        "media": [photo] * PHOTOS,
    }


def seed(model: ReadModel) -> None:
    rng = Random(5)
    for first in range(0, LEADS, PAGE):
        model.apply([lead_row(number, rng) for number in range(first, first + PAGE)], str(first))


def asked(model: ReadModel) -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Yield what is measured with its limit."""
    everything: dict[str, Any] = {"townships": None}
    filtered = {**everything, "domain": "ECO", "township": "371425104", "grid_no": 73, "state": "received"}
    since = {"observed_from": "2026-05-01T00:00:00.000Z", "observed_before": "2026-10-01T00:00:00.000Z"}
    queue, last = Slice("queue"), Slice("received", offset=9_950)
    yield (
        "list by urgency and age",
        LIST_LIMIT_MS,
        lambda: lead_rows(model, LeadQuestion(**everything), queue),
    )
    yield "its last page", LIST_LIMIT_MS, lambda: lead_rows(model, LeadQuestion(**everything), last)
    yield "all filters", LIST_LIMIT_MS, lambda: lead_rows(model, LeadQuestion(**filtered, **since), queue)
    yield "text 大坝", LIST_LIMIT_MS, lambda: lead_rows(model, LeadQuestion(**everything, text="大坝"), queue)
    both = LeadQuestion(**everything, **since, text="大坝 垃圾", domain="ECO")
    yield "text and filters", LIST_LIMIT_MS, lambda: lead_rows(model, both, queue)
    one = Random(9)
    yield "duplicates of a lead", DUPLICATES_LIMIT_MS, lambda: duplicates(model, one.randrange(LEADS))
    export = LeadQuestion(**everything)
    yield "all rows for a file", float("inf"), lambda: leads_for_export(model, export, queue, LEADS)


def duplicates(model: ReadModel, number: int) -> int:
    own = lead_facts(model, f"lead:{number:026}")
    assert own is not None
    return len(proposals(own, possible_duplicates(model, own)))


def slowest_ms(ask: Callable[[], object]) -> float:
    took = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    return max(took)


def main() -> int:
    print(f"leads, {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    is_met = True
    with tempfile.TemporaryDirectory() as folder:
        model = ReadModel(Path(folder) / "readmodel.sqlite", is_writer=True)
        seed(model)
        assert lead_rows(model, LeadQuestion(townships=None), Slice("queue"))[1] == LEADS, model.defects()[:1]
        for name, limit_ms, ask in asked(model):
            took_ms = slowest_ms(ask)
            is_met = is_met and took_ms <= limit_ms
            print(f"  {name}: {took_ms:.1f} ms (at most {limit_ms:.0f})")
        model.close()
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
