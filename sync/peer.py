"""Peer and Server: one database, and the place that holds many, as everything else sees them.

Every backend implements both and passes tests/contract/. Methods block, may be called from any
native thread, and know nothing of HTTP, users or records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol

DocumentLike = Mapping[str, Any]
Document = dict[str, Any]
"""A JSON object with `_id`, and `_rev` when it was read; body members beside them.

A sync.spelling.SpeltDocument says as well how its body was received, 1e2 and 1.0 and spaces: a peer that
stores bytes keeps them so and gives them back so, as long as they say what the members say.
"""

Seq = str
"""Opaque: store it, send it back, never count with it."""
SEQ_START: Final[Seq] = "0"

Style = Literal["main_only", "all_docs"]


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """What `GET /db` tells. Spec: PROTOCOL A3, A4."""

    name: str
    doc_count: int
    doc_del_count: int
    update_seq: Seq
    instance_start_time: str
    size_bytes: int


# Rows are made by the hundred thousand, and a frozen dataclass takes three times as long to make.
@dataclass(slots=True)
class WriteResult:
    """One row of a bulk write, in the order given.

    `rev` is None exactly when `error` is set. `is_durable` is False when the write has too few
    copies (a cluster below quorum, CouchDB's 202): it must be written again, never acknowledged.
    """

    id: str
    rev: str | None = None
    error: str | None = None
    reason: str | None = None
    is_durable: bool = True

    @property
    def is_ok(self) -> bool:
        return self.error is None


@dataclass(slots=True)
class ChangeRow:
    """One document at its latest seq. `revs` starts with the winner; `doc` when it was asked for."""

    seq: Seq
    id: str
    revs: tuple[str, ...]
    is_deleted: bool
    doc: Document | None = None


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`last_seq` covers rows that a filter skipped; `pending` counts rows after it."""

    rows: list[ChangeRow]
    last_seq: Seq
    pending: int


@dataclass(slots=True)
class DocRow:
    """One row of `all_docs`: a document that exists and is not deleted."""

    id: str
    rev: str
    doc: Document | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The flags of a document read, as CouchDB names them. Spec: PROTOCOL B20, B33, B34."""

    revs: bool = False
    revs_info: bool = False
    conflicts: bool = False
    deleted_conflicts: bool = False
    local_seq: bool = False
    latest: bool = False


@dataclass(slots=True)
class RevsDiff:
    """Spec: PROTOCOL D52, D53."""

    missing: list[str]
    possible_ancestors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class BulkGetRow:
    """One requested (id, rev): the documents found, or the error row. Spec: PROTOCOL D56-D61."""

    id: str
    docs: list[Document]
    error: WriteResult | None = None


class Peer(Protocol):
    """One database."""

    @property
    def name(self) -> str: ...

    def info(self) -> DatabaseInfo:
        """Raises: DatabaseNotFound."""

    def get(self, doc_id: str, *, rev: str | None = None, options: ReadOptions | None = None) -> Document:
        """Return the winner, or the revision asked for, with `_id` and `_rev`.

        Raises: DocumentNotFound (reason "missing" or "deleted"), BadRequest (bad rev text).
        """

    def get_many(self, doc_ids: Iterable[str]) -> dict[str, Document]:
        """Return the winners that exist and are not deleted, by id."""

    def open_revs(
        self, doc_id: str, revs: Sequence[str] | Literal["all"], *, options: ReadOptions | None = None
    ) -> list[Document | str]:
        """Return leaves, or the revisions asked for; a missing one comes back as its rev text."""

    def bulk_docs(self, docs: Sequence[DocumentLike], *, new_edits: bool = True) -> list[WriteResult]:
        """Write all rows in one durable commit; a bad row has its own error and the others land.

        With new_edits=False a row carries `_rev` or `_revisions` and never conflicts.
        On return every row that `is_ok and is_durable` is on disk.

        Raises: StorageFailed, Overloaded: nothing of this call is acknowledged.
        """

    def bulk_get(
        self, wanted: Sequence[tuple[str, str | None]], *, options: ReadOptions | None = None
    ) -> list[BulkGetRow]: ...

    def revs_diff(self, revs: Mapping[str, Sequence[str]]) -> dict[str, RevsDiff]: ...

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
        """Return rows after `since` ("now" = the end). A seq of another epoch restarts at 0.

        No row is missing and none comes twice; they are in the order of their writes, on a CouchDB only
        among documents of one shard.

        `selector` (Mango), `doc_ids` and `design_only` choose rows before `limit` counts them; under
        style "all_docs" a row lists the leaves that the selector matches. `options` is what `doc`
        shows beside the body (conflicts, revs, …), with include_docs.

        Raises: BadRequest when `since` or `selector` cannot be read.
        """

    def wait(self, since: Seq, timeout_s: float) -> bool:
        """Block until something is later than `since`, or time is up; True if there is."""

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
        """Return rows by id (code point order), start and end inclusive."""

    def count_before(self, start: str, *, descending: bool = False) -> int | None:
        """Return how many rows of `all_docs` come before those from `start` on.

        None where that would cost the more the larger the database is.
        """

    def get_local(self, local_id: str) -> Document | None:
        """Return `_local/<local_id>`, or None. It is never replicated, listed or counted."""

    def put_local(self, local_id: str, body: DocumentLike) -> str:
        """Write it, whatever was there, and return its new rev ("0-N")."""

    def delete_local(self, local_id: str) -> None:
        """Raises: DocumentNotFound."""

    def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Remove these leaves, and ancestors that only they had, without a tombstone; durably.

        Returns by id the revisions that were removed: what is unknown or no leaf is left out. A purged
        revision counts as known from then on: replication neither asks for it nor brings it back.

        Raises: BadRequest (bad rev text), StorageFailed, Overloaded. Spec: PROTOCOL G96.
        """

    def compact(self) -> None:
        """Drop bodies of revisions that are no leaves, in small pieces while clients work."""


class Server(Protocol):
    """Many databases under one roof."""

    @property
    def uuid(self) -> str:
        """32 hex digits that never change, restarts and restores included."""

    @property
    def epoch(self) -> str:
        """12 hex digits that name this life of the data; changed by restore and rebuild."""

    def change_epoch(self) -> str:
        """Begin a new life: every seq given before rewinds to 0. Returns the new epoch."""

    def open(self, name: str) -> Peer:
        """Raises: DatabaseNotFound."""

    def create(self, name: str) -> Peer:
        """Raises: PreconditionFailed (file_exists), BadRequest (illegal_database_name)."""

    def ensure(self, name: str) -> Peer:
        """Open it, creating it first if it does not exist."""

    def delete(self, name: str) -> None:
        """Raises: DatabaseNotFound."""

    def names(self, prefix: str = "") -> list[str]: ...

    def subscribe(self, on_commit: Callable[[str], None]) -> Callable[[], None]:
        """Call `on_commit(database)` soon after any commit, from whichever process; returns unsubscribe.

        The callback runs in the engine's own thread and must return at once.
        """

    def wipe_freed(self) -> None:
        """Leave no byte of bodies that were compacted or purged away in any file of this place.

        Raises: Overloaded, StorageFailed.
        """

    def backup_to(self, path: Path) -> None:
        """Write one consistent copy of every database to a file that the embedded engine opens."""

    def close(self) -> None: ...
