"""A damaged file made anew: what is sound is taken over, what is not is fetched from peers.

Nobody may have the file open. The damaged one is kept beside it. The new one begins another epoch, so
that every replica offers again what it holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw

from sync.errors import NotFound, StorageFailed
from sync.peer import SEQ_START, Document, Peer, ReadOptions
from sync.revision import Revision
from sync.spelling import SpeltDocument
from sync.sqlite.body import BODY_COLUMNS, decode_body, read_body
from sync.sqlite.connections import connect
from sync.sqlite.log import log_beside
from sync.sqlite.schema import read_setting
from sync.sqlite.scrub import is_sound_local, open_unverified
from sync.sqlite.server import SqliteServer, open_server
from sync.sqlite.stored_document import COLUMNS, StoredDocument

_AT_ONCE: Final = 200

PeerOf = Callable[[str], Peer | None]
"""Return the peer that a database of this name may be fetched from; None where there is none."""


@dataclass(slots=True)
class Repaired:
    """`lost` are the leaves that neither the file nor a peer had whole, as (database, id, rev).

    `unreadable` counts rows and lists that do not even tell what they held.
    """

    kept: int = 0
    fetched: int = 0
    unreadable: int = 0
    lost: list[tuple[str, str, str]] = field(default_factory=list)
    set_aside: Path = Path()


def repair(path: Path, peer_of: PeerOf, *, names: list[str] | None = None) -> Repaired:
    """Put a sound file in the place of `path`.

    `names`: databases to fetch though the file may no longer name them.

    Raises: StorageFailed when the file is in use or the new one cannot be written.
    """
    aside = _free_name(path)
    fresh = path.with_name(f"{path.name}.being-repaired")
    for leftover in (fresh, log_beside(fresh), fresh.with_name(f"{fresh.name}-shm")):
        leftover.unlink(missing_ok=True)
    repaired = Repaired(set_aside=aside)
    unsound: set[tuple[str, str, str]] = set()
    with ExitStack() as stack:
        old = stack.enter_context(closing(_open_alone(path)))
        new = stack.enter_context(closing(open_server(fresh)))
        sql = stack.enter_context(closing(connect(fresh)))
        _take_over_uuid(old, sql)
        for name in sorted({*_names(old, repaired), *(names or ())}):
            unsound |= {(name, *each) for each in _take_over(old, new.ensure(name), repaired)}
            _take_over_rest(old, new.open(name), sql)
        for name in new.names():
            _fetch(new.open(name), peer_of(name), repaired)
        repaired.lost = sorted(each for each in unsound if not _has(new, *each))
    try:
        _swap(path, fresh, aside)
    except OSError as error:
        raise StorageFailed(f"{path.name} could not be repaired: {error}") from error
    return repaired


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside


def _open_alone(path: Path) -> apsw.Connection:
    """Open the damaged file for reading; where nothing at all can be read, an empty one in its place."""
    try:
        connection = open_unverified(path)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        # One by one: a pragma that answers with a row keeps what follows it from being run.
        for statement in (
            "PRAGMA query_only = OFF",
            "PRAGMA locking_mode = EXCLUSIVE",
            "BEGIN EXCLUSIVE",
            "ROLLBACK",
        ):
            connection.execute(statement).fetchall()
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StorageFailed(f"{path.name} is in use; stop the server before it is repaired.") from error
    except (apsw.CorruptError, apsw.NotADBError, apsw.IOError):
        return apsw.Connection(":memory:")
    return connection


def _take_over_uuid(old: apsw.Connection, sql: apsw.Connection) -> None:
    try:
        uuid = read_setting(old, "uuid")
    except apsw.Error:
        return
    sql.execute("UPDATE setting SET value = ? WHERE name = 'uuid' AND length(?) = 32", (uuid, uuid))


def _names(old: apsw.Connection, repaired: Repaired) -> list[str]:
    """Return the databases that the file names; that it may have had others counts as unreadable."""
    found = []
    try:
        for (name,) in old.execute("SELECT name FROM database"):
            found.append(str(name))  # what was read before a broken page counts
    except apsw.Error:
        repaired.unreadable += 1
    return found


def _number(connection: apsw.Connection, name: str) -> Any:
    try:
        return connection.execute("SELECT number FROM database WHERE +name = ?", (name,)).get
    except apsw.Error:
        return None


def _take_over(old: apsw.Connection, peer: Peer, repaired: Repaired) -> Iterator[tuple[str, str]]:
    """Copy what is sound; yield the leaves, as (id, rev), that are known and not sound."""
    number = _number(old, peer.name)
    batch: list[Document] = []
    for row in _rows(old, number):
        document = _sound_document(number, row)
        if document is None:
            repaired.unreadable += 1
            continue
        for leaf in document.tree.leaves:
            doc = _sound(old, document, leaf)
            if doc is None:
                yield document.id, str(leaf)
            else:
                batch.append(doc)
        if len(batch) >= _AT_ONCE:
            repaired.kept += len(peer.bulk_docs(batch, new_edits=False))
            batch = []
    repaired.kept += len(peer.bulk_docs(batch, new_edits=False))


def _rows(old: apsw.Connection, database: Any) -> Iterator[tuple[Any, ...]]:
    """Yield every row that can be read; where a page is broken, go on behind it."""
    query = f"SELECT {COLUMNS} FROM document WHERE number >= ? AND database = ? ORDER BY number"  # noqa: S608
    first: int = 1
    step = 1
    while True:
        try:
            for row in old.execute(query, (first, database)):
                yield row
                first, step = row[0] + 1, 1
        except apsw.Error:
            if step > 2**40:
                return
            first, step = first + step, step * 2
        else:
            return


def _sound_document(database: int, row: tuple[Any, ...]) -> StoredDocument | None:
    try:
        document = StoredDocument.from_row(database, row)
        assert document.tree.leaves
    except Exception:  # noqa: BLE001 - what a damaged row makes of its readers can be anything
        return None
    return document


def _sound(old: apsw.Connection, document: StoredDocument, leaf: Revision) -> Document | None:
    try:
        row: Any = old.execute(
            f"SELECT {BODY_COLUMNS} FROM body b WHERE b.number = ?",  # noqa: S608 - a constant
            (document.bodies[leaf],),
        ).fetchone()
        members = read_body(*row)
    except Exception:  # noqa: BLE001 - as above
        return None
    history = document.tree.history(leaf)
    revisions = {"start": leaf.generation, "ids": [each.digest for each in history]}
    deleted = {"_deleted": True} if leaf in document.tree.deleted else {}
    found = {"_id": document.id, "_revisions": revisions, **deleted, **members}
    return SpeltDocument(found, members.spelling)


def _take_over_rest(old: apsw.Connection, peer: Peer, sql: apsw.Connection) -> None:
    """Purges hold on; a checkpoint that is lost only costs a longer replication."""
    number, new_number = _number(old, peer.name), _number(sql, peer.name)
    try:
        locals_: list[tuple[Any, ...]] = old.execute(
            "SELECT id, rev, json, sha256, is_wide, seal FROM local WHERE database = ?", (number,)
        ).fetchall()
        for row in locals_:
            if is_sound_local(*row):
                peer.put_local(row[0], decode_body(row[2], row[3], row[4]))
        purged = old.execute("SELECT id, rev FROM purged WHERE database = ?", (number,)).fetchall()
        sql.executemany(
            "INSERT OR IGNORE INTO purged VALUES (?, ?, ?)", [(new_number, *each) for each in purged]
        )
    except apsw.Error:
        return


def _fetch(target: Peer, source: Peer | None, repaired: Repaired) -> None:
    """Take from the peer every revision that the new file has not."""
    if source is None:
        return
    seq, pending = SEQ_START, 1
    while pending:
        try:
            page = source.changes(seq, limit=_AT_ONCE, style="all_docs")
        except NotFound:
            return
        seq, pending = page.last_seq, page.pending
        missing = target.revs_diff({row.id: row.revs for row in page.rows})
        wanted = [(doc_id, rev) for doc_id, each in missing.items() for rev in each.missing]
        found = source.bulk_get(wanted, options=ReadOptions(revs=True))
        docs = [doc for row in found for doc in row.docs]
        repaired.fetched += sum(result.is_ok for result in target.bulk_docs(docs, new_edits=False))


def _has(new: SqliteServer, name: str, doc_id: str, rev: str) -> bool:
    return new.open(name).revs_diff({doc_id: [rev]}) == {}


def _swap(path: Path, fresh: Path, aside: Path) -> None:
    """The damaged file keeps its log; at every moment one of both is in place or named by the error."""
    beside = [f"{path.name}-wal", f"{path.name}-shm"]
    os.link(path, aside)
    for name in beside:
        old = path.with_name(name)
        if old.exists():
            old.rename(aside.with_name(name.replace(path.name, aside.name)))
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
