"""Reading documents inside one snapshot: a winner, a revision, leaves, and what options add."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, Literal

import apsw
import orjson

from sync.errors import BadRequest, DocumentNotFound, StorageFailed, SyncError
from sync.peer import BulkGetRow, Document, ReadOptions, WriteResult
from sync.revision import Revision, parse_revision
from sync.spelling import SpeltDocument
from sync.sqlite.body import BODY_COLUMNS, read_body
from sync.sqlite.database import Database
from sync.sqlite.seals import damaged
from sync.sqlite.stored_document import COLUMNS, StoredDocument, load_sound_documents

PLAIN: Final = ReadOptions()
_WITHOUT_TREE: Final = {
    ReadOptions(revs=revs, latest=latest) for revs in (False, True) for latest in (False, True)
}
"""What can be answered of a document that has one revision without looking at its tree."""


class Reader:
    """Documents of one database as they are in one snapshot."""

    def __init__(self, connection: apsw.Connection, database: Database) -> None:
        self._connection = connection
        self._database = database
        self._documents: dict[str, StoredDocument] | None = None
        self._failures: dict[str, StorageFailed] = {}
        self._bodies: dict[int, tuple[Any, ...]] = {}

    def find(self, doc_id: str) -> StoredDocument | None:
        if self._documents is not None:
            if doc_id in self._failures:
                raise self._failures[doc_id]
            return self._documents.get(doc_id)
        row = self._connection.execute(
            f"SELECT {COLUMNS} FROM document WHERE database = ? AND id = ?",  # noqa: S608 - a constant
            (self._database.number, doc_id),
        ).fetchone()
        return StoredDocument.from_row(self._database.number, row) if row else None

    def get(self, doc_id: str, rev: str | None, options: ReadOptions) -> Document:
        """Raises: DocumentNotFound, BadRequest. Spec: PROTOCOL B21, B27, B33."""
        wanted = parse_revision(rev) if rev is not None else None
        document = self.find(doc_id)
        if document is None:
            raise DocumentNotFound("missing")
        if wanted is None:
            if document.is_deleted:
                raise DocumentNotFound("deleted")
            return self.read(document, document.tree.winner, options)
        if wanted not in document.tree:
            raise DocumentNotFound("missing")
        revision = document.tree.leaves_after(wanted)[0] if options.latest else wanted
        return self.read(document, revision, options)

    def open_revs(
        self, doc_id: str, revs: Sequence[str] | Literal["all"], options: ReadOptions
    ) -> list[Document | str]:
        """Raises: DocumentNotFound for "all" of an unknown id, BadRequest. Spec: PROTOCOL B30-B33."""
        wanted = None if revs == "all" else [parse_revision(rev) for rev in revs]
        document = self.find(doc_id)
        if wanted is None:
            if document is None:
                raise DocumentNotFound("missing")
            return [self.read(document, leaf, options) for leaf in document.tree.leaves]
        found: list[Document | str] = []
        for revision in wanted:
            found += self._revision_or_text(document, revision, options)
        return found

    def _revision_or_text(
        self, document: StoredDocument | None, revision: Revision, options: ReadOptions
    ) -> list[Document | str]:
        if document is None or revision not in document.tree:
            return [str(revision)]
        if options.latest:
            return [self.read(document, leaf, options) for leaf in document.tree.leaves_after(revision)]
        if revision not in document.bodies:
            return [str(revision)]
        return [self.read(document, revision, options)]

    def bulk_get(self, wanted: Sequence[tuple[str, str | None]], options: ReadOptions) -> list[BulkGetRow]:
        """Answer each pair with its documents, or its error row. Spec: PROTOCOL D56 to D61."""
        self._load({doc_id for doc_id, _ in wanted})
        return [self._bulk_get_one(doc_id, rev, options) for doc_id, rev in wanted]

    def _load(self, doc_ids: Collection[str]) -> None:
        """Read these documents, and the bodies of their leaves, in two questions instead of two each."""
        found = load_sound_documents(self._connection, self._database.number, doc_ids)
        self._documents, self._failures = found
        for doc_id, failure in self._failures.items():
            if doc_id not in doc_ids:  # its id is what was damaged: nobody can tell whose row it is
                raise failure
        numbers = [number for document in self._documents.values() for number in document.leaf_bodies]
        rows: list[tuple[Any, ...]] = self._connection.execute(
            f"SELECT {BODY_COLUMNS} FROM body b"  # noqa: S608 - a constant
            " WHERE b.number IN (SELECT value FROM json_each(?))",
            (orjson.dumps(numbers).decode(),),
        ).fetchall()
        self._bodies = {row[0]: row for row in rows}

    def _bulk_get_one(self, doc_id: str, rev: str | None, options: ReadOptions) -> BulkGetRow:
        try:
            document = self.find(doc_id)
            if document is not None and rev == document.stored_rev:  # what replication mostly asks for
                if not document.is_single:
                    return BulkGetRow(doc_id, [self.read(document, document.tree.winner, options)])
                if options in _WITHOUT_TREE:
                    return BulkGetRow(doc_id, [self._read_single(document, options)])
            found = self.open_revs(doc_id, "all" if rev is None else [rev], options)
        except SyncError as error:  # damage too: it keeps nobody from the others
            return BulkGetRow(doc_id, [], WriteResult(doc_id, rev, error.error, error.reason))
        docs = [item for item in found if not isinstance(item, str)]
        if docs:
            return BulkGetRow(doc_id, docs)
        return BulkGetRow(doc_id, [], WriteResult(doc_id, rev, "not_found", "missing"))

    def read(self, document: StoredDocument, revision: Revision, options: ReadOptions = PLAIN) -> Document:
        """Return one revision. Raises: DocumentNotFound when its body is gone."""
        body = document.bodies.get(revision)
        if body is None:
            raise DocumentNotFound("missing")
        read = compose(document.id, str(revision), self._body(body))
        if revision in document.tree.deleted:
            read["_deleted"] = True
        if options != PLAIN:
            add_options(read, document, revision, options)
        return read

    def _read_single(self, document: StoredDocument, options: ReadOptions) -> Document:
        """Return what `read` would of a document that has one revision, without a tree."""
        rev = document.stored_rev or ""
        read = compose(document.id, rev, self._body(document.leaf_bodies[0]))
        if document.is_deleted:
            read["_deleted"] = True
        if options.revs:
            generation, _, digest = rev.partition("-")
            read["_revisions"] = {"start": int(generation), "ids": [digest]}
        return read

    def _body(self, number: int) -> SpeltDocument:
        row: Any = self._bodies.get(number)
        if row is None:
            row = self._connection.execute(
                f"SELECT {BODY_COLUMNS} FROM body b WHERE b.number = ?",  # noqa: S608 - a constant
                (number,),
            ).fetchone()
        if row is None:
            raise damaged("A stored document")
        return read_body(*row)


def compose(doc_id: str, rev: str, body: SpeltDocument) -> Document:
    return SpeltDocument({"_id": doc_id, "_rev": rev, **body}, body.spelling)


def _status(document: StoredDocument, revision: Revision) -> str:
    if revision not in document.bodies:
        return "missing"
    return "deleted" if revision in document.tree.deleted else "available"


def add_options(read: Document, document: StoredDocument, revision: Revision, options: ReadOptions) -> None:
    """Spec: PROTOCOL B34."""
    tree = document.tree
    history = tree.history(revision)
    if options.revs:
        read["_revisions"] = {"start": revision.generation, "ids": [ancestor.digest for ancestor in history]}
    if options.revs_info:
        read["_revs_info"] = [
            {"rev": str(ancestor), "status": _status(document, ancestor)} for ancestor in history
        ]
    if options.local_seq:
        read["_local_seq"] = document.seq
    if not (options.conflicts or options.deleted_conflicts):
        return
    others = [leaf for leaf in tree.leaves if leaf != tree.winner]
    conflicts = [str(leaf) for leaf in others if leaf not in tree.deleted]
    deleted_conflicts = [str(leaf) for leaf in others if leaf in tree.deleted]
    if options.conflicts and conflicts:
        read["_conflicts"] = conflicts
    if options.deleted_conflicts and deleted_conflicts:
        read["_deleted_conflicts"] = deleted_conflicts


def parse_wanted(revs: object) -> list[Revision]:
    """Return the revisions of one entry of `_revs_diff`. Raises: BadRequest. Spec: PROTOCOL D54."""
    if not isinstance(revs, (list, tuple)):
        raise BadRequest("Revisions to compare must be a list.")
    return [parse_revision(rev) for rev in revs]
