"""A record and its steps as they are stored, and folded on reading."""

from __future__ import annotations

import apsw
import orjson

from server.readmodel.folding import folded
from server.readmodel.rows import RecordRow, StepRow
from sync.peer import Document


def load_stored(connection: apsw.Connection, record_id: str) -> tuple[Document, list[Document]] | None:
    """Return the document of a record that counts, and those of its steps in the order of arrival."""
    doc = _document(connection, record_id)
    if doc is None or doc["receipts"][-1]["verdict"] not in ("accepted", "admitted"):
        return None
    rows = connection.execute(
        "SELECT document.id, json FROM step JOIN document ON document.id = step.id "
        "WHERE step.record = ? ORDER BY step.received_at, step.id",
        (record_id,),
    )
    return doc, [{"_id": step_id, **orjson.loads(json)} for step_id, json in rows]


def load_record(connection: apsw.Connection, record_id: str) -> RecordRow | None:
    """Return the record folded, or None when none of this id counts."""
    known = connection.execute("SELECT type, number FROM record WHERE id = ?", (record_id,)).fetchone()
    stored = load_stored(connection, record_id) if known else None
    if known is None or stored is None:
        return None
    doc, steps = stored
    chain = connection.execute("SELECT chain_flags FROM entry WHERE log = ?", (doc["log"],)).get
    return RecordRow(
        id=record_id,
        type=known[0],
        entry=doc["entry"],
        parts=doc.get("parts", {}),
        log=doc["log"],
        receipts=doc["receipts"],
        flags=doc["receipts"][-1]["flags"] + orjson.loads(chain or "[]"),
        media=doc.get("media", []),
        steps=[_step_row(step) for step in steps],
        state=folded(doc, steps),
        number=known[1],
    )


def load_steps(connection: apsw.Connection, record_id: str) -> list[StepRow]:
    stored = load_stored(connection, record_id)
    return [_step_row(step) for step in stored[1]] if stored else []


def _step_row(doc: Document) -> StepRow:
    return StepRow(doc["_id"], doc["entry"], doc["receipts"], doc["receipts"][-1].get("number"))


def _document(connection: apsw.Connection, document_id: str) -> Document | None:
    json = connection.execute("SELECT json FROM document WHERE id = ?", (document_id,)).get
    return {"_id": document_id, **orjson.loads(json)} if json is not None else None
