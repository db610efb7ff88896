"""Records on which a time limit may run: those that nobody has settled yet, within reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Slice
from server.readmodel.record_queries import RecordQuestion, record_rows

SETTLED: Final[Mapping[str, frozenset[str]]] = {
    "service_order": frozenset({"archived", "declined", "withdrawn", "terminated", "transferred"}),
    "service_session": frozenset({"credited", "part_credited", "rejected", "void", "superseded", "open"}),
    "evaluation": frozenset({"final"}),
    "spot_check": frozenset({"done", "not_met", "could_not"}),
}
"""By type the states in which no clock runs: what is settled, or has not begun to count."""
MOST: Final = 2_000


def unsettled(
    model: ReadModel,
    record_type: str,
    townships: Collection[str] | None,
    stations: Collection[str] | None,
) -> list[tuple[str, int]]:
    """Return (id, place of its last change) of the records of a type that are not settled."""
    states = model.select("SELECT DISTINCT state FROM record WHERE type = ?", (record_type,))
    wanted = [state for (state,) in states if state and state not in SETTLED[record_type]]
    found: list[str] = []
    for state in sorted(wanted):
        question = RecordQuestion(type=record_type, townships=townships, stations=stations, state=state)
        rows, _total = record_rows(model, question, Slice("received", is_descending=False, limit=MOST))
        found += [row.id for row in rows]
    places = model.select(
        "SELECT record, place FROM changed WHERE record IN (SELECT value FROM json_each(?))",
        (orjson.dumps(found).decode(),),
    )
    return sorted((str(record), int(place)) for record, place in places)
