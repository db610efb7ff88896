"""What one session is made of: the documents of its check events, and what the station said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from server.readmodel import ReadModel
from server.readmodel.moments import utc_text
from sync.peer import Document

SHORT_HASH_CHARS = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """`events` make the session; `words` are the station's on it, steps on an event among them."""

    events: list[Document]
    words: list[Document]


def evidence_of(model: ReadModel, session: Mapping[str, Any]) -> Evidence:
    """Return both, each in the order of their ids."""
    ids = orjson.dumps(session["events"]).decode()
    events = _documents(
        model,
        "SELECT document.id, json FROM document WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        ids,
    )
    hashes = {doc["entry"]["hash"] for doc in events}
    said = _documents(
        model,
        "SELECT document.id, json FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'check_event' AND record.station = ? AND record.service_order = ? "
        "AND record.kind IN ('sup_confirm', 'sup_deny') ORDER BY document.id",
        session["station"],
        session["order"],
    )
    steps = _documents(
        model,
        "SELECT document.id, json FROM step JOIN document ON document.id = step.id "
        "WHERE step.record IN (SELECT value FROM json_each(?)) AND step.action IN ('confirm', 'question') "
        "ORDER BY document.id",
        ids,
    )
    people = {*session["confirmed_by"], *session["denied_by"]}
    begins = min((_at(doc) for doc in events), default="")
    words = [doc for doc in said if _is_about(doc, hashes) or _is_unseen(doc, people, begins)]
    return Evidence(events, [*words, *steps])


def _is_about(doc: Document, hashes: set[str]) -> bool:
    about = str(doc["entry"]["body"].get("about", "")).lower()
    if len(about) == SHORT_HASH_CHARS:
        return any(each.startswith(about) for each in hashes)
    return about in hashes


def _is_unseen(doc: Document, people: set[str], begins: str) -> bool:
    """Said without a hash: it belongs to the hours after, and to who the rules say has spoken."""
    is_near = begins <= _at(doc) < _a_day_after(begins)
    return "about" not in doc["entry"]["body"] and doc["entry"]["author"] in people and is_near


def _at(doc: Document) -> str:
    return utc_text(doc["entry"]["at"]) or ""


def _a_day_after(at: str) -> str:
    if not at:
        return ""
    return utc_text((datetime.fromisoformat(at) + timedelta(days=1)).isoformat()) or ""


def _documents(model: ReadModel, sql: str, *values: str) -> list[Document]:
    return [{"_id": row[0], **orjson.loads(row[1])} for row in model.select(sql, values)]
