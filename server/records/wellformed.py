"""Which JSON values may be signed: those that every parser here reads and writes alike.

Walks without recursion and never raises, because what it looks at comes from strangers.
"""

from __future__ import annotations

import math
from typing import Any

from server.records.limits import FORBIDDEN_KEY, MAX_NESTING, MAX_NUMBER
from server.records.problem import Problem


def value_problem(value: object) -> Problem | None:
    """Return why this value may not be signed, or None.

    Spec: DESIGN 2, "Append"; CLIENT, "canonical JSON".
    """
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        item, open_containers = pending.pop()
        if isinstance(item, dict | list):
            if open_containers == MAX_NESTING:
                return Problem("too_deep", {"max": MAX_NESTING})
            if isinstance(item, dict):
                problem = _keys_problem(item)
                if problem:
                    return problem
                item = item.values()
            pending.extend((member, open_containers + 1) for member in item)
            continue
        problem = _scalar_problem(item)
        if problem:
            return problem
    return None


def _keys_problem(mapping: dict[Any, Any]) -> Problem | None:
    for key in mapping:
        if not isinstance(key, str):
            return Problem("not_json")
        if key == FORBIDDEN_KEY:
            return Problem("forbidden_key", {"name": FORBIDDEN_KEY})
        if not is_wellformed(key):
            return Problem("text_broken")
    return None


def _scalar_problem(value: object) -> Problem | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if is_wellformed(value) else Problem("text_broken")
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            return Problem("number_out_of_range")
        return None
    return Problem("not_json")


def is_wellformed(text: str) -> bool:
    """Is this text free of half characters (lone surrogates)?"""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
