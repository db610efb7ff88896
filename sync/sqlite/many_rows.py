"""Many rows by one statement: half the time of one statement a row, and threads that compute are not kept.

Each statement gives the interpreter's lock away and gets it back from a thread that may hold it for 5 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, Final

import apsw

AT_ONCE: Final = 50
"""Of 20, 50 and 100 the fastest; a longer text than 16 kB would be compiled anew each time."""


def write_many(connection: apsw.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Do what `executemany` does with a statement that has one list VALUES (?, …)."""
    whole = len(rows) - len(rows) % AT_ONCE
    if whole:
        several = _several(statement)
        for first in range(0, whole, AT_ONCE):
            connection.execute(several, tuple(chain.from_iterable(rows[first : first + AT_ONCE])))
    if whole < len(rows):
        connection.executemany(statement, rows[whole:])


@cache
def _several(statement: str) -> str:
    head, values, tail = statement.partition("VALUES ")
    row, end, rest = tail.partition(")")
    return head + values + ", ".join([row + end] * AT_ONCE) + rest
