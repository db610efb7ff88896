"""Writing documents inside one transaction: ordinary edits, and revisions made elsewhere.

Everything that can be refused or computed without the file is done before, in the caller's thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import apsw

from sync.document import OfferedDocument, parse_document
from sync.errors import BadRequest, Conflict, Forbidden, SyncError
from sync.peer import DocumentLike, WriteResult
from sync.revision import Revision, next_revision
from sync.revision_tree import RevisionTree
from sync.spelling import spelling_of
from sync.sqlite.body import DEFAULTS, EncodedBody, content_sha256, encode_body
from sync.sqlite.database import Database, find_database
from sync.sqlite.limits import EngineLimits
from sync.sqlite.many_rows import write_many
from sync.sqlite.purging import PurgedRevision, forget_purged, known_as_purged
from sync.sqlite.seals import body_seal
from sync.sqlite.seq_ranges import count_moved
from sync.sqlite.stored_document import UPSERT, StoredDocument, load_documents
from sync.sqlite.usual_rows import prepare_usual
from sync.sqlite.writer import touch

INSERT_BODY: Final = "INSERT INTO body VALUES (?, ?, ?, ?, ?)"


class PreparedRow(NamedTuple):
    """A row of a write that may be stored, with what the disk will hold.

    `content_sha256` names an ordinary edit; a revision made elsewhere has its name.
    """

    offered: OfferedDocument
    body: EncodedBody
    content_sha256: bytes = b""


def prepare_rows(
    docs: Sequence[DocumentLike], limits: EngineLimits = DEFAULTS, *, new_edits: bool
) -> list[PreparedRow | WriteResult]:
    """Return each row ready to be stored, or its own refusal. Spec: PROTOCOL C45."""
    if new_edits:
        return [_prepare(offered, limits, new_edits=True) for offered in docs]
    return [
        PreparedRow(*usual)
        if (usual := prepare_usual(offered, limits)) is not None
        else _prepare(offered, limits, new_edits=False)
        for offered in docs
    ]


def _prepare(offered: DocumentLike, limits: EngineLimits, *, new_edits: bool) -> PreparedRow | WriteResult:
    try:
        parsed = parse_document(offered, new_edits=new_edits)
        if len(parsed.id) * 4 > limits.id_bytes < len(parsed.id.encode()):
            raise BadRequest(
                f"A document id may have at most {limits.id_bytes} bytes.", error="illegal_docid"
            )
        if parsed.path and parsed.path[0].generation + new_edits > limits.generation:
            raise BadRequest(f"A document may have at most {limits.generation} generations.")
        body = encode_body(parsed.body, limits, spelling_of(offered))
        named_after = content_sha256(parsed.body, body) if new_edits else b""
    except SyncError as error:
        doc_id = offered.get("_id") if isinstance(offered, dict) else None
        return refusal(doc_id if isinstance(doc_id, str) else "", error)
    return PreparedRow(parsed, body, named_after)


def refusal(doc_id: str, error: SyncError) -> WriteResult:
    return WriteResult(doc_id, error=error.error, reason=error.reason)


class WriteRows:
    """The rows of one call as a job of the writer; calls on one database are done as one batch."""

    __slots__ = ("_database", "_limits", "_new_edits", "_rows")

    def __init__(
        self,
        database: str,
        rows: Sequence[PreparedRow | WriteResult],
        limits: EngineLimits = DEFAULTS,
        *,
        new_edits: bool,
    ) -> None:
        self._database = database
        self._rows = rows
        self._limits = limits
        self._new_edits = new_edits

    @property
    def joins(self) -> str:
        return self._database

    def __call__(self, connection: apsw.Connection) -> list[WriteResult]:
        return self.together(connection, [self])[0]

    def together(self, connection: apsw.Connection, jobs: Sequence[WriteRows]) -> list[list[WriteResult]]:
        """Return the results of each; raises what concerns them all (DatabaseNotFound)."""
        batch = Batch(connection, find_database(connection, self._database), self._limits)
        batch.load([row for job in jobs for row in job._rows])
        results = [batch.write(job._rows, new_edits=job._new_edits) for job in jobs]
        batch.store()
        return results


class Batch:
    """The rows of one transaction; `store` writes what they came to."""

    def __init__(
        self, connection: apsw.Connection, database: Database, limits: EngineLimits = DEFAULTS
    ) -> None:
        self._connection = connection
        self._database = database
        self._limits = limits
        self._documents: dict[str, StoredDocument] = {}
        self._changed: dict[str, StoredDocument] = {}
        self._new_bodies: list[tuple[int, bytes, bytes, bool, int]] = []
        self._freed: list[int] = []
        self._purged: set[PurgedRevision] = set()
        self._revived: list[PurgedRevision] = []
        self._next_body: int = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM body").get

    def load(self, rows: Sequence[PreparedRow | WriteResult]) -> None:
        """Read what is known of all documents that will be written."""
        wanted = {row.offered.id for row in rows if isinstance(row, PreparedRow)}
        self._documents = load_documents(self._connection, self._database.number, wanted)
        self._purged = known_as_purged(self._connection, self._database, wanted)

    def write(self, rows: Sequence[PreparedRow | WriteResult], *, new_edits: bool) -> list[WriteResult]:
        """Apply rows that were loaded in order, each to what the ones before it left."""
        return [
            row if isinstance(row, WriteResult) else self._write_row(row, new_edits=new_edits) for row in rows
        ]

    def _write_row(self, row: PreparedRow, *, new_edits: bool) -> WriteResult:
        doc_id = row.offered.id
        document = self._documents.get(doc_id)
        if document is None and not new_edits and (doc_id, row.offered.path[0]) not in self._purged:
            self._insert(row)
            return WriteResult(doc_id, str(row.offered.path[0]))
        document = document or StoredDocument(doc_id)
        try:
            revision = self._edit(document, row) if new_edits else self._replicate(document, row)
        except SyncError as error:
            return refusal(doc_id, error)
        return WriteResult(doc_id, str(revision))

    def _insert(self, row: PreparedRow) -> None:
        """Take in a document that is not there yet, as replication mostly brings it."""
        offered = row.offered
        document = StoredDocument.of_branch(
            offered.id, offered.path, self._add_body(row.body), is_deleted=offered.is_deleted
        )
        self._documents[offered.id] = self._changed[offered.id] = document

    def _add_body(self, body: EncodedBody) -> int:
        number = self._next_body
        self._next_body += 1
        self._new_bodies.append((number, *body, body_seal(number, body.sha256, body.is_wide)))
        return number

    def _edit(self, document: StoredDocument, row: PreparedRow) -> Revision:
        """Extend the leaf that the writer saw. Spec: PROTOCOL B19, B23."""
        parent = _parent_for(document, row.offered)
        revision = next_revision(parent, is_deleted=row.offered.is_deleted, content_sha256=row.content_sha256)
        if (document.id, revision) in self._purged:
            self._revived.append((document.id, revision))
        path = [revision, parent] if parent else [revision]
        self._add(document, RevisionTree.of_path(path, is_deleted=row.offered.is_deleted), revision, row.body)
        return revision

    def _replicate(self, document: StoredDocument, row: PreparedRow) -> Revision:
        """Take the path in; a known revision keeps the body that it has. Spec: PROTOCOL C38, C39."""
        revision = row.offered.path[0]
        if (document.id, revision) in self._purged:
            return revision  # known, and gone for good: PROTOCOL G96
        branch = RevisionTree.of_path(row.offered.path, is_deleted=row.offered.is_deleted)
        is_known = document.exists and revision in document.tree
        if is_known:
            branch = RevisionTree(branch.parents)
        elif document.exists and len(document.tree.leaves) >= self._limits.leaves:
            self._refuse_another_leaf(document, row.offered.path)
        self._add(document, branch, None if is_known else revision, row.body)
        return revision

    def _add(
        self, document: StoredDocument, branch: RevisionTree, revision: Revision | None, body: EncodedBody
    ) -> None:
        tree = (document.tree.merged(branch) if document.exists else branch).stemmed()
        if revision is None and tree == document.tree:
            return
        number = None if revision is None else self._add_body(body)
        self._freed += document.add(tree, revision, number)
        self._documents[document.id] = document
        self._changed.pop(document.id, None)  # its place among the seqs is that of its last change
        self._changed[document.id] = document

    def _refuse_another_leaf(self, document: StoredDocument, path: Sequence[Revision]) -> None:
        """Every write of a document costs its whole tree. Raises: Forbidden, unless `path` extends a leaf."""
        if set(document.tree.leaves).isdisjoint(path[1:]):
            raise Forbidden(f"This document has {self._limits.leaves} conflicting revisions already.")

    def store(self) -> None:
        """Write bodies, documents, counts and seqs; without a change, nothing."""
        if not self._changed:
            return
        first_seq = self._database.last_seq + 1
        rows = [
            document.columns(self._database.number, seq)
            for seq, document in enumerate(self._changed.values(), first_seq)
        ]
        write_many(self._connection, INSERT_BODY, self._new_bodies)
        write_many(self._connection, UPSERT, rows)
        if self._freed:
            freed = [(body,) for body in self._freed]
            self._connection.executemany("DELETE FROM body WHERE number = ?", freed)
        old_seqs = [document.seq for document in self._changed.values() if document.seq is not None]
        count_moved(self._connection, self._database.number, old_seqs, [row[2] for row in rows])
        if self._revived:
            forget_purged(self._connection, self._database, self._revived)
        live, deleted = _count_changes(self._changed.values())
        self._connection.execute(
            "UPDATE database SET last_seq = last_seq + ?, doc_count = doc_count + ?,"
            " doc_del_count = doc_del_count + ? WHERE number = ?",
            (len(rows), live, deleted, self._database.number),
        )
        touch(self._connection, self._database.name)


def _parent_for(document: StoredDocument, offered: OfferedDocument) -> Revision | None:
    """Return the leaf that an edit extends; None for a new document. Raises: Conflict."""
    if not document.exists:
        if offered.path:
            # CouchDB takes any _rev for a new id; here an edit of what is not there is a conflict.
            raise Conflict
        return None
    if not offered.path:
        # Written anew, a deleted document goes on where it ended. It cannot be deleted once more.
        if offered.is_deleted or not document.is_deleted:
            raise Conflict
        return document.tree.winner
    # Of a document that is deleted no leaf is named; beside a living one a deleted leaf is a leaf.
    if document.is_deleted or offered.path[0] not in document.tree.leaves:
        raise Conflict
    return offered.path[0]


def _count_changes(documents: Iterable[StoredDocument]) -> tuple[int, int]:
    live = deleted = 0
    for document in documents:
        was = document.was_deleted
        live += (not document.is_deleted) - (was is False)
        deleted += document.is_deleted - (was is True)
    return live, deleted
