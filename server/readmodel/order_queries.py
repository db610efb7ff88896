"""What the console asks about orders: numbers given, stations, notices in force, signatures, evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.readmodel.readmodel import ReadModel


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice, pledge or read-back in force."""

    id: str
    kind: str
    version: int
    title: str
    valid_from: str


def newest_order_no(model: ReadModel, prefix: str) -> str:
    """Return the last of the order numbers that begin so, or an empty text."""
    rows = model.select(
        "SELECT title FROM record WHERE type = 'service_order' "
        "AND substr(title, 1, length(:prefix)) = :prefix ORDER BY length(title) DESC, title DESC LIMIT 1",
        {"prefix": prefix},
    )
    return str(rows[0][0]) if rows else ""


def is_order_no_taken(model: ReadModel, order_no: str) -> bool:
    rows = model.select(
        "SELECT 1 FROM record WHERE type = 'service_order' AND title = ? LIMIT 1", (order_no,)
    )
    return bool(rows)


def offered_stations(model: ReadModel) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (id, body) of stations that take participants, by name."""
    rows = model.select(
        "SELECT record.id, document.json FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'station' AND record.state NOT IN ('planned', 'suspended', 'closed') "
        "ORDER BY record.title, record.id"
    )
    return [(str(id_), orjson.loads(json)["entry"]["body"]) for id_, json in rows]


def notices_in_force(model: ReadModel, on: str) -> list[ListedNotice]:
    """Return the notices that are in force on a day, the newest version of each kind first."""
    rows = model.select(
        "SELECT record.id, json_extract(document.json, '$.entry.body.kind'), "
        "json_extract(document.json, '$.entry.body.version'), "
        "json_extract(document.json, '$.entry.body.title'), "
        "json_extract(document.json, '$.entry.body.valid_from') AS since "
        "FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'notice' AND record.state = 'in_force' AND since <= ? "
        "ORDER BY 2, since DESC, 3 DESC, record.id",
        (on,),
    )
    return [ListedNotice(*row) for row in rows]


def records_of_order(model: ReadModel, record_type: str, order: str) -> list[str]:
    """Return the ids of an order's records of one type, the newest first."""
    rows = model.select(
        "SELECT id FROM record WHERE type = ? AND service_order = ? ORDER BY received_at DESC, id DESC",
        (record_type, order),
    )
    return [str(row[0]) for row in rows]


def sessions_of_order(model: ReadModel, order: str) -> list[Mapping[str, Any]]:
    """Return the sessions of an order as the rules computed them, the earliest first."""
    rows = model.select(
        "SELECT json FROM session_computed WHERE service_order = ? ORDER BY day, id", (order,)
    )
    return [orjson.loads(row[0]) for row in rows]
