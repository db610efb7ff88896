"""Leads that could tell of the same as one: looked for by place, and by words in the time around it.

What is found here is compared by server.duplicates, which alone decides what is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, Final

import orjson

from server.duplicates import LeadFacts, Place
from server.duplicates.proposals import NEAR_M, WITHIN_DAYS
from server.identity.instants import instant
from server.readmodel.readmodel import ReadModel
from server.records.lead import places_of

TIME_DOUBTS: Final = frozenset({"clock_skew", "observed_later", "fork", "chain_broken"})
MOST_BY_TIME: Final = 400
"""So many of the same domain and days are compared by their words, the nearest in time first."""
_METRES_A_DEGREE: Final = 111_000

_BY_AREA = (
    "SELECT lead_place.lead FROM lead_area JOIN lead_place ON lead_place.place = lead_area.place "
    "WHERE min_lat >= ? AND max_lat <= ? AND min_lng >= ? AND max_lng <= ?"
)


def lead_facts(model: ReadModel, record_id: str) -> LeadFacts | None:
    """Return what is compared of one lead; None when there is none."""
    return next(iter(_facts(model, "lead_fact.id = ?", (record_id,))), None)


def facts_of_leads(model: ReadModel, record_ids: Iterable[str]) -> list[LeadFacts]:
    """Return what is compared of these leads."""
    asked = orjson.dumps(list(record_ids)).decode()
    return _facts(model, "lead_fact.id IN (SELECT value FROM json_each(?))", (asked,))


def possible_duplicates(model: ReadModel, lead: LeadFacts) -> list[LeadFacts]:
    """Return the leads around this one in place or time that are worth comparing with it."""
    since, until = (instant(lead.observed_at + timedelta(days=days)) for days in (-WITHIN_DAYS, WITHIN_DAYS))
    numbers = _around(model, lead.places)
    rows = model.select(
        "SELECT number FROM lead_fact WHERE domain = ? AND observed_at BETWEEN ? AND ? "
        "ORDER BY abs(julianday(observed_at) - julianday(?)) LIMIT ?",
        (lead.domain, since, until, instant(lead.observed_at), MOST_BY_TIME),
    )
    numbers |= {int(row[0]) for row in rows}
    asked = orjson.dumps(sorted(numbers)).decode()
    where = (
        "lead_fact.number IN (SELECT value FROM json_each(?)) AND lead_fact.observed_at BETWEEN ? AND ? "
        "AND lead_fact.id <> ?"
    )
    return _facts(model, where, (asked, since, until, lead.id))


def merged_leads(model: ReadModel, record_id: str) -> list[str]:
    """Return the leads that are merged into this one, and into those, the first arrival first."""
    rows = model.select(
        "WITH RECURSIVE merged (id) AS (SELECT id FROM lead_fact WHERE primary_lead = :of "
        "UNION SELECT lead_fact.id FROM merged JOIN lead_fact ON lead_fact.primary_lead = merged.id) "
        "SELECT record.id FROM merged JOIN record ON record.id = merged.id WHERE record.id <> :of "
        "ORDER BY record.received_at, record.id",
        {"of": record_id},
    )
    return [str(row[0]) for row in rows]


def _around(model: ReadModel, places: Iterable[Place]) -> set[int]:
    found: set[int] = set()
    for place in places:
        queries: list[tuple[str, tuple[Any, ...]]] = []
        if place.lat is not None and place.lng is not None:
            high = NEAR_M / _METRES_A_DEGREE
            wide = high / max(0.01, cos(radians(place.lat)))
            # A little wider: the tree keeps 32-bit numbers.
            high, wide = high * 1.1, wide * 1.1
            area = (place.lat - high, place.lat + high, place.lng - wide, place.lng + wide)
            queries.append((_BY_AREA, area))
        if place.stake_no:
            queries.append(("SELECT lead FROM lead_place WHERE stake_no = ?", (place.stake_no.upper(),)))
        if place.grid_no is not None:
            queries.append(("SELECT lead FROM lead_place WHERE grid_no = ?", (place.grid_no,)))
        found.update(int(row[0]) for sql, values in queries for row in model.select(sql, values))
    return found


def _facts(model: ReadModel, where: str, values: tuple[Any, ...]) -> list[LeadFacts]:
    rows = model.select(
        "SELECT lead_fact.id, document.json, record.received_at, record.flags, entry.chain_flags "
        "FROM lead_fact JOIN record ON record.number_in_model = lead_fact.number "
        "JOIN document ON document.id = lead_fact.id "
        "LEFT JOIN entry ON entry.log = json_extract(document.json, '$.log') "
        f"WHERE {where}",
        values,
    )
    return [_lead_facts(*row) for row in rows]


def _lead_facts(record_id: str, json: bytes, received_at: str, flags: str, chain: str | None) -> LeadFacts:
    entry = orjson.loads(json)["entry"]
    body = entry["body"]
    codes = {flag["code"] for text in (flags, chain or "[]") for flag in orjson.loads(text)}
    return LeadFacts(
        id=record_id,
        domain=body["domain"],
        title=body["title"],
        description=body["description"],
        observed_at=datetime.fromisoformat(body["observed_at"]),
        recorded_at=datetime.fromisoformat(entry["at"]),
        received_at=datetime.fromisoformat(received_at),
        places=tuple(_place(place) for place in places_of(body)),
        is_time_doubted=bool(codes & TIME_DOUBTS),
    )


def _place(place: Mapping[str, Any]) -> Place:
    return Place(place.get("lat"), place.get("lng"), place.get("stake_no") or "", place.get("grid_no"))


def lead_of_number(model: ReadModel, number: str) -> str | None:
    """Return the lead that has this official number."""
    rows = model.select("SELECT id FROM record WHERE number = ? AND type = 'lead'", (number,))
    return str(rows[0][0]) if rows else None
