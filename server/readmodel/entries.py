"""Rows of `entry`: one a judged document of logs, with its last verdict and what its neighbours say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import apsw
import orjson

from server.readmodel.chain import Link, chain_flags
from server.readmodel.moments import utc_text
from server.records.entry import parse_log_id
from sync.peer import Document

_COLUMNS = (
    "document, device, number, is_extra, id, type, record, author, role, at, received_at, "
    "hash, prev, verdict, reasons, flags, waits_for, media"
)
_SEEN_BY_PHONES = slice(11, None)
"""hash, prev, verdict, reasons, flags, waits_for, media: a change of these is a new verdict row."""


def is_receipt_bearing(doc: Mapping[str, Any]) -> bool:
    """Is this a judged entry, and not a counter or an ack?"""
    return isinstance(doc.get("receipts"), list) and bool(doc["receipts"]) and "log" in doc


def place_of(doc: Mapping[str, Any]) -> tuple[str, int, bool]:
    """Return device, number (0 when unknown), and whether it is the second at its place."""
    place = parse_log_id(doc["log"])
    if place is not None:
        return *place, False
    return doc["log"].partition(":")[0], int((doc.get("opaque") or {}).get("entry", 0)), True


class EntryRows:
    """Writes the rows of one `apply`; the chain is derived once at the end for all places touched."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._last = int(connection.execute("SELECT value FROM setting WHERE name = 'last'").get)
        self._touched: set[tuple[str, int]] = set()

    def put(self, doc: Document) -> None:
        log = doc["log"]
        row = _row(doc)
        found = self._connection.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE log = ?",  # noqa: S608
            (log,),
        ).fetchone()
        if found == row:
            return
        if found is not None and found[0] != row[0] and row[0].startswith("entry:"):
            return  # its record document stands already; this one is about to be emptied
        is_news = found is None or found[_SEEN_BY_PHONES] != row[_SEEN_BY_PHONES]
        self._store(log, row, is_known=found is not None, is_news=is_news)
        self._wait(row[0], orjson.loads(row[-2]))
        self._touch(*place_of(doc)[:2])

    def remove(self, document: str) -> None:
        """Forget an emptied `entry:` document; what it held may stand elsewhere by now."""
        self._connection.execute("DELETE FROM waiting WHERE document = ?", (document,))
        for log, device, number in self._connection.execute(
            "SELECT log, device, number FROM entry WHERE document = ? AND log = ?",
            (document, document.removeprefix("entry:")),
        ).fetchall():
            self._connection.execute("DELETE FROM entry WHERE log = ?", (log,))
            self._touch(str(device), int(str(number)))

    def derive_chains(self) -> None:
        """Write the chain flags of every place touched and of the one after it."""
        for device, number in sorted(self._touched | {(name, n + 1) for name, n in self._touched}):
            here = self._links(device, number)
            if not here:
                continue
            before = self._links(device, number - 1) if number > 1 else []
            for link in here:
                flags = orjson.dumps(chain_flags(link, here, before)).decode()
                if flags != link.flags:
                    self._last += 1
                    self._connection.execute(
                        "UPDATE entry SET chain_flags = ?, cursor = ? WHERE log = ?",
                        (flags, self._last, link.log),
                    )

    def store_last(self) -> None:
        self._connection.execute("UPDATE setting SET value = ? WHERE name = 'last'", (str(self._last),))

    def _store(self, log: str, row: tuple[Any, ...], *, is_known: bool, is_news: bool) -> None:
        names = [name.strip() for name in _COLUMNS.split(",")]
        self._last += is_news
        cursor = self._last if is_news else 0
        if is_known:
            assignments = ", ".join(f"{name} = ?" for name in names)
            sql = f"UPDATE entry SET {assignments}, cursor = max(cursor, ?) WHERE log = ?"  # noqa: S608
        else:
            marks = ", ".join("?" for _ in names)
            sql = f"INSERT INTO entry ({_COLUMNS}, cursor, log) VALUES ({marks}, ?, ?)"  # noqa: S608
        self._connection.execute(sql, (*row, cursor, log))

    def _wait(self, document: str, names: list[str]) -> None:
        self._connection.execute("DELETE FROM waiting WHERE document = ?", (document,))
        for name in names:
            self._connection.execute("INSERT OR IGNORE INTO waiting VALUES (?, ?)", (name, document))

    def _touch(self, device: str, number: int) -> None:
        self._touched.add((device, number))

    def _links(self, device: str, number: int) -> list[Link]:
        rows = self._connection.execute(
            "SELECT log, number, hash, prev, is_extra, chain_flags FROM entry "
            "WHERE device = ? AND number = ?",
            (device, number),
        )
        return [Link._make(row) for row in rows]


def _row(doc: Document) -> tuple[Any, ...]:
    receipts = doc["receipts"]
    last, entry = receipts[-1], doc.get("entry")
    entry = entry if isinstance(entry, dict) else {}
    device, number, is_extra = place_of(doc)
    return (
        doc["_id"],
        device,
        number,
        int(is_extra),
        _text(entry, "id"),
        _text(entry, "type"),
        record_of(entry),
        _text(entry, "author"),
        _text(entry, "role"),
        utc_text(entry.get("at")),
        utc_text(receipts[0]["received_at"]) or "",
        _text(entry, "hash"),
        _text(entry, "prev"),
        last["verdict"],
        orjson.dumps(last["reasons"]).decode(),
        orjson.dumps(last["flags"]).decode(),
        orjson.dumps(doc.get("waits_for", [])).decode(),
        orjson.dumps(doc.get("media", [])).decode(),
    )


def record_of(entry: Mapping[str, Any]) -> str | None:
    """Return the record that an entry is about: itself, or for a step the one that it names."""
    if entry.get("type") != "step":
        return _text(entry, "id")
    body = entry.get("body")
    return _text(body, "record") if isinstance(body, dict) else None


def _text(holder: Mapping[str, Any], name: str) -> str | None:
    value = holder.get(name)
    return value if isinstance(value, str) else None
