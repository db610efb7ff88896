"""Rows of `record`, `step`, `backup` and `reference`: everything that counts, folded once an `apply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import apsw
import orjson

from server.fold import RecordState
from server.readmodel.defects import Defects
from server.readmodel.entries import place_of
from server.readmodel.folding import folded, is_folded_type
from server.readmodel.lead_recording import remove_lead, store_lead
from server.readmodel.moments import utc_text
from server.readmodel.records_of import load_stored
from server.records.names import RECORD_ID_PATTERN
from sync.peer import Document

_COLUMNS = (
    "id",
    "type",
    "state",
    "state_at",
    "township",
    "station",
    "service_order",
    "subject",
    "author",
    "device",
    "entry",
    "at",
    "received_at",
    "number",
    "title",
    "kind",
    "domain",
    "urgency",
    "flags",
    "conflict",
    "held",
    "last_at",
)
_STORE = (
    f"INSERT INTO record ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])} "
    "RETURNING number_in_model"
)


class RecordRows:
    """Notes what an `apply` touches; folds and stores it at the end."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._touched: dict[str, None] = {}
        self._place = int(connection.execute("SELECT coalesce(max(place), 0) FROM changed").get)

    def put(self, doc: Document) -> None:
        """Take in a document that counts."""
        entry = doc["entry"]
        if entry["type"] == "step":
            self._put_step(doc)
            self._touched[entry["body"]["record"]] = None
        elif entry["type"] == "backup":
            row = (doc["_id"], utc_text(entry["body"]["taken_at"]), entry["body"]["epoch"])
            self._connection.execute("INSERT OR REPLACE INTO backup VALUES (?, ?, ?)", row)
        elif is_folded_type(entry["type"]):
            self._touched[doc["_id"]] = None

    def remove(self, document: str) -> None:
        """Forget what counts no more."""
        for (record,) in self._connection.execute(
            "DELETE FROM step WHERE id = ? RETURNING record", (document,)
        ).fetchall():
            self._touched[str(record)] = None
        gone = self._connection.execute(
            "DELETE FROM record WHERE id = ? RETURNING number_in_model", (document,)
        ).fetchall()
        for (number,) in gone:
            remove_lead(self._connection, int(str(number)))
            self._queue([document])

    def fold_touched(self) -> None:
        """Fold each touched record once, and put it and those that name it into publish's queue."""
        defects = Defects(self._connection, "fold")
        for record_id in self._touched:
            with defects.passed_by(record_id):
                self._fold(record_id)

    def _fold(self, record_id: str) -> None:
        stored = load_stored(self._connection, record_id)
        if stored is None:
            return  # its steps came first; ingest holds them, a rebuild brings it later
        self._store(record_id, *stored)
        naming = self._connection.execute("SELECT record FROM reference WHERE target = ?", (record_id,))
        self._queue([record_id, *(str(row[0]) for row in naming)])

    def _queue(self, records: list[str]) -> None:
        for record in records:
            self._place += 1
            self._connection.execute("INSERT OR REPLACE INTO changed VALUES (?, ?)", (record, self._place))

    def _put_step(self, doc: Document) -> None:
        entry, body = doc["entry"], doc["entry"]["body"]
        self._connection.execute(
            "INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                doc["_id"],
                body["record"],
                body["action"],
                entry["author"],
                utc_text(entry["at"]),
                utc_text(doc["receipts"][0]["received_at"]),
                entry["hash"],
                doc["receipts"][-1].get("number"),
            ),
        )
        # A station to which an order was assigned later reaches what concerns it as those named at first do.
        self._connection.executemany(
            "INSERT OR IGNORE INTO reference VALUES (?, ?)",
            [
                (name, body["record"])
                for name in _named_records(body["fields"])
                if name.startswith("station:")
            ],
        )

    def _store(self, record_id: str, doc: Document, steps: list[Document]) -> None:
        state = folded(doc, steps)
        row = _row(record_id, doc, steps, state)
        known = self._connection.execute(
            "SELECT number_in_model FROM record WHERE id = ?", (record_id,)
        ).fetchone()
        number = int(self._connection.execute(_STORE, row).get)
        if known is None:
            self._connection.executemany(
                "INSERT OR IGNORE INTO reference VALUES (?, ?)",
                [(target, record_id) for target in _named_records(doc["entry"]["body"])],
            )
        if doc["entry"]["type"] == "lead":
            store_lead(self._connection, number, record_id, doc["entry"]["body"], state, row[13])


def _row(record_id: str, doc: Document, steps: list[Document], state: RecordState) -> tuple[Any, ...]:
    entry, receipts = doc["entry"], doc["receipts"]
    body: Mapping[str, Any] = entry["body"]
    device, number, _is_extra = place_of(doc)
    received_at = utc_text(receipts[0]["received_at"]) or ""
    last_at = max([received_at, *(utc_text(step["receipts"][0]["received_at"]) or "" for step in steps)])
    return (
        record_id,
        entry["type"],
        state.state,
        utc_text(state.state_at) or received_at,
        body.get("township"),
        record_id if entry["type"] == "station" else body.get("station"),
        record_id if entry["type"] == "service_order" else body.get("order"),
        body.get("participant"),
        entry["author"],
        device,
        number,
        utc_text(entry["at"]),
        received_at,
        _first_number(steps),
        body.get("title") or body.get("name") or body.get("order_no"),
        body.get("kind") or body.get("table"),
        body.get("domain"),
        body.get("urgency"),
        orjson.dumps(receipts[-1]["flags"]).decode(),
        state.severity.name.lower(),
        len(state.held),
        last_at,
    )


def _first_number(steps: list[Document]) -> str | None:
    """A record is numbered once; a second registration repeats the number."""
    numbers = [step["receipts"][-1].get("number") for step in steps]
    return next((number for number in numbers if number), None)


def _named_records(body: Mapping[str, Any]) -> list[str]:
    values = [item for value in body.values() for item in (value if isinstance(value, list) else [value])]
    return [value for value in values if isinstance(value, str) and RECORD_ID_PATTERN.fullmatch(value)]
