"""Who is at which station: stations in reach, open sessions, booked times, and when a station last wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions
from server.readmodel.moments import utc_text

COUNTED_SLOTS: Final = ("booked",)
_SLOTS: Final = (
    "SELECT record.id, record.service_order, record.station, record.state, "
    "json_extract(document.json, '$.entry.body.starts_at'), "
    "json_extract(document.json, '$.entry.body.ends_at') "
    "FROM document JOIN record ON record.id = document.id"
)
_MOVED: Final = (
    "record.id IN (SELECT record FROM step WHERE action = 'move' AND substr(record, 1, 5) = 'slot:')"
)


@dataclass(frozen=True, slots=True)
class LiveStation:
    """A station; `heard_at`: when the centre last received a record of what happened there."""

    id: str
    body: Mapping[str, Any]
    heard_at: str | None


@dataclass(frozen=True, slots=True)
class BookedSlot:
    """A booked time; its moments are UTC text, so that text order is time order."""

    id: str
    order: str
    station: str
    starts_at: str
    ends_at: str
    state: str


def live_stations(
    model: ReadModel, townships: Collection[str] | None, stations: Collection[str] | None
) -> list[LiveStation]:
    """Return the stations in reach, by code; both None is the county."""
    where = Conditions()
    where.add("record.type = 'station'")
    if townships is not None or stations is not None:
        where.within_stations("record.id", townships or (), stations or ())
    rows = model.select(
        "SELECT record.id, document.json, (SELECT max(event.received_at) FROM record AS event "
        "WHERE event.type = 'check_event' AND event.station = record.id) "
        f"FROM record JOIN document ON document.id = record.id WHERE {where.sql}",
        where.bound,
    )
    found = [LiveStation(row[0], orjson.loads(row[1])["entry"]["body"], row[2]) for row in rows]
    return sorted(found, key=lambda each: (str(each.body.get("code", "")), each.id))


def open_sessions(
    model: ReadModel, townships: Collection[str] | None, stations: Collection[str] | None, day_from: str
) -> list[Mapping[str, Any]]:
    """Return sessions that nobody has ended, begun on that day or later, in the order in which they began."""
    where = Conditions()
    where.add("session_computed.state = 'open'")
    where.add("session_computed.day >= ?", day_from)
    if townships is not None or stations is not None:
        where.within_stations("session_computed.station", townships or (), stations or ())
    rows = model.select(f"SELECT json FROM session_computed WHERE {where.sql} ORDER BY day, id", where.bound)
    return [orjson.loads(row[0]) for row in rows]


def booked_slots(
    model: ReadModel,
    townships: Collection[str] | None,
    stations: Collection[str] | None,
    begins: str,
    ends: str,
    *,
    states: Collection[str] = COUNTED_SLOTS,
) -> list[BookedSlot]:
    """Return slots that begin between these moments (UTC text), the earliest first.

    One that was moved is judged by where it was moved to.
    """
    where = Conditions()
    where.among("record.state", states)
    if townships is not None or stations is not None:
        where.within_stations("record.station", townships or (), stations or ())
    near = (
        "substr(document.id, 1, 5) = 'slot:' AND json_extract(document.json, '$.entry.body.starts_at') >= ? "
        "AND json_extract(document.json, '$.entry.body.starts_at') < ?"
    )
    bounds = (_day_from(begins, -1), _day_from(ends, 2))
    rows = model.select(f"{_SLOTS} WHERE {near} AND {where.sql}", (*bounds, *where.bound))
    moved = model.select(f"{_SLOTS} WHERE {_MOVED} AND {where.sql}", where.bound)
    found = {row[0]: _slot(*row) for row in rows} | {row[0]: _moved_slot(model, row) for row in moved}
    return sorted(
        (slot for slot in found.values() if begins <= slot.starts_at < ends),
        key=lambda slot: (slot.starts_at, slot.id),
    )


def _day_from(at: str, days: int) -> str:
    """Return the day so many days off: moments are compared as they were written, whatever their zone."""
    return str(datetime.fromisoformat(at).date() + timedelta(days=days))


def _slot(id_: str, order: str, station: str, state: str, starts_at: str, ends_at: str) -> BookedSlot:
    return BookedSlot(id_, order, station, utc_text(starts_at) or "", utc_text(ends_at) or "", state)


def _moved_slot(model: ReadModel, row: tuple[Any, ...]) -> BookedSlot:
    """Return a slot where it was moved to: the fold says so."""
    id_, order, station, state, starts_at, ends_at = row
    record = model.record(id_)
    if record is not None:
        starts_at = record.state.value("starts_at") or starts_at
        ends_at = record.state.value("ends_at") or ends_at
    return _slot(id_, order, station, state, starts_at, ends_at)
