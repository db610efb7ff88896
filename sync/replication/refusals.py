"""What did not arrive, kept beside the checkpoint that has passed it, until it arrives or is gone.

PouchDB and CouchDB forget a refused document and call that success (PROTOCOL 1.2); here it is
written down before the checkpoint moves, and offered again by every run. On both peers, and both
lists count: a target that is set back has its list set back with its checkpoint, and the source's
list outlives a node that the target loses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from sync.errors import Forbidden, MethodNotAllowed, NotImplementedHere, Unauthorized
from sync.peer import Document, Peer
from sync.replication.batches import (
    FIRST_ASK,
    Batch,
    BatchLimits,
    Pair,
    Refusal,
    fetch,
    missing_revisions,
)

HELD_LIMIT: Final = 10_000
"""What a run tells of at most; beyond it only that there were more."""
NOT_DURABLE: Final = "not_durable"

READ_ONLY: Final = (Forbidden, Unauthorized, MethodNotAllowed, NotImplementedHere)
"""What a peer says that keeps no `_local` documents for us: replication goes on without."""


class Refusals:
    """The list as it stands in memory, and whether both peers have it so.

    Of more than `kept` only that there were more is written down: the next run compares everything. What
    has too few copies is written down whole, for comparing would not find it; it is never more than a batch.
    """

    def __init__(self, source: Peer, target: Peer, replication_id: str, *, kept: int) -> None:
        self._peers = (target, source)
        self._local_id = f"{replication_id}-refused"
        self._by_pair: dict[Pair, Refusal] = {}
        self._lives: list[str] = []
        self._kept = kept
        self._has_more = self._is_comparing_all = False
        self._is_saved = True

    def load(self, lives: Iterable[str]) -> bool:
        """Read the lists; False when one is not whole, and everything must be compared again.

        What may have too few copies stays, whatever was written down.
        """
        self._lives = list(lives)
        self._by_pair = {pair: each for pair, each in self._by_pair.items() if each.error == NOT_DURABLE}
        self._has_more, self._is_saved = False, not self._by_pair
        documents = [document for peer in self._peers if (document := self._read(peer))]
        ours = [document for document in documents if document.get("lives") == self._lives]
        # In another life of either database everything is compared; but then too a target that took
        # something in too few copies would say that it has it.
        found = [_refusal(row) for document in ours for row in _rows(document)]
        older = [_refusal(row) for document in documents if document not in ours for row in _rows(document)]
        kept = [*(each for each in older if each is not None and each.error == NOT_DURABLE), *found]
        self._by_pair |= {(each.id, each.rev): each for each in kept if each is not None}
        if len(documents) != len(ours) or (ours and ours[0].get("rows") != ours[-1].get("rows")):
            self._is_saved = False
        is_whole = None not in found and not any(document.get("has_more", True) for document in ours)
        self._is_comparing_all = not is_whole
        return is_whole

    def compared_all(self) -> None:
        """Everything has been offered since `load`: what is not in the list has arrived."""
        if self._is_comparing_all:
            self._is_comparing_all = self._is_saved = False

    def add(self, refusals: Iterable[Refusal]) -> None:
        for each in refusals:
            known = self._by_pair.get((each.id, each.rev))
            # What has too few copies stays so until it has arrived, whatever else is said of it meanwhile.
            if known is not None and (known == each or known.error == NOT_DURABLE):
                continue
            self._is_saved = False
            if len(self._by_pair) < HELD_LIMIT:
                self._by_pair[(each.id, each.rev)] = each
            else:
                self._has_more = True

    def arrived(self, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            if self._by_pair.pop(pair, None) is not None:
                self._is_saved = False

    @property
    def rows(self) -> list[Refusal]:
        return list(self._by_pair.values())

    def save(self) -> None:
        """Write the list where it differs from what the peers have."""
        if self._is_saved:
            return
        thin = [each for each in self.rows if each.error == NOT_DURABLE]
        others = [each for each in self.rows if each.error != NOT_DURABLE]
        rows = [asdict(each) for each in (*thin, *others[: self._kept])]
        has_more = self._has_more or self._is_comparing_all or len(others) > self._kept
        document = {"lives": self._lives, "rows": rows, "has_more": has_more}
        for peer in self._peers:
            with suppress(*READ_ONLY):  # then it keeps no log either, and the next run compares all
                peer.put_local(self._local_id, document)
        self._is_saved = True

    def _read(self, peer: Peer) -> Document | None:
        try:
            return peer.get_local(self._local_id)
        except READ_ONLY:
            return None


def offer_again(
    source: Peer, target: Peer, refusals: Refusals, limits: BatchLimits
) -> Iterator[tuple[list[Pair], Batch]]:
    """Yield what was refused and is still wanted, with the pairs that each batch settles anew."""
    pairs = [(each.id, each.rev) for each in refusals.rows]
    # Of these the target may say that it has them, and yet lose them.
    thin = {(each.id, each.rev) for each in refusals.rows if each.error == NOT_DURABLE}
    for start in range(0, len(pairs), FIRST_ASK):
        asked = pairs[start : start + FIRST_ASK]
        refused: list[Refusal] = []
        missing = missing_revisions(target, asked, refused) | thin
        docs, unreadable, weight = fetch(source, [pair for pair in asked if pair in missing])
        limits.weighed(len(docs), weight)
        # What is in neither is known to the target by now, or gone at the source.
        yield asked, Batch(docs, refused + unreadable, "", 0)


def _rows(document: Document) -> list[Any]:
    rows = document.get("rows")
    return rows if isinstance(rows, list) else [None]


def _refusal(row: object) -> Refusal | None:
    if not isinstance(row, Mapping):
        return None
    values: dict[str, Any] = {name: row.get(name) for name in ("id", "rev", "side", "error", "reason")}
    return Refusal(**values) if all(isinstance(value, str) for value in values.values()) else None
