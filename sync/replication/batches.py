"""The reading half of a replication: what changed, what of it the target lacks, and those documents.

Batches are bounded by count and by bytes. A row that cannot be compared or read is told, and never
keeps the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from sync.errors import SyncError
from sync.peer import BulkGetRow, ChangesPage, Document, Peer, ReadOptions, Seq
from sync.replication.halving import by_halves

Pair = tuple[str, str]
"""Document id and revision."""

WITH_HISTORY: Final = ReadOptions(revs=True, latest=True)
FIRST_ASK: Final = 50
"""Documents of unknown size asked for at once; the next asks follow what they weighed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A revision that did not arrive: which side would not, and why, in CouchDB's words."""

    id: str
    rev: str
    side: str
    error: str
    reason: str

    @classmethod
    def of(cls, pair: Pair, side: str, error: SyncError) -> Refusal:
        return cls(pair[0], pair[1], side, error.error, error.reason)


@dataclass(slots=True)
class Batch:
    """`seq`: once these documents are written, everything up to here is. `pending`: rows after it."""

    docs: list[Document]
    refused: list[Refusal]
    seq: Seq
    pending: int
    missing_checked: int = 0
    missing_found: int = 0


@dataclass(slots=True)
class BatchLimits:
    """What to hold at once; `ask` follows the weight of the documents."""

    rows: int = 500
    size_bytes: int = 4_000_000
    ask: int = field(init=False)

    def __post_init__(self) -> None:
        self.ask = min(FIRST_ASK, self.rows)

    def weighed(self, docs: int, size_bytes: int) -> None:
        """Take in how heavy documents are: ask for as many as fit, at most four times more than before."""
        fitting = self.rows if size_bytes == 0 else docs * self.size_bytes // size_bytes
        self.ask = max(1, min(self.rows, fitting, self.ask * 4))


@dataclass(frozen=True, slots=True)
class Question:
    """Which documents of the source are replicated; None: all."""

    doc_ids: Sequence[str] | None = None
    selector: Mapping[str, Any] | None = None

    def changes(self, source: Peer, since: Seq, limit: int) -> ChangesPage:
        chosen: dict[str, Any] = {"doc_ids": self.doc_ids} if self.doc_ids is not None else {}
        if self.selector is not None:
            chosen["selector"] = self.selector
        return source.changes(since, limit=limit, style="all_docs", **chosen)


def read_batches(
    source: Peer, target: Peer, since: Seq, question: Question, limits: BatchLimits
) -> Iterator[Batch]:
    """Yield what the target lacks after `since`, until the end of the feed as it then is.

    Spec: CouchDB Replication Protocol v3, "Locate Changed Documents".
    """
    while True:
        page = question.changes(source, since, limits.rows)
        yield from _batches_of_page(source, target, page, limits)
        # Not every server tells what is pending, and some tell it wrong: only an empty or a short page
        # is the end (PROTOCOL 1.16).
        is_short = len(page.rows) < limits.rows and not page.pending
        if not page.rows or is_short or page.last_seq == since:
            return
        since = page.last_seq


def _batches_of_page(source: Peer, target: Peer, page: ChangesPage, limits: BatchLimits) -> Iterator[Batch]:
    # A cluster repeats rows (PROTOCOL 4): each revision once, at its last place.
    checked: dict[Pair, Seq] = {(row.id, rev): row.seq for row in page.rows for rev in row.revs}
    refused: list[Refusal] = []
    missing = missing_revisions(target, list(checked), refused)
    wanted = [(pair, seq) for pair, seq in checked.items() if pair in missing]
    batch = Batch([], refused, page.last_seq, page.pending, len(checked), len(wanted))
    while wanted:
        asked, wanted = wanted[: limits.ask], wanted[limits.ask :]
        batch.docs, unreadable, size_bytes = fetch(source, [pair for pair, _ in asked])
        batch.refused += unreadable
        limits.weighed(len(asked), size_bytes)
        if wanted:
            # Not the row of the next one: a document's leaves may lie on both sides of the cut.
            batch.seq, batch.pending = _done_before(wanted[0][1], asked), page.pending + len(wanted)
            yield batch
            batch = Batch([], [], page.last_seq, page.pending)
    yield batch


