"""Send many; where the whole is refused for what is in it, find the ones that spoil it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sync.errors import SyncError

T = TypeVar("T")
R = TypeVar("R")

_ABOUT_CONTENT: Final = frozenset({400, 409, 412, 413, 414, 415, 422, 500, 501})
"""500 too: CouchDB answers it to several malformed inputs (PROTOCOL 1.20)."""

_DAMAGED: Final = "damaged"
"""What the engine says of a body that is no longer what was written: no waiting mends it."""

SYSTEMIC: Final = 20
"""When the server is in trouble about each of so many, the trouble is the server's."""


def by_halves(
    items: Sequence[T],
    call: Callable[[Sequence[T]], Sequence[R]],
    on_refused: Callable[[T, SyncError], None],
) -> list[R]:
    """Return what `call` answers for all items, halved until it is taken or alone.

    Raises: what says nothing about the items (no permission, not reachable), at once; a 500 that all
    of many items get one by one.
    """
    refused: list[tuple[T, SyncError]] = []
    answers = _by_halves(items, call, refused)
    if len(refused) == len(items) >= SYSTEMIC and all(error.status == 500 for _, error in refused):
        raise refused[0][1]
    for item, error in refused:
        on_refused(item, error)
    return answers


def _by_halves(
    items: Sequence[T], call: Callable[[Sequence[T]], Sequence[R]], refused: list[tuple[T, SyncError]]
) -> list[R]:
    if not items:
        return []
    try:
        return list(call(items))
    except SyncError as error:
        if error.status not in _ABOUT_CONTENT and error.error != _DAMAGED:
            raise
        if len(items) == 1:
            refused.append((items[0], error))
            return []
    middle = len(items) // 2
    return _by_halves(items[:middle], call, refused) + _by_halves(items[middle:], call, refused)
