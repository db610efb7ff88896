"""When and how long to wait before asking again, by what went wrong.

A question may always be asked again. A write is, only as it is idempotent or surely did not happen.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sync.couchdb.answers import Answer

NOT_DONE: Final = frozenset({408, 425, 429})
"""Answers that say: nothing was done."""
IN_DOUBT: Final = frozenset({500, 502, 503, 504})
"""Answers after which a write may have happened."""
MAX_RETRY_AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempts` counts the first one; waits double from `first_s`, half of each is chance."""

    attempts: int = 6
    first_s: float = 0.1
    longest_s: float = 5.0
    chance: Callable[[], float] = field(default=random.random, repr=False)

    def wait_s(self, failures: int, answer: Answer | None = None) -> float | None:
        """Return how long to wait after so many failures; None: give up."""
        if failures >= self.attempts:
            return None
        if answer is not None and (asked := _retry_after_s(answer)) is not None:
            return min(asked, MAX_RETRY_AFTER_S) + self.chance() * self.first_s
        wait_s: float = min(self.first_s * 2 ** (failures - 1), self.longest_s)
        return wait_s * (0.5 + 0.5 * self.chance())


def is_worth_retrying(answer: Answer, *, is_repeatable: bool) -> bool:
    return answer.status in NOT_DONE or (is_repeatable and answer.status in IN_DOUBT)


def _retry_after_s(answer: Answer) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None
