"""Wrong passwords, counted for each address and name: after many, nobody there may try for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from server.gateway.errors import TooManyRequests

MOST: Final = 50
WINDOW_S: Final = 10.0
_MOST_KEYS: Final = 10_000

Key = tuple[str, str]


class Guesses:
    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._counted: OrderedDict[Key, tuple[float, int]] = OrderedDict()

    def check(self, key: Key) -> None:
        """Raises: TooManyRequests."""
        began_s, count = self._counted.get(key, (0.0, 0))
        left_s = began_s + WINDOW_S - self._clock()
        if count >= self._most and left_s > 0:
            raise TooManyRequests(left_s)

    def note(self, key: Key) -> None:
        """Count one that was wrong."""
        now_s = self._clock()
        began_s, count = self._counted.pop(key, (now_s, 0))
        self._counted[key] = (began_s, count + 1) if now_s - began_s < WINDOW_S else (now_s, 1)
        while len(self._counted) > _MOST_KEYS:
            self._counted.popitem(last=False)
