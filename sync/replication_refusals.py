"""What did not arrive, kept beside the checkpoint that has passed it, until it arrives or is gone.

PouchDB and CouchDB forget a refused document and call that success (PROTOCOL 1.2); here it is
written down at the source before the checkpoint moves, and offered again by every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from sync.errors import Forbidden, MethodNotAllowed, NotImplementedHere, Unauthorized
from sync.peer import Document, Peer
from sync.replication_batches import FIRST_ASK, Batch, BatchLimits, Pair, Refusal, fetch, missing_revisions

KEPT_LIMIT: Final = 1000
"""Beyond it only that there were more is kept: the next run compares everything."""
HELD_LIMIT: Final = 10_000

READ_ONLY: Final = (Forbidden, Unauthorized, MethodNotAllowed, NotImplementedHere)
"""What a peer says that keeps no `_local` documents for us: replication goes on without."""


class Refusals:
    """The list as it stands in memory, and whether the source has it so."""

    def __init__(self, source: Peer, replication_id: str) -> None:
        self._source = source
        self._local_id = f"{replication_id}-refused"
        self._by_pair: dict[Pair, Refusal] = {}
        self._lives: list[str] = []
        self._has_more = False
        self._is_saved = True

    def load(self, lives: Iterable[str]) -> bool:
        """Read the list; False when it is not whole, and everything must be compared again."""
        self._lives = list(lives)
        document = self._read()
        # In another life of either database everything is compared anyway.
        is_same = document.get("lives") == self._lives
        rows = document.get("rows") if is_same else []
        found = [_refusal(row) for row in rows] if isinstance(rows, list) else []
        self._by_pair = {(each.id, each.rev): each for each in found if each is not None}
        self._has_more = False
        is_whole = not (is_same and document.get("has_more", False)) and None not in found
        self._is_saved = not document or (is_same and is_whole)
        return is_whole

    def add(self, refusals: Iterable[Refusal]) -> None:
        for each in refusals:
            if self._by_pair.get((each.id, each.rev)) == each:
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
        """Write the list where it differs from what the source has."""
        if self._is_saved:
            return
        rows = [asdict(each) for each in self.rows]
        document = {
            "lives": self._lives,
            "rows": rows[:KEPT_LIMIT],
            "has_more": self._has_more or len(rows) > KEPT_LIMIT,
        }
        with suppress(*READ_ONLY):
            self._source.put_local(self._local_id, document)
        self._is_saved = True

    def _read(self) -> Document:
        try:
            return self._source.get_local(self._local_id) or {}
        except READ_ONLY:
            return {}


def offer_again(
    source: Peer, target: Peer, refusals: Refusals, limits: BatchLimits
) -> Iterator[tuple[list[Pair], Batch]]:
    """Yield what was refused and is still wanted, with the pairs that each batch settles anew."""
    pairs = [(each.id, each.rev) for each in refusals.rows]
    thin = {(each.id, each.rev) for each in refusals.rows if each.error == "not_durable"}
    for start in range(0, len(pairs), FIRST_ASK):
        asked = pairs[start : start + FIRST_ASK]
        refused: list[Refusal] = []
        missing = missing_revisions(target, asked, refused) | thin
        docs, unreadable, weight = fetch(source, [pair for pair in asked if pair in missing])
        limits.weighed(len(docs), weight)
        # What is in neither is known to the target by now, or gone at the source.
        yield asked, Batch(docs, refused + unreadable, "", 0)


def _refusal(row: object) -> Refusal | None:
    if not isinstance(row, Mapping):
        return None
    values: dict[str, Any] = {name: row.get(name) for name in ("id", "rev", "side", "error", "reason")}
    return Refusal(**values) if all(isinstance(value, str) for value in values.values()) else None
