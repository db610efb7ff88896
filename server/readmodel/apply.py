"""From changes of `central` to tables, inside one transaction. Applying a row twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import apsw
import orjson

from server.readmodel.defects import Defects
from server.readmodel.entries import EntryRows, is_receipt_bearing
from server.readmodel.recording import RecordRows
from sync.peer import ChangeRow, Document

LOG_PREFIX = "log:"


def apply_rows(connection: apsw.Connection, rows: Iterable[ChangeRow]) -> None:
    """Take in the changes, then fold each record that they touch, once."""
    entries, records = EntryRows(connection), RecordRows(connection)
    defects = Defects(connection, "projection")
    for row in rows:
        doc = None if row.is_deleted else row.doc
        with defects.passed_by(row.id):
            if row.id.startswith(LOG_PREFIX):
                _apply_ack(connection, row.id.removeprefix(LOG_PREFIX), doc)
            elif doc is None:
                connection.execute("DELETE FROM document WHERE id = ?", (row.id,))
                entries.remove(row.id)
                records.remove(row.id)
            elif is_receipt_bearing(doc):
                _apply_document(connection, entries, records, doc)
    entries.derive_chains()
    entries.store_last()
    records.fold_touched()


def _apply_document(
    connection: apsw.Connection, entries: EntryRows, records: RecordRows, doc: Document
) -> None:
    stored = {name: value for name, value in doc.items() if name not in ("_id", "_rev")}
    connection.execute(
        "INSERT OR REPLACE INTO document VALUES (?, ?)", (doc["_id"], orjson.dumps(stored).decode())
    )
    entries.put(doc)
    if doc["receipts"][-1]["verdict"] in ("accepted", "admitted") and doc["_id"] == _claimed_id(doc):
        records.put(doc)
    else:
        records.remove(doc["_id"])


def _claimed_id(doc: Document) -> str | None:
    """A duplicate is accepted too, yet stands under `entry:` and counts for nothing."""
    entry = doc.get("entry")
    return entry.get("id") if isinstance(entry, dict) else None


def _apply_ack(connection: apsw.Connection, device: str, doc: dict[str, Any] | None) -> None:
    if doc is None:
        connection.execute("DELETE FROM log_ack WHERE device = ?", (device,))
        return
    fork = doc.get("fork")
    connection.execute(
        "INSERT OR REPLACE INTO log_ack VALUES (?, ?, ?, ?, ?, ?)",
        (
            device,
            doc["through"],
            doc["head"],
            orjson.dumps(doc["beyond"]).decode(),
            orjson.dumps(fork).decode() if fork else None,
            doc["epoch"],
        ),
    )
