"""Stations in reach, and one station with what happened there lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station; `last_event_at` is None while nothing has arrived from it."""

    id: str
    state: str | None
    body: Mapping[str, Any]
    last_event_at: str | None
    to_confirm: int


def station_rows(
    model: ReadModel,
    *,
    townships: Collection[str] | None,
    stations: Collection[str] | None,
    station: str | None = None,
) -> list[StationRow]:
    """Return the stations of these townships or ids, by code; both None is the county."""
    where = Conditions()
    where.add("record.type = 'station'")
    where.equal("record.id", station)
    if townships is not None or stations is not None:
        where.add(
            "(record.id IN (SELECT value FROM json_each(?)) "
            "OR record.township IN (SELECT value FROM json_each(?)))",
            orjson.dumps(sorted(stations or ())).decode(),
            orjson.dumps(sorted(townships or ())).decode(),
        )
    rows = model.select(
        "SELECT record.id, record.state, document.json, "
        "(SELECT max(event.at) FROM record AS event "
        "WHERE event.type = 'check_event' AND event.station = record.id), "
        "(SELECT count(*) FROM record AS event "
        "WHERE event.type = 'check_event' AND event.station = record.id AND event.state = 'recorded') "
        f"FROM record JOIN document ON document.id = record.id WHERE {where.sql}",
        where.bound,
    )
    found = [
        StationRow(row[0], row[1], orjson.loads(row[2])["entry"]["body"], row[3], row[4]) for row in rows
    ]
    return sorted(found, key=lambda row: str(row.body["code"]))
