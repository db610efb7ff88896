"""One database of a CouchDB server, as the Peer that everything else sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from sync.couchdb.asking import Asking
from sync.couchdb.compaction import compact
from sync.couchdb.edits import Edits
from sync.couchdb.feed import read_changes, seq_text, wait_for_change
from sync.couchdb.local_documents import delete_local, put_local, read_local
from sync.couchdb.reads import (
    PLAIN,
    read_bulk,
    read_by_key,
    read_count_before,
    read_difference,
    read_leaves,
    read_range,
    read_winner,
)
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
from sync.revision import parse_revision


class CouchPeer:
    """A handle by name: it stays good when the database is deleted and created again."""

    def __init__(self, asking: Asking, on_commit: Callable[[str], None]) -> None:
        self.asking = asking
        self._edits = Edits(asking)
        self._on_commit = on_commit

    @property
    def name(self) -> str:
        return self.asking.name

    def info(self) -> DatabaseInfo:
        found = self.asking.ask("GET").json()
        return DatabaseInfo(
            name=self.name,
            doc_count=found["doc_count"],
            doc_del_count=found.get("doc_del_count", 0),
            update_seq=seq_text(found["update_seq"]),
            instance_start_time=str(found["instance_start_time"]),
            size_bytes=found.get("sizes", {}).get("file", 0),
        )

    def get(self, doc_id: str, *, rev: str | None = None, options: ReadOptions | None = None) -> Document:
        return read_winner(self.asking, doc_id, rev, options or PLAIN)

    def get_many(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        rows = read_by_key(self.asking, doc_ids, include_docs=True)
        return {doc_id: row.doc for doc_id, row in rows.items() if row.doc is not None}

    def open_revs(
        self, doc_id: str, revs: Sequence[str] | Literal["all"], *, options: ReadOptions | None = None
    ) -> list[Document | str]:
        return read_leaves(self.asking, doc_id, revs, options or PLAIN)

    def bulk_docs(self, docs: Sequence[DocumentLike], *, new_edits: bool = True) -> list[WriteResult]:
        results = self._edits.write(docs, new_edits=new_edits)
        if any(result.is_ok for result in results):
            self._on_commit(self.name)
        return results

    def bulk_get(
        self, wanted: Sequence[tuple[str, str | None]], *, options: ReadOptions | None = None
    ) -> list[BulkGetRow]:
        return read_bulk(self.asking, wanted, options or PLAIN)

    def revs_diff(self, revs: Mapping[str, Sequence[str]]) -> dict[str, RevsDiff]:
        return read_difference(self.asking, revs)

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
        return read_changes(
            self.asking,
            since,
            limit=limit,
            include_docs=include_docs,
            style=style,
            descending=descending,
            doc_ids=doc_ids,
            selector=selector,
            design_only=design_only,
            options=options,
        )

    def wait(self, since: Seq, timeout_s: float) -> bool:
        return wait_for_change(self.asking, since, timeout_s)

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
        if keys is not None:
            found = read_by_key(self.asking, keys, include_docs=include_docs)
            asked = keys[::-1] if descending else keys
            rows = [found[key] for key in asked if key in found]
            return rows[skip:] if limit is None else rows[skip : skip + limit]
        return read_range(
            self.asking,
            start=start,
            end=end,
            limit=limit,
            skip=skip,
            include_docs=include_docs,
            descending=descending,
        )

    def count_before(self, start: str, *, descending: bool = False) -> int | None:
        return read_count_before(self.asking, start, descending=descending)

    def get_local(self, local_id: str) -> Document | None:
        return read_local(self.asking, local_id)

    def put_local(self, local_id: str, body: DocumentLike) -> str:
        return put_local(self.asking, local_id, body)

    def delete_local(self, local_id: str) -> None:
        delete_local(self.asking, local_id)

    def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        asked = {doc_id: [str(parse_revision(rev)) for rev in texts] for doc_id, texts in revs.items()}
        purged = self.asking.ask("POST", "_purge", body=asked).json()["purged"]
        return {doc_id: done for doc_id, done in purged.items() if done}

    def compact(self) -> None:
        compact(self.asking)
