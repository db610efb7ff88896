"""Which orders' positions and photos are due for erasing, and what of them is left. Changes nothing."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.retention_queries import events_of, orders_over, set_aside
from server.records.erasure import ERASED

PAPER: Final = frozenset({"late_entry", "sheet_line"})
"""Kinds whose picture is of a sheet of paper: part of the case file, no photo of a session."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order that is over; `due_on` None where nobody has said until when its evidence is kept."""

    id: str
    order_no: str
    hold_until: date | None
    due_on: date | None
    items: tuple[Item, ...]

    def is_due(self, today: date) -> bool:
        return self.due_on is not None and self.due_on <= today and bool(self.items)


def orders_with_evidence(model: ReadModel, keep_days: int) -> list[DueOrder]:
    """Return the orders that are over and still have positions or photos, with the day of erasing."""
    aside = _aside_by_order(set_aside(model))
    found = []
    for order in orders_over(model):
        row = model.record(order)
        items = tuple(filter(None, map(item_of, [*events_of(model, order), *aside.get(order, ())])))
        if row is None or not items:
            continue
        held = row.state.value("hold_until")
        hold_until = date.fromisoformat(held) if isinstance(held, str) else None
        due_on = hold_until + timedelta(days=keep_days) if hold_until else None
        found.append(DueOrder(order, str(row.body["order_no"]), hold_until, due_on, items))
    return found


def item_of(doc: Mapping[str, Any]) -> Item | None:
    """Return what is left to erase of a document of central; None where nothing is."""
    if "opaque" in doc:
        return {"log": doc["log"], "parts": [], "files": [], "is_opaque": True}
    is_paper = doc["entry"]["body"].get("kind") in PAPER
    files = [file["number"] for file in doc.get("media", ()) if not is_paper and file["state"] != ERASED]
    parts = sorted(doc.get("parts") or {})
    return {"log": doc["log"], "parts": parts, "files": files} if parts or files else None


def _aside_by_order(docs: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for doc in docs:
        entry = _opaque_entry(doc) if "opaque" in doc else doc.get("entry")
        body = entry.get("body") if isinstance(entry, Mapping) else None
        order = body.get("order") if isinstance(body, Mapping) else None
        if isinstance(order, str):
            found[order].append(doc)
    return found


def _opaque_entry(doc: Mapping[str, Any]) -> Any:
    """Return the entry that bytes hold which were not taken as one, where they can be read so far."""
    try:
        row = orjson.loads(base64.b64decode(doc["opaque"].get("base64") or "", validate=True))
    except (orjson.JSONDecodeError, binascii.Error, ValueError, TypeError):
        return None
    return row.get("entry") if isinstance(row, Mapping) else None
