"""The writing half of a replication: documents with their histories go to the target until it keeps
them durably or refuses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sync.errors import Overloaded, SyncError, TooLarge
from sync.peer import Document, Peer, WriteResult
from sync.replication.batches import BatchLimits, Pair, Refusal, size_bytes
from sync.replication.halving import by_halves
from sync.replication.refusals import NOT_DURABLE

_TRANSIENT_ROWS: Final = frozenset({"internal_server_error", "service_unavailable", "timeout"})
LEAST_BYTES: Final = 50_000


class TooFewCopies(Overloaded):
    """The target took documents and cannot promise to keep them (PROTOCOL 4, DESIGN 2).

    `rows` must be written again until it can: asked what it lacks, it would not name them.
    """

    error = NOT_DURABLE

    def __init__(self, rows: list[Refusal]) -> None:
        super().__init__("The target keeps too few copies of some documents.")
        self.rows = rows

    @classmethod
    def of(cls, docs: Sequence[Document]) -> TooFewCopies:
        return cls([Refusal(*_pair(doc), "target", cls.error, "too few copies") for doc in docs])


@dataclass(slots=True)
class Upload:
    """What became of a batch; a pair is in one of them."""

    arrived: list[Pair] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    thin: list[Refusal] = field(default_factory=list)


def upload_batch(target: Peer, docs: Sequence[Document], limits: BatchLimits) -> Upload:
    """Write all documents; each has arrived or is refused when this returns.

    Raises: TooFewCopies; SyncError when the target cannot be written to. Then nothing of the batch
    counts, and writing it again is harmless.

    Spec: CouchDB Replication Protocol v3, "Upload Batch of Changed Documents"; PROTOCOL C37 to C51.
    """
    upload = Upload()

    def write(some: Sequence[Document]) -> list[tuple[Document, WriteResult]]:
        try:
            return list(zip(some, target.bulk_docs(some, new_edits=False), strict=True))
        except TooLarge:
            if len(some) > 1:  # what it takes is less than we thought: remember it
                limits.size_bytes = max(LEAST_BYTES, sum(map(size_bytes, some)) // 2)
            raise

    def refuse(doc: Document, error: SyncError) -> None:
        upload.refused.append(Refusal.of(_pair(doc), "target", error))

    for part in _parts(docs, limits):
        for doc, result in by_halves(part, write, refuse):
            _take(upload, doc, result)
    if upload.thin:
        raise TooFewCopies(upload.thin)
    return upload


def _take(upload: Upload, doc: Document, result: WriteResult) -> None:
    if result.error in _TRANSIENT_ROWS:
        raise Overloaded(f"The target could not write a document: {result.reason}")
    if result.error is not None:
        upload.refused.append(Refusal(*_pair(doc), "target", result.error, result.reason or ""))
    elif not result.is_durable:
        upload.thin += TooFewCopies.of([doc]).rows
    else:
        upload.arrived.append(_pair(doc))


def _parts(docs: Sequence[Document], limits: BatchLimits) -> Iterator[list[Document]]:
    """Cut so that no part is over the limit in bytes, but for a document that is so alone."""
    part: list[Document] = []
    held_bytes = 0
    for doc in docs:
        weight = size_bytes(doc)
        if part and held_bytes + weight > limits.size_bytes:
            yield part
            part, held_bytes = [], 0
        part.append(doc)
        held_bytes += weight
    if part:
        yield part


def _pair(doc: Document) -> Pair:
    return doc["_id"], doc["_rev"]
