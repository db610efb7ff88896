"""`log:<device>`: which entries of a log have receipts, as ranges, and the chain hash at the prefix's end."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence


class Ranges:
    """A set of entry numbers, kept as the fewest ranges."""

    def __init__(self, ranges: Iterable[Sequence[int]] = ()) -> None:
        self._ranges: list[list[int]] = sorted([first, last] for first, last in ranges)

    @classmethod
    def of_ack(cls, through: int, beyond: Iterable[Sequence[int]]) -> Ranges:
        return cls([*([[1, through]] if through else []), *beyond])

    def add(self, number: int) -> bool:
        """Take in a number; False when it was in already."""
        at = bisect.bisect_right(self._ranges, [number, 1 << 62])
        before = self._ranges[at - 1] if at else None
        after = self._ranges[at] if at < len(self._ranges) else None
        if before is not None and before[1] >= number:
            return False
        joins_before = before is not None and before[1] == number - 1
        joins_after = after is not None and after[0] == number + 1
        if joins_before and joins_after:
            assert before is not None
            assert after is not None
            before[1] = after[1]
            del self._ranges[at]
        elif joins_before:
            assert before is not None
            before[1] = number
        elif joins_after:
            assert after is not None
            after[0] = number
        else:
            self._ranges.insert(at, [number, number])
        return True

    @property
    def through(self) -> int:
        """The last number before the first gap; 0 when 1 is not in."""
        return self._ranges[0][1] if self._ranges and self._ranges[0][0] == 1 else 0

    @property
    def beyond(self) -> list[list[int]]:
        """The ranges after the first gap."""
        return [list(each) for each in (self._ranges[1:] if self.through else self._ranges)]

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges)
