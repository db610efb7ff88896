"""One database of the embedded engine, as the Peer that everything else sees."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import apsw

from sync.peer import (
    SEQ_START,
    BulkGetRow,
    ChangesPage,
    DatabaseInfo,
    DocRow,
    Document,
    DocumentLike,
    ReadOptions,
    RevsDiff,
    Seq,
    Style,
    WriteResult,
)
from sync.sqlite.body import DEFAULTS
from sync.sqlite.commits import Commits
from sync.sqlite.compaction import compact_some
from sync.sqlite.database import Database, find_database
from sync.sqlite.edits import WriteRows, prepare_rows
from sync.sqlite.feed import Question, read_changes
from sync.sqlite.limits import EngineLimits
from sync.sqlite.lists import count_before, read_all_docs, read_docs_by_key
from sync.sqlite.local_documents import delete_local, prepare_local, put_local, read_local
from sync.sqlite.purging import known_as_purged, purge_leaves
from sync.sqlite.readers import Readers
from sync.sqlite.reads import PLAIN, Reader, parse_wanted
from sync.sqlite.stored_document import load_documents
from sync.sqlite.writer import Writer


class SqlitePeer:
    """A handle by name: it stays good when the database is deleted and created again."""

    def __init__(
        self,
        name: str,
        readers: Readers,
        writer: Writer,
        commits: Commits,
        limits: EngineLimits = DEFAULTS,
    ) -> None:
        self._name = name
        self._limits = limits
        self._readers = readers
        self._writer = writer
        self._commits = commits

    @property
    def name(self) -> str:
        return self._name

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[apsw.Connection, Database]]:
        with self._readers.snapshot() as connection:
            yield connection, find_database(connection, self._name)

    def info(self) -> DatabaseInfo:
        with self._snapshot() as (connection, database):
            size_bytes = connection.pragma("page_count") * connection.pragma("page_size")
        return DatabaseInfo(
            name=database.name,
            doc_count=database.doc_count,
            doc_del_count=database.doc_del_count,
            update_seq=database.seq(database.last_seq),
            instance_start_time=database.instance_start_time,
            size_bytes=size_bytes,
        )

    def get(self, doc_id: str, *, rev: str | None = None, options: ReadOptions | None = None) -> Document:
        with self._snapshot() as (connection, database):
            return Reader(connection, database).get(doc_id, rev, options or PLAIN)

    def get_many(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        with self._snapshot() as (connection, database):
            rows = read_docs_by_key(connection, database, list(doc_ids), include_docs=True)
        return {doc_id: row.doc for doc_id, row in rows.items() if row.doc is not None}

    def open_revs(
        self, doc_id: str, revs: Sequence[str] | Literal["all"], *, options: ReadOptions | None = None
    ) -> list[Document | str]:
        with self._snapshot() as (connection, database):
            return Reader(connection, database).open_revs(doc_id, revs, options or PLAIN)

    def bulk_docs(self, docs: Sequence[DocumentLike], *, new_edits: bool = True) -> list[WriteResult]:
        rows = prepare_rows(docs, self._limits, new_edits=new_edits)
        return self._writer.run(WriteRows(self._name, rows, self._limits, new_edits=new_edits))

    def bulk_get(
        self, wanted: Sequence[tuple[str, str | None]], *, options: ReadOptions | None = None
    ) -> list[BulkGetRow]:
        with self._snapshot() as (connection, database):
            return Reader(connection, database).bulk_get(wanted, options or PLAIN)

    def revs_diff(self, revs: Mapping[str, Sequence[str]]) -> dict[str, RevsDiff]:
        with self._snapshot() as (connection, database):
            documents = load_documents(connection, database.number, revs)
            purged = known_as_purged(connection, database, revs)
        differences = {}
        for doc_id, texts in revs.items():
            document = documents.get(doc_id)
            if document is not None and [*texts] == [document.stored_rev]:
                continue  # the winner, which is known: nothing need be taken apart
            revisions = parse_wanted(texts)
            known = document.tree.parents if document else ()
            missing = [each for each in revisions if each not in known and (doc_id, each) not in purged]
            if missing:
                newest = max(missing).generation
                ancestors = document.tree.possible_ancestors(newest) if document else []
                differences[doc_id] = RevsDiff(
                    [str(each) for each in missing], [str(each) for each in ancestors]
                )
        return differences

    def changes(
        self,
        since: Seq = SEQ_START,
        *,
        limit: int | None = None,
        include_docs: bool = False,
        style: Style = "main_only",
        descending: bool = False,
        doc_ids: Sequence[str] | None = None,
        selector: Mapping[str, Any] | None = None,
        design_only: bool = False,
        options: ReadOptions | None = None,
    ) -> ChangesPage:
        question = Question(
            limit=limit,
            include_docs=include_docs,
            style=style,
            descending=descending,
            doc_ids=doc_ids,
            selector=selector,
            design_only=design_only,
            options=options or PLAIN,
        )
        with self._snapshot() as (connection, database):
            return read_changes(connection, database, since, question)

    def wait(self, since: Seq, timeout_s: float) -> bool:
        deadline_s = time.monotonic() + timeout_s
        committed = threading.Event()
        unsubscribe = self._commits.subscribe(lambda name: committed.set() if name == self._name else None)
        try:
            while not self._is_later(since):
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not committed.wait(left_s):
                    return self._is_later(since)
                committed.clear()
            return True
        finally:
            unsubscribe()

    def _is_later(self, since: Seq) -> bool:
        with self._snapshot() as (_, database):
            return database.last_seq > database.seq_number(since)

    def all_docs(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        keys: Sequence[str] | None = None,
        limit: int | None = None,
        skip: int = 0,
        include_docs: bool = False,
        descending: bool = False,
    ) -> list[DocRow]:
        with self._snapshot() as (connection, database):
            if keys is not None:
                found = read_docs_by_key(connection, database, keys, include_docs=include_docs)
                asked = keys[::-1] if descending else keys
                rows = [found[key] for key in asked if key in found]
                return rows[skip:] if limit is None else rows[skip : skip + limit]
            return read_all_docs(
                connection,
                database,
                start=start,
                end=end,
                limit=limit,
                skip=skip,
                include_docs=include_docs,
                descending=descending,
            )

    def count_before(self, start: str, *, descending: bool = False) -> int | None:
        with self._snapshot() as (connection, database):
            return count_before(connection, database, start, descending=descending)

    def get_local(self, local_id: str) -> Document | None:
        with self._snapshot() as (connection, database):
            return read_local(connection, database, local_id)

    def put_local(self, local_id: str, body: DocumentLike) -> str:
        encoded = prepare_local(local_id, body)
        return self._writer.run(
            lambda connection: put_local(connection, find_database(connection, self._name), local_id, encoded)
        )

    def delete_local(self, local_id: str) -> None:
        self._writer.run(
            lambda connection: delete_local(connection, find_database(connection, self._name), local_id)
        )

    def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        wanted = {doc_id: parse_wanted(texts) for doc_id, texts in revs.items()}
        return self._writer.run(
            lambda connection: purge_leaves(connection, find_database(connection, self._name), wanted)
        )

    def compact(self) -> None:
        while self._writer.run(
            lambda connection: compact_some(connection, find_database(connection, self._name))
        ):
            pass
