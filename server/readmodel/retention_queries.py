"""What retention asks: orders that are over, what their events still hold, and what was erased so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import orjson

from server.readmodel.readmodel import ReadModel

OVER: Final = ("decided", "archived", "withdrawn", "declined", "terminated", "transferred")
"""States in which an order is over; one that is reopened is not."""


def orders_over(model: ReadModel) -> list[str]:
    """Return the orders that are over, by id."""
    marks = ", ".join("?" for _ in OVER)
    rows = model.select(f"SELECT id FROM record WHERE type = 'service_order' AND state IN ({marks})", OVER)
    return sorted(str(row[0]) for row in rows)


def withdrawn_orders(model: ReadModel) -> list[tuple[str, str]]:
    """Return (order, member) of those from which the participant withdrew."""
    rows = model.select(
        "SELECT id, subject FROM record WHERE type = 'service_order' AND state = 'withdrawn' ORDER BY id"
    )
    return [(str(order), str(member)) for order, member in rows]


def events_of(model: ReadModel, order: str) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of an order's check events that count."""
    for (json,) in model.select(
        "SELECT document.json FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'check_event' AND record.service_order = ? ORDER BY record.id",
        (order,),
    ):
        yield orjson.loads(json)


def set_aside(model: ReadModel) -> Iterator[Mapping[str, Any]]:
    """Yield documents that count for nothing: held, refused, sent twice, and bytes that are no entry."""
    for (json,) in model.select(
        "SELECT document.json FROM entry JOIN document ON document.id = entry.document "
        "WHERE entry.hash IS NULL "
        "OR (entry.type = 'check_event' AND substr(entry.document, 1, 6) = 'entry:') ORDER BY entry.log"
    ):
        yield orjson.loads(json)


def erasures(model: ReadModel) -> list[Mapping[str, Any]]:
    """Return the entries of all erasures, the oldest first."""
    rows = model.select(
        "SELECT document.json FROM entry JOIN document ON document.id = entry.document "
        "WHERE entry.type = 'erasure' AND entry.verdict = 'accepted' ORDER BY entry.received_at, entry.log"
    )
    return [orjson.loads(row[0])["entry"] for row in rows]


def named_elsewhere(model: ReadModel, hashes: Collection[str]) -> set[str]:
    """Return which of these contents an entry names whose file was not erased."""
    rows = model.select(
        "SELECT DISTINCT json_extract(file.value, '$.sha256') FROM entry, json_each(entry.media) AS file "
        "WHERE json_extract(file.value, '$.sha256') IN (SELECT value FROM json_each(?)) "
        "AND json_extract(file.value, '$.state') <> 'erased'",
        (orjson.dumps(sorted(hashes)).decode(),),
    )
    return {str(row[0]) for row in rows}
