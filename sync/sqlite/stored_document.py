"""One document as its row holds it: the revision tree, and where the body of each revision lies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import apsw
import orjson

from sync.errors import StorageFailed
from sync.revision import Revision, parse_revision
from sync.revision_tree import RevisionTree
from sync.sqlite.seals import damaged, document_seal

_Branch = tuple[Sequence[Revision], int, bool]
"""A path newest first, the body of its head, and whether that is a tombstone."""

COLUMNS: Final = "number, id, seq, rev, is_deleted, body, tree, seal"

_ONE: Final = f"SELECT {COLUMNS} FROM document WHERE database = ? AND id = ?"  # noqa: S608 - a constant
_SEVERAL: Final = (
    f"SELECT {COLUMNS} FROM document"  # noqa: S608 - a constant
    " WHERE database = ? AND id IN (SELECT value FROM json_each(?))"
)

UPSERT: Final = """
INSERT INTO document (database, id, seq, rev, is_deleted, body, tree, old_bodies, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (database, id) DO UPDATE SET
    seq = excluded.seq, rev = excluded.rev, is_deleted = excluded.is_deleted,
    body = excluded.body, tree = excluded.tree, old_bodies = excluded.old_bodies, seal = excluded.seal
"""


class StoredDocument:
    """Mutable inside one transaction. `number` and `seq` are None until it is stored."""

    __slots__ = ("_bodies", "_branch", "_row", "_tree", "id", "number", "seq")

    def __init__(self, doc_id: str, row: tuple[Any, ...] | None = None) -> None:
        self.id = doc_id
        self._row = row
        self.number: int | None = row[0] if row else None
        self.seq: int | None = row[2] if row else None
        self._tree: RevisionTree | None = None
        self._branch: _Branch | None = None
        self._bodies: dict[Revision, int] = {}

    @classmethod
    def from_row(cls, database: int, row: tuple[Any, ...]) -> StoredDocument:
        """Take a row of COLUMNS; the tree is read only when it is asked for. Raises: StorageFailed."""
        check_row(database, row)
        return cls(row[1], row)

    @classmethod
    def of_branch(
        cls, doc_id: str, path: Sequence[Revision], body: int, *, is_deleted: bool
    ) -> StoredDocument:
        """Return a new document with one branch, newest first; its tree is made only when asked for."""
        document = cls(doc_id)
        document._branch = path, body, is_deleted
        return document

    @property
    def exists(self) -> bool:
        """Whether it has any revision, deleted ones included."""
        return self._row is not None or self._tree is not None or self._branch is not None

    @property
    def was_deleted(self) -> bool | None:
        """Whether the row as it was read is deleted; None when there was none."""
        return bool(self._row[4]) if self._row else None

    @property
    def stored_rev(self) -> str | None:
        """The winner's revision as its row has it; None for a document that is not stored yet."""
        return self._row[3] if self._row else None

    @property
    def is_single(self) -> bool:
        """Whether the winner, as it is stored, is the only revision: then no tree need be made."""
        return self._tree is None and self._row is not None and self._row[6] is None

    @property
    def leaf_bodies(self) -> list[int]:
        """The body rows of all leaves."""
        if self.is_single and self._row is not None:
            return [self._row[5]]
        return [self.bodies[leaf] for leaf in self.tree.leaves]

    @property
    def tree(self) -> RevisionTree:
        if self._tree is None:
            self._read()
        assert self._tree is not None
        return self._tree

    @property
    def bodies(self) -> dict[Revision, int]:
        """The number of the body row of each revision that still has one."""
        if self._tree is None:
            self._read()
        return self._bodies

    @property
    def is_deleted(self) -> bool:
        if self._branch is not None:
            return self._branch[2]
        if self._tree is None and self._row is not None:
            return bool(self._row[4])
        return self.tree.winner in self.tree.deleted

    def add(self, tree: RevisionTree, revision: Revision | None, body: int | None) -> list[int]:
        """Take a new tree, and the body of the revision that it adds (None: it adds only ancestry).

        Returns the body rows that stemming freed.
        """
        bodies = dict(self.bodies) if self.exists else {}
        if revision is not None and body is not None:
            bodies[revision] = body
        freed = [number for revision, number in bodies.items() if revision not in tree]
        self._tree, self._branch = tree, None
        self._bodies = {revision: number for revision, number in bodies.items() if revision in tree}
        return freed

    def drop_old_bodies(self) -> list[int]:
        """Forget the bodies of revisions that are no leaves; returns their rows."""
        leaves = set(self.tree.leaves)
        old = [revision for revision in self.bodies if revision not in leaves]
        return [self._bodies.pop(revision) for revision in old]

    def columns(self, database: int, seq: int) -> tuple[Any, ...]:
        """The values of UPSERT: the row as it is to be from now on."""
        if self._branch is not None:
            path, body, is_deleted = self._branch
            rev, encoded = str(path[0]), _encode_branch(path, body, is_deleted) if len(path) > 1 else None
            seal = document_seal(database, self.id, seq, rev, int(is_deleted), body, encoded)
            return database, self.id, seq, rev, int(is_deleted), body, encoded, 0, seal
        tree = self.tree
        winner = tree.winner
        old_bodies = len(self.bodies) - sum(leaf in self._bodies for leaf in tree.leaves)
        encoded = _encode_tree(tree, self._bodies) if len(tree.parents) > 1 else None
        deleted = int(winner in tree.deleted)
        rev, body = str(winner), self._bodies[winner]
        seal = document_seal(database, self.id, seq, rev, deleted, body, encoded)
        return database, self.id, seq, rev, deleted, body, encoded, old_bodies, seal

    def _read(self) -> None:
        if self._branch is not None:
            path, body, was_deleted = self._branch
            self._tree, self._branch = RevisionTree.of_path(path, is_deleted=was_deleted), None
            self._bodies = {path[0]: body}
            return
        assert self._row is not None
        _, _, _, rev, is_deleted, body, encoded, _ = self._row
        if encoded is None:
            winner = parse_revision(rev)
            self._tree = RevisionTree.of_path([winner], is_deleted=bool(is_deleted))
            self._bodies = {winner: body}
        else:
            self._tree, self._bodies = _decode_tree(encoded)


def check_row(database: int, row: tuple[Any, ...]) -> None:
    """Raises: StorageFailed (damaged) when a row of COLUMNS is not what was written."""
    _, doc_id, seq, rev, is_deleted, body, tree, seal = row
    try:
        is_whole = document_seal(database, doc_id, seq, rev, is_deleted, body, tree) == seal
    except (TypeError, ValueError):  # a flipped bit may have changed what type a column has
        is_whole = False
    if not is_whole:
        raise damaged("A stored document")


def _encode_branch(path: Sequence[Revision], body: int, is_deleted: bool) -> bytes:
    """Return what _encode_tree would, without a tree."""
    rows: list[tuple[Any, ...]] = [
        (revision.generation, revision.digest, 0, None, parent.digest) for revision, parent in pairwise(path)
    ]
    rows[0] = (*rows[0][:2], int(is_deleted), body, rows[0][4])
    rows.append((path[-1].generation, path[-1].digest, 0, None))
    return orjson.dumps(rows)


def _encode_tree(tree: RevisionTree, bodies: dict[Revision, int]) -> bytes:
    return orjson.dumps(
        [
            (
                revision.generation,
                revision.digest,
                int(revision in tree.deleted),
                bodies.get(revision),
                *[parent.digest for parent in parents],
            )
            for revision, parents in tree.parents.items()
        ]
    )


def _decode_tree(encoded: bytes) -> tuple[RevisionTree, dict[Revision, int]]:
    parents, deleted, bodies = {}, [], {}
    for generation, digest, is_deleted, body, *parent_digests in orjson.loads(encoded):
        revision = Revision(generation, digest)
        parents[revision] = tuple(Revision(generation - 1, parent) for parent in parent_digests)
        if is_deleted:
            deleted.append(revision)
        if body is not None:
            bodies[revision] = body
    return RevisionTree(parents, frozenset(deleted)), bodies


def load_documents(
    connection: apsw.Connection, database: int, doc_ids: Iterable[str]
) -> dict[str, StoredDocument]:
    """Return those that exist, by id. Raises: StorageFailed (damaged)."""
    return {row[1]: StoredDocument.from_row(database, row) for row in _rows(connection, database, doc_ids)}


def load_sound_documents(
    connection: apsw.Connection, database: int, doc_ids: Iterable[str]
) -> tuple[dict[str, StoredDocument], dict[str, StorageFailed]]:
    """Return those that exist, by id, and what is wrong with each that is damaged."""
    documents, failures = {}, {}
    for row in _rows(connection, database, doc_ids):
        try:
            documents[row[1]] = StoredDocument.from_row(database, row)
        except StorageFailed as error:
            failures[row[1]] = error
    return documents, failures


def _rows(connection: apsw.Connection, database: int, doc_ids: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    wanted = list(doc_ids)
    if len(wanted) == 1:
        return connection.execute(_ONE, (database, wanted[0]))
    return connection.execute(_SEVERAL, (database, orjson.dumps(wanted).decode()))
