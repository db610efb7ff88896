"""The order of JSON values that CouchDB sorts by: null, false, true, numbers, strings, arrays, objects.

Strings are ordered by code point, where CouchDB asks ICU (QUIRKS).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final

_SHORTER: Final = object()


def _rank(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool):
        return 2 if value else 1
    if isinstance(value, (int, float)):
        return 3
    if isinstance(value, str):
        return 4
    return 5 if isinstance(value, (list, tuple)) else 6


def compare_json(one: Any, other: Any) -> int:
    """Return a number below, at or above zero, as `one` comes before, with or after `other`."""
    rank, other_rank = _rank(one), _rank(other)
    if rank != other_rank:
        return rank - other_rank
    if rank in (3, 4):
        return int(one > other) - int(one < other)
    if rank == 5:
        return _compare_items(one, other)
    if rank == 6:
        return _compare_items(_members(one), _members(other))
    return 0


def is_equal_json(one: Any, other: Any) -> bool:
    """Whether both are the same value: 1 and 1.0 are, 1 and true are not."""
    return compare_json(one, other) == 0


def _members(value: Mapping[str, Any]) -> list[list[Any]]:
    return [[name, value[name]] for name in sorted(value)]


def _compare_items(one: Any, other: Any) -> int:
    for mine, theirs in zip_longest(one, other, fillvalue=_SHORTER):
        if mine is _SHORTER or theirs is _SHORTER:
            return -1 if mine is _SHORTER else 1
        order = compare_json(mine, theirs)
        if order:
            return order
    return 0
