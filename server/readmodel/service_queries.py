"""What the rules on sessions are told from the model, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from server.readmodel.readmodel import ReadModel
from server.readmodel.records_of import load_stored
from sync.peer import Document

SERVICE_TYPES: Final = (
    "blank_sheet",
    "check_event",
    "evaluation",
    "operator_reassignment",
    "service_order",
    "service_session",
    "slot",
    "stand_down",
    "station",
)


@dataclass(frozen=True, slots=True)
class ServiceChanges:
    """Records of service that changed, those that count no more among them; `place`: up to where."""

    records: Sequence[str]
    place: int


def service_changes(model: ReadModel, since: int) -> ServiceChanges:
    """Return what changed after a place of the queue."""
    rows = model.select(
        "SELECT record, place FROM changed WHERE place > ? AND substr(record, 1, instr(record, ':') - 1) "
        "IN (SELECT value FROM json_each(?))",
        (since, orjson.dumps(SERVICE_TYPES).decode()),
    )
    last = model.select("SELECT coalesce(max(place), 0) FROM changed")[0][0]
    return ServiceChanges([row[0] for row in rows], int(last))


def stored(model: ReadModel, record_id: str) -> tuple[Document, list[Document]] | None:
    """Return the document of a record that counts and those of its steps; None where it counts no more."""
    is_there = model.select("SELECT 1 FROM record WHERE id = ?", (record_id,))
    return load_stored(model.connections.reader(), record_id) if is_there else None


def device_clocks(model: ReadModel, devices: Collection[str]) -> dict[str, list[tuple[int, str | None, int]]]:
    """Return (entry, beacon, skew in ms) of everything in the logs of these devices, in order."""
    rows = model.select(
        "SELECT device, number, json_extract(document.json, '$.entry.clock.beacon'), "
        "json_extract(document.json, '$.entry.clock.skew_ms') "
        "FROM entry JOIN document ON document.id = entry.document "
        "WHERE device IN (SELECT value FROM json_each(?)) AND is_extra = 0 AND hash IS NOT NULL "
        "ORDER BY device, number",
        (orjson.dumps(sorted(devices)).decode(),),
    )
    found: dict[str, list[tuple[int, str | None, int]]] = {}
    for device, number, beacon, skew_ms in rows:
        found.setdefault(device, []).append((int(number), beacon, int(skew_ms or 0)))
    return found


def told_ledger(model: ReadModel, order: str) -> Mapping[str, Any] | None:
    """Return what an order's participant is told of sessions and minutes; None before it is computed."""
    rows = model.select("SELECT json FROM service_ledger WHERE service_order = ?", (order,))
    return orjson.loads(rows[0][0]) if rows else None


def computed_sessions(model: ReadModel, *, station: str = "", day: str = "") -> list[Mapping[str, Any]]:
    """Return sessions with their arithmetic and evidence, of a station or a day or both, the latest first."""
    rows = model.select(
        "SELECT json FROM session_computed WHERE (:station = '' OR station = :station) "
        "AND (:day = '' OR day = :day) ORDER BY day DESC, id",
        {"station": station, "day": day},
    )
    return [orjson.loads(row[0]) for row in rows]
