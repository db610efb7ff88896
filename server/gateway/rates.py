"""How often and how many at once: asked before a body is read, kept in the memory of one process."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from server.gateway.errors import TooManyRequests
from sync.errors import Overloaded

MOST_KEYS: Final = 20_000


class Rate:
    """So many at once, then so many a second, for each key."""

    def __init__(self, *, burst: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Raises: TooManyRequests."""
        now_s = self._clock()
        left, at_s = self._left.pop(key, (float(self._burst), now_s))
        left = min(float(self._burst), left + (now_s - at_s) * self._per_s)
        self._left[key] = (left - 1 if left >= 1 else left, now_s)
        while len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        if left < 1:
            raise TooManyRequests((1 - left) / self._per_s)


class Crowd:
    """How many requests are under way, for each key and in all."""

    def __init__(self, *, per_key: int, in_all: int) -> None:
        self._per_key = per_key
        self._in_all = in_all
        self._inside: Counter[str] = Counter()

    @property
    def size(self) -> int:
        return self._inside.total()

    @contextmanager
    def joined(self, key: str) -> Iterator[None]:
        """Raises: TooManyRequests for this key alone, Overloaded when the server is full."""
        if self._inside[key] >= self._per_key:
            raise TooManyRequests(1)
        if self.size >= self._in_all:
            raise Overloaded("too many requests at once")
        self._inside[key] += 1
        try:
            yield
        finally:
            self._inside[key] -= 1
            if not self._inside[key]:
                del self._inside[key]
