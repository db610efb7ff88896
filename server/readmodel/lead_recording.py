"""Rows of a lead beside its row in `record`: its words, its places, and what it is merged into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from server.fold import RecordState
from server.readmodel.moments import utc_text
from server.readmodel.text import pairs
from server.records.lead import places_of


def store_lead(
    connection: apsw.Connection,
    number: int,
    record_id: str,
    body: Mapping[str, Any],
    state: RecordState,
    official_number: str | None,
) -> None:
    """Put a lead's rows as they should stand; the same again changes nothing."""
    words = pairs(body["title"], body["description"], body.get("place_text"), official_number)
    connection.execute("INSERT OR REPLACE INTO record_text (rowid, pairs) VALUES (?, ?)", (number, words))
    primary = state.value("primary_lead") if state.value("is_merged") else None
    fact = (number, record_id, body["domain"], utc_text(body["observed_at"]), primary)
    connection.execute("INSERT OR REPLACE INTO lead_fact VALUES (?, ?, ?, ?, ?)", fact)
    if connection.execute("SELECT 1 FROM lead_place WHERE lead = ?", (number,)).get is None:
        _store_places(connection, number, places_of(body))


def remove_lead(connection: apsw.Connection, number: int) -> None:
    """Forget a lead that counts no more."""
    connection.execute("DELETE FROM record_text WHERE rowid = ?", (number,))
    connection.execute(
        "DELETE FROM lead_area WHERE place IN (SELECT place FROM lead_place WHERE lead = ?)", (number,)
    )
    connection.execute("DELETE FROM lead_place WHERE lead = ?", (number,))
    connection.execute("DELETE FROM lead_fact WHERE number = ?", (number,))


def _store_places(connection: apsw.Connection, number: int, places: Sequence[Mapping[str, Any]]) -> None:
    for place in places:
        lat, lng, stake = place.get("lat"), place.get("lng"), place.get("stake_no")
        row = (number, lat, lng, stake.upper() if stake else None, place.get("grid_no"))
        connection.execute(
            "INSERT INTO lead_place (lead, lat, lng, stake_no, grid_no) VALUES (?, ?, ?, ?, ?)", row
        )
        if lat is not None and lng is not None:
            area = (connection.last_insert_rowid(), lat, lat, lng, lng)
            connection.execute("INSERT INTO lead_area VALUES (?, ?, ?, ?, ?)", area)
