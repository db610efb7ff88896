"""What many feeds ask at the same moment is read and written out once: 500 waiters cost one read.

Only for feeds that wait: those whom one commit woke share a page; it is never kept for later ones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from sync.peer import ChangesPage

MOST_KEPT: Final = 32


class SharedPage:
    """A page, and its rows as each kind of feed lists them."""

    __slots__ = ("page", "written")

    def __init__(self, page: ChangesPage) -> None:
        self.page = page
        self.written: dict[Hashable, bytes] = {}


class SharedPages:
    """`key` names all that the page depends on, the moment of the database included."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, SharedPage] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], ChangesPage]) -> SharedPage:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = SharedPage(read())
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found
