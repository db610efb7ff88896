"""A Peer on the pure core alone: no file, no thread, the same calls always the same way.

It can be copied and set back, with another life of its data or silently, as a file copied over
another is; and it can keep writes in too few copies, which are gone when it loses them.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.document import check_document_id, parse_document
from sync.errors import BadRequest, Conflict, DatabaseNotFound, DocumentNotFound, SyncError
from sync.peer import (
    SEQ_START,
    BulkGetRow,
    ChangeRow,
    ChangesPage,
    DatabaseInfo,
    Document,
    DocumentLike,
    ReadOptions,
    RevsDiff,
    Seq,
    WriteResult,
)
from sync.revision import Revision, next_revision, parse_revision
from sync.revision_tree import RevisionTree


@dataclass(slots=True)
class Held:
    """One document; replaced by another when it changes, never changed."""

    tree: RevisionTree
    bodies: dict[Revision, dict[str, Any]]
    seq: int


@dataclass(slots=True)
class State:
    """All that a copy of the file would hold."""

    life: str
    last_seq: int = 0
    documents: dict[str, Held] = field(default_factory=dict)
    local: dict[str, dict[str, Any]] = field(default_factory=dict)

    def copied(self) -> State:
        return State(self.life, self.last_seq, dict(self.documents), copy.deepcopy(self.local))


class MemoryPeer:
    """What the replicator calls of a Peer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lives = 0
        self.is_deleted = False
        self.is_thin = False
        self._durable: State | None = None
        self.state = State("")
        self.make_again()

    def make_again(self) -> None:
        """As a database deleted and created."""
        self._lives += 1
        self.state = State(f"{self.name}.{self._lives}")
        self.is_deleted = False
        self.regain_copies()

    def restore(self, state: State, *, is_silent: bool) -> None:
        self.state = state.copied()
        self.regain_copies()
        if not is_silent:
            self._lives += 1
            self.state.life = f"{self.name}.{self._lives}"

    def lose_copies(self, *, keeps_local: bool = False) -> None:
        """Begin to keep too few copies, or lose what was written so.

        No seq is given out twice, and what is another now is listed again: the seqs of a lost node mean
        nothing to the others, so the feed goes back.
        `keeps_local`: the `_local` documents lay on other nodes than the lost ones.
        """
        if self.is_thin and self._durable is not None:
            before = self.state
            self.state = self._durable.copied()
            self.state.last_seq = before.last_seq
            self.state.local = before.local if keeps_local else self.state.local
            for doc_id, held in self.state.documents.items():
                if before.documents[doc_id] is not held:
                    self.state.last_seq += 1
                    self.state.documents[doc_id] = replace(held, seq=self.state.last_seq)
        self._durable, self.is_thin = self.state.copied(), True

    def regain_copies(self) -> None:
        self._durable, self.is_thin = None, False

    def _number(self, since: Seq) -> int:
        if since == SEQ_START:
            return 0
        number, _, life = since.partition("-")
        if not life:
            raise BadRequest("Malformed sequence supplied in 'since' parameter.")
        return int(number) if life == self.state.life and int(number) <= self.state.last_seq else 0

    def _check(self) -> None:
        if self.is_deleted:
            raise DatabaseNotFound

    def info(self) -> DatabaseInfo:
        self._check()
        seq = f"{self.state.last_seq}-{self.state.life}"
        return DatabaseInfo(self.name, len(self.state.documents), 0, seq, self.state.life, 0)

    def bulk_docs(self, docs: Sequence[DocumentLike], *, new_edits: bool = True) -> list[WriteResult]:
        self._check()
        rows = [self._write(doc, new_edits=new_edits) for doc in docs]
        if not self.is_thin:
            return rows
        return [replace(row, is_durable=False) if row.is_ok else row for row in rows]

    def _write(self, doc: DocumentLike, *, new_edits: bool) -> WriteResult:
        try:
            offered = parse_document(doc, new_edits=new_edits)
            held = self.state.documents.get(offered.id)
            path = list(offered.path)
            if new_edits:
                parent = self._parent(held, path)
                digest = hashlib.sha256(json.dumps(offered.body, sort_keys=True).encode()).digest()
                new = next_revision(parent, is_deleted=offered.is_deleted, content_sha256=digest)
                path = [new, *([parent] if parent else [])]
        except SyncError as error:
            return WriteResult(str(doc.get("_id")), error=error.error, reason=error.reason)
        self._add(offered.id, held, path, offered.body, is_deleted=offered.is_deleted)
        return WriteResult(offered.id, str(path[0]))

    @staticmethod
    def _parent(held: Held | None, path: Sequence[Revision]) -> Revision | None:
        if held is None or (not path and held.tree.winner in held.tree.deleted):
            return held.tree.winner if held else None
        if not path or path[0] not in held.tree.leaves:
            raise Conflict
        return path[0]

    def _add(
        self, doc_id: str, held: Held | None, path: list[Revision], body: dict[str, Any], *, is_deleted: bool
    ) -> None:
        is_known = held is not None and path[0] in held.tree
        branch = RevisionTree.of_path(path, is_deleted=is_deleted and not is_known)
        tree = held.tree.merged(branch) if held else branch
        if held is not None and is_known and tree == held.tree:
            return
        bodies = dict(held.bodies) if held else {}
        bodies.setdefault(path[0], body)
        self.state.last_seq += 1
        self.state.documents[doc_id] = Held(tree, bodies, self.state.last_seq)

    def _read(self, doc_id: str, held: Held, revision: Revision, options: ReadOptions | None) -> Document:
        doc = {"_id": doc_id, "_rev": str(revision), **held.bodies[revision]}
        if revision in held.tree.deleted:
            doc["_deleted"] = True
        if options is not None and options.revs:
            ids = [each.digest for each in held.tree.history(revision)]
            doc["_revisions"] = {"start": revision.generation, "ids": ids}
        return doc

    def open_revs(
        self, doc_id: str, revs: Sequence[str], *, options: ReadOptions | None = None
    ) -> list[Document | str]:
        self._check()
        held = self.state.documents.get(doc_id)
        found: list[Document | str] = []
        for text in revs:
            revision = parse_revision(text)
            if held is None or revision not in held.tree:
                found.append(text)
            elif options is not None and options.latest:
                leaves = held.tree.leaves_after(revision)
                found += [self._read(doc_id, held, leaf, options) for leaf in leaves]
            else:
                found.append(self._read(doc_id, held, revision, options))
        return found

    def bulk_get(
        self, wanted: Sequence[tuple[str, str | None]], *, options: ReadOptions | None = None
    ) -> list[BulkGetRow]:
        rows = []
        for doc_id, rev in wanted:
            found = self.open_revs(doc_id, self._leaves(doc_id) if rev is None else [rev], options=options)
            docs = [doc for doc in found if not isinstance(doc, str)]
            missing = None if docs else WriteResult(doc_id, rev, "not_found", "missing")
            rows.append(BulkGetRow(doc_id, docs, missing))
        return rows

    def _leaves(self, doc_id: str) -> list[str]:
        held = self.state.documents.get(doc_id)
        return [str(leaf) for leaf in held.tree.leaves] if held else []

    def revs_diff(self, revs: Mapping[str, Sequence[str]]) -> dict[str, RevsDiff]:
        self._check()
        missing = {}
        for doc_id, texts in revs.items():
            held = self.state.documents.get(doc_id)
            unknown = [text for text in texts if held is None or parse_revision(text) not in held.tree]
            if unknown:
                missing[doc_id] = RevsDiff(unknown)
        return missing

    def changes(
        self, since: Seq = SEQ_START, *, limit: int | None = None, style: str = "main_only", **_: Any
    ) -> ChangesPage:
        self._check()
        after = self._number(since)
        held = self.state.documents
        found = sorted((each.seq, doc_id) for doc_id, each in held.items() if each.seq > after)
        taken = found[: len(found) if limit is None else limit]
        last = self.state.last_seq if len(taken) == len(found) else taken[-1][0] if taken else after
        rows = [self._row(doc_id, held[doc_id]) for _, doc_id in taken]
        return ChangesPage(rows, f"{last}-{self.state.life}", len(found) - len(taken))

    def _row(self, doc_id: str, held: Held) -> ChangeRow:
        leaves = tuple(str(leaf) for leaf in held.tree.leaves)
        is_deleted = held.tree.winner in held.tree.deleted
        return ChangeRow(f"{held.seq}-{self.state.life}", doc_id, leaves, is_deleted)

    def wait(self, since: Seq, timeout_s: float) -> bool:
        self._check()
        return self.state.last_seq > self._number(since)

    def get_local(self, local_id: str) -> Document | None:
        self._check()
        found = self.state.local.get(local_id)
        return {"_id": f"_local/{local_id}", "_rev": "0-1", **copy.deepcopy(found)} if found else None

    def put_local(self, local_id: str, body: DocumentLike) -> str:
        self._check()
        check_document_id(f"x{local_id}")
        kept = {name: value for name, value in body.items() if name not in ("_id", "_rev")}
        self.state.local[local_id] = copy.deepcopy(kept)
        return "0-1"

    def delete_local(self, local_id: str) -> None:
        if self.state.local.pop(local_id, None) is None:
            raise DocumentNotFound("missing")

    def get_many(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        held = {doc_id: self.state.documents.get(doc_id) for doc_id in doc_ids}
        return {
            doc_id: self._read(doc_id, each, each.tree.winner, None)
            for doc_id, each in held.items()
            if each is not None and each.tree.winner not in each.tree.deleted
        }
