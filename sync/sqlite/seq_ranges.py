"""How many documents lie before or after a seq, summed by ranges, so that a page of a feed costs the
same in a database of a million documents as in one of a thousand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import apsw

from sync.sqlite.schema import SEQS_PER_RANGE


def count_moved(
    connection: apsw.Connection, database: int, old_seqs: Iterable[int], new_seqs: Iterable[int]
) -> None:
    """Take note that documents left `old_seqs` and came to `new_seqs`."""
    change: Counter[int] = Counter()
    change.update(seq // SEQS_PER_RANGE for seq in new_seqs)
    change.subtract(seq // SEQS_PER_RANGE for seq in old_seqs)
    moved = [(database, number, documents) for number, documents in change.items() if documents]
    connection.executemany(
        "INSERT INTO seq_range VALUES (?, ?, ?) ON CONFLICT (database, range)"
        " DO UPDATE SET documents = documents + excluded.documents",
        moved,
    )
    left = [(database, number) for _, number, documents in moved if documents < 0]
    connection.executemany("DELETE FROM seq_range WHERE database = ? AND range = ? AND documents = 0", left)


def count_beyond(connection: apsw.Connection, database: int, seq: int, *, is_before: bool) -> int:
    """Return how many documents have a seq after `seq`, or before it."""
    number = seq // SEQS_PER_RANGE
    edge = number * SEQS_PER_RANGE
    beyond, low, high = ("<", edge, seq) if is_before else (">", seq + 1, edge + SEQS_PER_RANGE)
    whole: int = connection.execute(
        f"SELECT coalesce(sum(documents), 0) FROM seq_range WHERE database = ? AND range {beyond} ?",  # noqa: S608
        (database, number),
    ).get
    part: int = connection.execute(
        "SELECT count(*) FROM document WHERE database = ? AND seq >= ? AND seq < ?", (database, low, high)
    ).get
    return whole + part
