"""Looking for damage while clients work: every page, every frame of the log, every body against its SHA-256.

It only reads, a little at a time. What it finds is repaired with `repair`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import apsw

from sync.errors import StorageFailed
from sync.sqlite.body import BODY_COLUMNS, decode_body, read_body
from sync.sqlite.connections import CHECKSUM_BYTES, connect, load_checksums
from sync.sqlite.log import Log, frames_in_use, log_beside
from sync.sqlite.seals import local_seal
from sync.sqlite.stored_document import COLUMNS, StoredDocument

_PAGES_AT_ONCE: Final = 256
_ROWS_AT_ONCE: Final = 500
_LOOKS: Final = 5
_PAUSE_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Damage:
    """`database`, `doc_id` and `rev` are None where they cannot be told."""

    kind: Literal["page", "log", "document", "body", "local", "count"]
    detail: str
    database: str | None = None
    doc_id: str | None = None
    rev: str | None = None


def check(path: Path) -> Iterator[Damage]:
    """Yield what is damaged in the file and its log; the file may be in use. Spec: RELIABILITY T10."""
    yield from _damaged_pages(path)
    yield from _damaged_frames(path)
    with closing(open_unverified(path)) as connection:
        names: dict[int, str] = dict(connection.execute("SELECT number, name FROM database"))
        try:
            yield from _damaged_documents(connection, names)
            yield from _damaged_locals(connection, names)
            yield from _wrong_counts(connection, names)
        except apsw.Error as error:
            yield Damage("page", f"the tables cannot be read: {error}")


def open_unverified(path: Path) -> apsw.Connection:
    """Open for reading with the pages' checksums not verified: a damaged page hides no sound neighbours."""
    return connect(path, is_reader=True, verifies=False)


def _damaged_pages(path: Path) -> Iterator[Damage]:
    """Read the file as it is; a page that is being written at the moment is looked at again."""
    with path.open("rb") as file, closing(apsw.Connection(":memory:")) as sql:
        header = file.read(100)
        page_bytes = int.from_bytes(header[16:18], "big")
        page_bytes = 65536 if page_bytes == 1 else page_bytes
        if not load_checksums() or (header[20] != CHECKSUM_BYTES and _says_none(path)):
            return  # a file without checksums, made where there are none
        number = 0
        file.seek(0)
        while block := file.read(page_bytes * _PAGES_AT_ONCE):
            for start in range(0, len(block), page_bytes):
                number += 1
                if not _is_whole(sql, block[start : start + page_bytes]) and not any(
                    _is_whole_now(sql, path, number, page_bytes) for _ in range(_LOOKS)
                ):
                    yield Damage("page", f"page {number}")


def _says_none(path: Path) -> bool:
    """Whether the pages have no checksums; told by their number, for the header itself may be damaged."""
    with path.open("rb") as file, closing(apsw.Connection(":memory:")) as sql:
        pages = [file.read(4096) for _ in range(20)]
    return not any(len(page) == 4096 and _is_whole(sql, page) for page in pages)


def _is_whole(sql: apsw.Connection, page: bytes) -> bool:
    return bool(sql.execute("SELECT verify_checksum(?)", (page,)).get)


def _is_whole_now(sql: apsw.Connection, path: Path, number: int, page_bytes: int) -> bool:
    time.sleep(_PAUSE_S)
    with path.open("rb") as file:
        file.seek((number - 1) * page_bytes)
        return _is_whole(sql, file.read(page_bytes))


def _damaged_frames(path: Path) -> Iterator[Damage]:
    # A snapshot keeps the log from being begun anew while it is read.
    with closing(open_unverified(path)) as connection:
        connection.execute("BEGIN; SELECT 1 FROM setting LIMIT 1")
        in_use = frames_in_use(path)
        log = Log(log_beside(path))
        if in_use and not log.is_header_whole:
            yield Damage("log", "the header of the log")
        for number in log.damaged_frames(in_use):
            yield Damage("log", f"frame {number} of the log")


def _damaged_documents(connection: apsw.Connection, names: dict[int, str]) -> Iterator[Damage]:
    last: Any = 0
    query = f"SELECT database, {COLUMNS} FROM document WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608
    while found := connection.execute(query, (last, _ROWS_AT_ONCE)).fetchall():
        rows: list[tuple[Any, ...]] = found
        last = rows[-1][1]
        for database, *row in rows:
            if database in names or not _is_dropped(connection, database):
                yield from _damage_of(connection, names.get(database), database, tuple(row))


def _is_dropped(connection: apsw.Connection, database: Any) -> bool:
    return connection.execute("SELECT 1 FROM dropped WHERE number = ?", (database,)).get is not None


def _damage_of(
    connection: apsw.Connection, name: str | None, database: int, row: tuple[Any, ...]
) -> Iterator[Damage]:
    try:
        document = StoredDocument.from_row(database, row)
        bodies = document.bodies
    except Exception as error:  # noqa: BLE001 - what a damaged row makes of its readers can be anything
        yield Damage("document", f"row {row[0]}: {error}", name)
        return
    for leaf in document.tree.leaves:
        if leaf not in bodies:
            yield Damage("document", f"row {row[0]}: a leaf without a body", name, document.id, str(leaf))
    for revision, number in bodies.items():
        reason = body_damage(connection, number)
        if reason is not None:
            yield Damage("body", reason, name, document.id, str(revision))


def body_damage(connection: apsw.Connection, number: int) -> str | None:
    """Return what is wrong with a body, None for a sound one."""
    row: Any = connection.execute(
        f"SELECT {BODY_COLUMNS} FROM body b WHERE b.number = ?",  # noqa: S608 - a constant
        (number,),
    ).fetchone()
    if row is None:
        return f"body {number} is not there"
    try:
        read_body(*row)
    except Exception as error:  # noqa: BLE001 - as above
        return f"body {number}: {getattr(error, 'reason', error)}"
    return None


def _damaged_locals(connection: apsw.Connection, names: dict[int, str]) -> Iterator[Damage]:
    for database, local_id, rev, json, sha256, is_wide, seal in connection.execute("SELECT * FROM local"):
        if not is_sound_local(local_id, rev, json, sha256, is_wide, seal):
            yield Damage("local", "does not match its checksum", names.get(database), f"_local/{local_id}")


def is_sound_local(*row: Any) -> bool:
    local_id, rev, json, sha256, is_wide, seal = row
    try:
        decode_body(json, sha256, is_wide)
        return bool(local_seal(local_id, rev, sha256, is_wide) == seal)
    except (StorageFailed, TypeError, ValueError):
        return False


def _wrong_counts(connection: apsw.Connection, names: dict[int, str]) -> Iterator[Damage]:
    connection.execute("BEGIN")
    counted: list[tuple[Any, ...]] = connection.execute(
        "SELECT database, sum(NOT is_deleted), sum(is_deleted), max(seq) FROM document GROUP BY database"
    ).fetchall()
    found = {database: (live, deleted, last) for database, live, deleted, last in counted}
    stated: list[tuple[Any, ...]] = connection.execute(
        "SELECT number, doc_count, doc_del_count, last_seq FROM database"
    ).fetchall()
    for number, live, deleted, last in stated:
        real_live, real_deleted, real_last = found.get(number, (0, 0, 0))
        ranged: Any = connection.execute(
            "SELECT coalesce(sum(documents), 0) FROM seq_range WHERE database = ?", (number,)
        ).get
        if (live, deleted) != (real_live, real_deleted) or ranged != live + deleted or last < real_last:
            yield Damage("count", "documents are not as many as counted", names.get(number))
    connection.execute("COMMIT")
