"""How many requests this process works on, and which are sent away first when that is too many.

PouchDB never forgets that one `_bulk_get` failed, so feeds are shed first and `_bulk_get` last.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sync.errors import Overloaded
from sync.http.guard import Endpoint
from sync.http.limits import Limits

_FREE: Final = frozenset({Endpoint.WELCOME, Endpoint.UP})
_SHARES: Final = {Endpoint.CHANGES: 0.75, Endpoint.BULK_GET: 2.0}
"""How full this process may be when such a request is still taken; others are taken until it is full."""


class Load:
    """A feed that only waits works on nothing: it is counted apart, by `with load.feeds`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._working = 0
        self.feeds = Open()

    @contextmanager
    def working(self, endpoint: Endpoint) -> Iterator[None]:
        """Count a request while it is worked on. Raises: Overloaded. Spec: PROTOCOL C50, D62."""
        with self._lock:
            is_full = self._working >= self._limits.max_working * _SHARES.get(endpoint, 1.0)
            if is_full and endpoint not in _FREE:
                raise Overloaded("Too many requests at once; try again soon.")
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1

    def check_feeds(self) -> None:
        """Raises: Overloaded."""
        if self.feeds.count >= self._limits.max_feeds:
            raise Overloaded("Too many feeds are open; try again soon.")


class Open:
    """Counts what is open; one for all, because thousands of feeds hold it at once."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.count -= 1
