"""What every other part asks of the read model, and the one way that rows of `central` get into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from server.readmodel.apply import apply_rows
from server.readmodel.connections import Connections, Row
from server.readmodel.defects import Defect
from server.readmodel.publications import Publications
from server.readmodel.records_of import load_record, load_steps
from server.readmodel.rows import (
    ChangedRecord,
    LogAck,
    QuarantineRow,
    RecordRow,
    StepRow,
    VerdictPage,
    VerdictRow,
)
from server.readmodel.schema import empty
from server.readmodel.watch import CommitWatch
from sync.errors import Overloaded
from sync.peer import ChangeRow, Document

_VERDICT = "device, number, hash, verdict, reasons, flags, chain_flags, record, media"

_FIRST_LATER = """
SELECT min(number) FROM entry WHERE device = :device AND (
    received_at > :taken_at
    OR (media <> '[]' AND EXISTS (
        SELECT 1 FROM json_each(media) WHERE json_extract(value, '$.received_at') > :taken_at)))
"""
"""The first entry that came, or one of whose photos came, after the backup."""


class ReadModel:
    """One object a process; methods may be called from any native thread. Only the worker writes."""

    def __init__(self, path: Path, *, is_writer: bool) -> None:
        self.connections = Connections(path, is_writer=is_writer)
        self.publications = Publications(self.connections)
        self._watch = CommitWatch(path)

    def select(self, sql: str, parameters: tuple[Any, ...] | dict[str, Any] = ()) -> list[Row]:
        """Return the rows of a query; for the `*_queries` modules of this package alone."""
        return self.connections.select(sql, parameters)

    def subscribe(self, on_change: Callable[[str], None]) -> Callable[[], None]:
        """Call `on_change("readmodel")` soon after any process wrote it; returns unsubscribe."""
        return self._watch.subscribe(on_change)

    def wipe_freed(self) -> None:
        """Leave no byte of what was replaced in the write-ahead log either. Raises: Overloaded, ReadOnly."""
        if not self.connections.empty_wal():
            raise Overloaded("the read model is being read, longer than we wait")

    def close(self) -> None:
        self._watch.close()
        self.connections.close()

    # writing

    @property
    def identity(self) -> str:
        """The name of this build of the model: another one means that it began again from nothing."""
        return self._setting("identity")

    @property
    def cursor(self) -> str:
        """Where the projection stands, as it was handed to `apply`; empty at the beginning."""
        return self._setting("cursor")

    def apply(self, rows: Iterable[ChangeRow], cursor: str) -> None:
        """Take in changes of `central`, read with documents. The same rows again change nothing."""
        with self.connections.writing() as connection:
            apply_rows(connection, rows)
            connection.execute("UPDATE setting SET value = ? WHERE name = 'cursor'", (cursor,))

    @property
    def is_complete(self) -> bool:
        """Has the projection come to the end of central since the model began?"""
        return self._setting("is_complete") == "1"

    def complete(self) -> None:
        """Note that it has."""
        with self.connections.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES ('is_complete', '1')")

    def rebuild(self, cursor: str) -> None:
        """Begin again from nothing."""
        with self.connections.writing() as connection:
            empty(connection)
            connection.execute("UPDATE setting SET value = ? WHERE name = 'cursor'", (cursor,))

    # records

    def record(self, record_id: str) -> RecordRow | None:
        """Return a record that counts, folded; None when there is none of this id."""
        return load_record(self.connections.reader(), record_id)

    def history(self, record_id: str) -> list[StepRow]:
        """Return the steps of a record that count, in the order in which they arrived."""
        return load_steps(self.connections.reader(), record_id)

    def document(self, document_id: str) -> Document | None:
        """Return a receipt-bearing document of central as it was projected: proof, not view."""
        found = self.select("SELECT json FROM document WHERE id = ?", (document_id,))
        return orjson.loads(found[0][0]) if found else None

    def body(self, record_id: str) -> Mapping[str, Any] | None:
        """Return the body of a record that counts."""
        found = self.select(
            "SELECT json FROM record JOIN document ON document.id = record.id WHERE record.id = ?",
            (record_id,),
        )
        return orjson.loads(found[0][0])["entry"]["body"] if found else None

    def number_of(self, record_id: str) -> str | None:
        """Return the official number that a step allotted to this record."""
        found = self.select("SELECT number FROM record WHERE id = ?", (record_id,))
        return found[0][0] if found else None

    # verdicts

    def verdict(self, device: str, entry: int) -> VerdictRow | None:
        """Return what the centre says of the entry that holds this place in the log."""
        rows = self.select(
            f"SELECT {_VERDICT} FROM entry "  # noqa: S608
            "WHERE device = ? AND number = ? AND is_extra = 0",
            (device, entry),
        )
        return _verdict_row(rows[0]) if rows else None

    def verdicts(self, device: str, since_cursor: str | None, limit: int) -> VerdictPage:
        """Return what changed after the cursor; a cursor of another build begins at the start."""
        identity = self.identity
        since = _place(since_cursor, identity)
        rows = self.select(
            f"SELECT {_VERDICT}, cursor FROM entry WHERE device = ? AND cursor > ? "  # noqa: S608
            "AND is_extra = 0 ORDER BY cursor LIMIT ?",
            (device, since, limit + 1),
        )
        page = rows[:limit]
        last = page[-1][-1] if page else since
        return VerdictPage([_verdict_row(row[:-1]) for row in page], f"{identity}.{last}", len(rows) > limit)

    def has_folded(self, device: str, entry: int, entry_hash: str) -> bool:
        """Does this node's read model hold exactly this entry, with a verdict?"""
        found = self.verdict(device, entry)
        return found is not None and found.hash == entry_hash

    def log_ack(self, device: str) -> LogAck | None:
        """Return `log:<device>` as it was projected."""
        rows = self.select(
            "SELECT device, through, head, beyond, fork, epoch FROM log_ack WHERE device = ?", (device,)
        )
        if not rows:
            return None
        name, through, head, beyond, fork, epoch = rows[0]
        return LogAck(name, through, head, orjson.loads(beyond), orjson.loads(fork) if fork else None, epoch)

    def quarantine(
        self,
        *,
        verdict: str | None = None,
        device: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[QuarantineRow]:
        """Return refused and held entries, the newest arrival first."""
        rows = self.select(
            "SELECT document, device, number, verdict, reasons, flags, chain_flags, waits_for, received_at, "
            "json "
            "FROM entry JOIN document ON document.id = entry.document "
            "WHERE verdict IN ('refused', 'held') AND (:verdict IS NULL OR verdict = :verdict) "
            "AND (:device IS NULL OR device = :device) "
            "ORDER BY received_at DESC, log DESC LIMIT :limit OFFSET :offset",
            {"verdict": verdict, "device": device, "limit": limit, "offset": offset},
        )
        return [_quarantine_row(row) for row in rows]

    def quarantine_count(self, verdict: str | None = None) -> int:
        """Return how many entries are refused or held."""
        return int(
            self.select(
                "SELECT count(*) FROM entry WHERE verdict IN ('refused', 'held') "
                "AND (:verdict IS NULL OR verdict = :verdict)",
                {"verdict": verdict},
            )[0][0]
        )

    # defects

    def defects(self) -> list[Defect]:
        """Return what our own program stumbled over; nothing of it is lost, it is not shown as it should."""
        rows = self.select("SELECT place, subject, text FROM defect ORDER BY place, subject")
        return [Defect(*row) for row in rows]

    # backups

    def last_backup_at(self) -> str | None:
        """Return when the newest backup was taken, or None."""
        found: str | None = self.select("SELECT max(taken_at) FROM backup")[0][0]
        return found

    def backed_up_through(self, device: str) -> int:
        """Return up to which entry, without a gap, a backup of this epoch holds log and photos; or 0."""
        ack = self.log_ack(device)
        if ack is None:
            return 0
        taken_at = self.select("SELECT max(taken_at) FROM backup WHERE epoch = ?", (ack.epoch,))[0][0]
        if taken_at is None:
            return 0
        first_later = self.select(_FIRST_LATER, {"device": device, "taken_at": taken_at})[0][0]
        return ack.through if first_later is None else min(ack.through, int(first_later) - 1)

    # ingest's questions

    def hashes_known(self, hashes: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return (record, verdict) of the records and steps that have these hashes."""
        rows = self.select(
            "SELECT hash, record, verdict FROM entry WHERE hash IN (SELECT value FROM json_each(?)) "
            "AND record IS NOT NULL AND document = id",
            (orjson.dumps(list(hashes)).decode(),),
        )
        return {entry_hash: (record, verdict) for entry_hash, record, verdict in rows}

    def home_of(self, log: str) -> str | None:
        """Return the central id of the document that carries the receipts of this log document."""
        found = self.select("SELECT document FROM entry WHERE log = ?", (log,))
        return found[0][0] if found else None

    def waiting_for(self, names: Iterable[str]) -> list[str]:
        """Return the central ids of held entries that wait for any of these names."""
        rows = self.select(
            "SELECT DISTINCT document FROM waiting WHERE name IN (SELECT value FROM json_each(?)) "
            "ORDER BY document",
            (orjson.dumps(list(names)).decode(),),
        )
        return [row[0] for row in rows]

    def waiting_names(self, prefix: str) -> list[str]:
        """Return what held entries wait for, of the names that begin so."""
        rows = self.select(
            "SELECT DISTINCT name FROM waiting WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
        )
        return [row[0] for row in rows]

    def desk_epochs(self) -> list[str]:
        """Return the epochs whose desks have written."""
        rows = self.select("SELECT device FROM log_ack WHERE device LIKE 'desk-%' ORDER BY device")
        return [row[0].removeprefix("desk-") for row in rows]

    # publish's queue and memory

    def changed_records(self, since: int, limit: int) -> list[ChangedRecord]:
        """Return records in the order of their last change, after this place; one may count no more."""
        rows = self.select(
            "SELECT record, place FROM changed WHERE place > ? ORDER BY place LIMIT ?", (since, limit)
        )
        return [ChangedRecord(*row) for row in rows]

    def _setting(self, name: str) -> str:
        found = self.select("SELECT value FROM setting WHERE name = ?", (name,))
        return found[0][0] if found else ""


def _place(cursor: str | None, identity: str) -> int:
    name, _, place = (cursor or "").partition(".")
    return int(place) if name == identity and place.isascii() and place.isdecimal() and len(place) < 19 else 0


def _verdict_row(row: Row) -> VerdictRow:
    device, number, entry_hash, verdict, reasons, flags, chain_flags, record, media = row
    return VerdictRow(
        device,
        number,
        entry_hash,
        verdict,
        orjson.loads(reasons),
        orjson.loads(flags) + orjson.loads(chain_flags),
        record,
        orjson.loads(media),
    )


def _quarantine_row(row: Row) -> QuarantineRow:
    document, device, number, verdict, reasons, flags, chain_flags, waits_for, received_at, json = row
    stored = orjson.loads(json)
    return QuarantineRow(
        document,
        device,
        number,
        verdict,
        orjson.loads(reasons),
        orjson.loads(flags) + orjson.loads(chain_flags),
        orjson.loads(waits_for),
        received_at,
        stored.get("entry"),
        stored["receipts"],
        stored.get("opaque"),
    )
