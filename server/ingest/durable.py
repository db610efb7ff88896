"""Writing to `central` until enough copies are on disk; nothing may be acknowledged before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sync.errors import Conflict, Overloaded
from sync.peer import Document, DocumentLike, Peer

FIRST_WAIT_S: Final = 0.05
LONGEST_WAIT_S: Final = 5.0
PATIENCE_S: Final = 60.0


class DurableWriter:
    """Remembers what has too few copies, and writes it again as a next revision before anything else."""

    def __init__(self, peer: Peer, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._peer = peer
        self._sleep = sleep
        self._doubtful: list[DocumentLike] = []

    def settle(self) -> None:
        """Write again what is in doubt. Raises: Overloaded while copies are still too few."""
        waited_s, wait_s = 0.0, FIRST_WAIT_S
        while self._doubtful:
            if waited_s >= PATIENCE_S:
                raise Overloaded("too few copies of receipts could be written")
            self._sleep(wait_s)
            waited_s, wait_s = waited_s + wait_s, min(wait_s * 2, LONGEST_WAIT_S)
            self._write(self._doubtful)

    def write(self, docs: Iterable[Document]) -> None:
        """Return when all of it is durable. Raises: Conflict when somebody else wrote, Overloaded."""
        wanted = list(docs)
        if wanted:
            self._write(wanted)
            self.settle()

    def _write(self, docs: Sequence[DocumentLike]) -> None:
        results = self._peer.bulk_docs(docs)
        self._doubtful = [
            {**doc, "_rev": result.rev}
            for doc, result in zip(docs, results, strict=True)
            if result.is_ok and not result.is_durable
        ]
        failed = next((result for result in results if not result.is_ok), None)
        if failed is not None:
            raise Conflict(f"central: {failed.id}: {failed.error}: {failed.reason}")
