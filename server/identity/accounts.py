"""The database `accounts`: ordinary edits only, and what every request needs kept in memory.

Memory follows the changes feed, so that what another process writes counts here within a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from server.identity.people_journal import PeopleJournal
from server.identity.races import own, withdrawn
from sync.errors import Conflict, DocumentNotFound, Overloaded
from sync.peer import SEQ_START, Document, Server, WriteResult

DATABASE: Final = "accounts"
CHECK_EVERY_S: Final = 1.0
PAGE: Final = 1000
ATTEMPTS: Final = 20

OnDocument = Callable[[Document], None]
"""Is given a document as it is now, `_deleted` when it is gone; may be called from any thread."""


class Accounts:
    """Documents of identity; the first part of an id says what it is (`member:`, `device:` …)."""

    def __init__(self, couch: Server, journal: PeopleJournal) -> None:
        self.peer = couch.ensure(DATABASE)
        self._journal = journal
        self._followers: dict[str, OnDocument] = {}
        self._generations: dict[str, int] = {}
        self._since = SEQ_START
        self._checked_at = 0.0
        self._is_stale = True
        self._refreshing = threading.Lock()
        self._unsubscribe = couch.subscribe(self._on_commit)

    def follow(self, kind: str, on_document: OnDocument) -> None:
        """Call back for each document whose id begins with `<kind>:`, now and whenever it changes."""
        self._followers[kind] = on_document
        self._since, self._is_stale = SEQ_START, True
        self._generations.clear()

    def refresh(self, *, is_urgent: bool = False) -> None:
        """Take in what others wrote. Cheap when nothing was; urgent asks the disk, whatever was heard.

        Never waits for a refresh that another greenlet is in the middle of: a native lock held
        across a switch would stop the hub for good.
        """
        if not is_urgent and not self._is_stale and time.monotonic() - self._checked_at < CHECK_EVERY_S:
            return
        if not self._refreshing.acquire(blocking=False):
            return
        try:
            self._is_stale = False
            self._checked_at = time.monotonic()
            while True:
                page = self.peer.changes(self._since, limit=PAGE, include_docs=True)
                for row in page.rows:
                    self._take_in(row.doc or {"_id": row.id, "_rev": row.revs[0], "_deleted": True})
                self._since = page.last_seq
                if not page.rows:
                    return
        except BaseException:
            self._is_stale = True
            raise
        finally:
            self._refreshing.release()

    def find(self, doc_id: str) -> Document | None:
        """Return the document as it is on disk, or None."""
        try:
            return self.peer.get(doc_id)
        except DocumentNotFound:
            return None

    def create(self, document: Document) -> bool:
        """Write a new document; False when its id is taken: of two at once, one wins."""
        return self._write([document])[0].is_ok

    def create_many(self, documents: Sequence[Document]) -> None:
        """Write new documents in one commit. Raises: Conflict when any id is taken."""
        if not all(result.is_ok for result in self._write(documents)):
            raise Conflict

    def update(self, doc_id: str, change: Callable[[Document | None], Document | None]) -> Document | None:
        """Write what `change` makes of the document as it is, again if someone was faster.

        `change` is given None when there is no document, and returns None to leave it as it is.
        """
        for _attempt in range(ATTEMPTS):
            present = self.find(doc_id)
            wanted = change(dict(present) if present else None)
            if wanted is None:
                return present
            document = {**wanted, "_id": doc_id}
            if present:
                document["_rev"] = present["_rev"]
            result = self._write([document])[0]
            if result.is_ok:
                return {**document, "_rev": result.rev}
        raise Overloaded(f"{doc_id.split(':')[0]}: too many changes at once")

    def replace(self, document: Document) -> bool:
        """Write over exactly this revision; False when it is no longer the current one."""
        return self._write([document])[0].is_ok

    def delete(self, doc_id: str) -> bool:
        """Leave an empty tombstone; False when there was nothing."""
        present = self.find(doc_id)
        if present is None:
            return False
        return self._write([{"_id": doc_id, "_rev": present["_rev"], "_deleted": True}])[0].is_ok

    def of_kind(self, kind: str) -> list[Document]:
        rows = self.peer.all_docs(start=f"{kind}:", end=f"{kind}:\uffff", include_docs=True)
        return [row.doc for row in rows if row.doc is not None]

    def close(self) -> None:
        self._unsubscribe()

    def _on_commit(self, database: str) -> None:
        if database == DATABASE:
            self._is_stale = True

    def _write(self, documents: Iterable[Document]) -> list[WriteResult]:
        documents = [own(document) for document in documents]
        results = self._journal.noting(documents, lambda: self._settled(documents))
        if not all(result.is_durable for result in results):
            raise Overloaded("accounts: too few copies were written")
        for document, result in zip(documents, results, strict=True):
            if result.is_ok:
                # Known here at once, whatever the feed says later.
                self._take_in({**document, "_rev": result.rev})
        return results

    def _settled(self, documents: Sequence[Document]) -> list[WriteResult]:
        results = self.peer.bulk_docs(documents)
        for place, (document, result) in enumerate(zip(documents, results, strict=True)):
            if not (result.is_ok and result.is_durable) and withdrawn(self.peer, document):
                results[place] = WriteResult(result.id, error=Conflict.error, reason=Conflict().reason)
        return results

    def _take_in(self, document: Document) -> None:
        doc_id = document["_id"]
        on_document = self._followers.get(doc_id.split(":", 1)[0])
        if on_document is None:
            return
        generation = int(document["_rev"].split("-", 1)[0])
        if generation >= self._generations.get(doc_id, 0):  # the feed may be behind our own writes
            self._generations[doc_id] = generation
            on_document(document)