def _done_before(next_seq: Seq, asked: Sequence[tuple[Pair, Seq]]) -> Seq:
    """Return the last row that is whole within `asked`; empty where there is none."""
    return next((seq for _, seq in reversed(asked) if seq != next_seq), "")


def missing_revisions(target: Peer, pairs: Sequence[Pair], refused: list[Refusal]) -> set[Pair]:
    """Return those that the target lacks; what it cannot be asked about goes to `refused`.

    Spec: CouchDB Replication Protocol v3, "Calculate Revision Difference".
    """

    def ask(some: Sequence[Pair]) -> list[Pair]:
        revs: dict[str, list[str]] = {}
        for doc_id, rev in some:
            revs.setdefault(doc_id, []).append(rev)
        found = target.revs_diff(revs)
        # Upper-case digits come back as lower-case ones, being the same revision (PROTOCOL 1.5).
        missing = {(doc_id, rev.lower()) for doc_id, each in found.items() for rev in each.missing}
        return [(doc_id, rev) for doc_id, rev in some if (doc_id, rev.lower()) in missing]

    def refuse(pair: Pair, error: SyncError) -> None:
        refused.append(Refusal.of(pair, "target", error))

    return set(by_halves(pairs, ask, refuse))


def fetch(source: Peer, pairs: Sequence[Pair]) -> tuple[list[Document], list[Refusal], int]:
    """Return the documents with their histories, those that cannot be read, and their weight in bytes.

    Spec: CouchDB Replication Protocol v3, "Fetch Changed Documents".
    """
    refused: list[Refusal] = []

    def ask(some: Sequence[Pair]) -> list[tuple[Pair, BulkGetRow]]:
        return list(zip(some, source.bulk_get(some, options=WITH_HISTORY), strict=True))

    def refuse(pair: Pair, error: SyncError) -> None:
        refused.append(Refusal.of(pair, "source", error))

    docs: dict[Pair, Document] = {}
    for pair, row in by_halves(pairs, ask, refuse):
        # With latest a revision may bring several leaves, and two of them the same one.
        docs |= {(doc["_id"], doc["_rev"]): doc for doc in row.docs}
        if row.error is not None:
            error = row.error
            refused.append(Refusal(*pair, "source", error.error or "unknown", error.reason or ""))
    still_there = _still_known(source, refused)
    return list(docs.values()), still_there, sum(size_bytes(doc) for doc in docs.values())


def _still_known(source: Peer, refused: list[Refusal]) -> list[Refusal]:
    """Leave out what the source itself no longer has: it was purged while we read, or with its node lost.

    `revs_diff` would not tell: of a purged revision it says that it knows it.
    """
    doubtful = sorted({each.id for each in refused if each.error == "not_found"})
    found = source.bulk_get([(doc_id, None) for doc_id in doubtful], options=WITH_HISTORY) if doubtful else []
    known: set[Pair] = set()
    unreadable: set[str] = set()
    for doc_id, row in zip(doubtful, found, strict=True):
        known |= {(doc_id, rev) for doc in row.docs for rev in _path(doc)}
        if row.error is not None and row.error.error != "not_found":
            unreadable.add(doc_id)
    return [
        each
        for each in refused
        if each.error != "not_found" or (each.id, each.rev) in known or each.id in unreadable
    ]


def _path(doc: Document) -> list[str]:
    revisions = doc["_revisions"]
    return [f"{revisions['start'] - age}-{digest}" for age, digest in enumerate(revisions["ids"])]


def size_bytes(doc: Document) -> int:
    """Return how many bytes a document takes in a request."""
    try:
        return len(orjson.dumps(doc))
    except TypeError:  # whole numbers beyond 64 bits, or nested too deep for the fast encoder
        return _exact_size_bytes(doc)


def _exact_size_bytes(doc: Document) -> int:
    try:
        return len(json.dumps(doc, ensure_ascii=False))
    except RecursionError:
        return 0  # no target of ours takes it: it is refused for its depth, not for its weight
