"""Mango selectors, as the `_selector` filter of a changes feed takes them.

A selector is read once and then tried on many documents. Pure: it knows documents, not where they lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sync.errors import BadRequest
from sync.mango.json_order import compare_json, is_equal_json
from sync.mango.regular_expression import compile_regular_expression

Matches = Callable[[Any], bool]
"""Whether a value matches; the value may be ABSENT."""

MAX_DEPTH: Final = 50


class _Absent:
    """What a path leads to where there is no such member."""


ABSENT: Final = _Absent()
NO_WAY: Final = _Absent()
"""A path that leads through something that has no members: not even `$exists: false` holds there."""


def compile_selector(selector: object) -> Matches:
    """Return the test that `selector` describes; it takes a whole document.

    Raises: BadRequest. Spec: PROTOCOL E79.
    """
    if not isinstance(selector, Mapping):
        raise BadRequest("Selector error: expected a JSON object")
    return _condition(selector, is_negated=False, depth=0)


def _condition(selector: object, *, is_negated: bool, depth: int) -> Matches:
    """Members beside each other must all hold; a plain value stands for `$eq`."""
    if depth > MAX_DEPTH:
        raise BadRequest("The selector nests too deep.")
    if not isinstance(selector, Mapping):
        return _test(_equal_to(selector), is_negated=is_negated)
    if not selector and depth > 0:
        return _test(_equal_to({}), is_negated=is_negated)
    parts = [
        _member(name, argument, is_negated=is_negated, depth=depth + 1) for name, argument in selector.items()
    ]
    return _any_of(parts) if is_negated else _all_of(parts)


def _member(name: str, argument: Any, *, is_negated: bool, depth: int) -> Matches:
    if name.startswith("$"):
        return _operator(name, argument, is_negated=is_negated, depth=depth)
    path = _path(name)
    inner = _condition(argument, is_negated=is_negated, depth=depth)
    return lambda value: inner(_follow(value, path))


def _operator(name: str, argument: Any, *, is_negated: bool, depth: int) -> Matches:
    # A negation is carried down to the single tests, so that a member that is not there matches
    # neither a test nor its opposite.
    if name == "$not":
        return _condition(_object(name, argument), is_negated=not is_negated, depth=depth)
    if name in ("$and", "$or", "$nor"):
        is_inner_negated = is_negated != (name == "$nor")
        parts = [_condition(each, is_negated=is_inner_negated, depth=depth) for each in _list(name, argument)]
        if not parts:
            return lambda _: not is_negated
        return _all_of(parts) if (name != "$and") == is_inner_negated else _any_of(parts)
    if name == "$exists":
        is_wanted: bool = _of_type(name, argument, bool) != is_negated
        return lambda value: value is not NO_WAY and (value is not ABSENT) == is_wanted
    reader = _TESTS.get(name)
    if reader is None:
        raise BadRequest(f"Unsupported operator: {name}")
    return _test(reader(name, argument, depth), is_negated=is_negated)


def _test(holds: Callable[[Any], bool], *, is_negated: bool) -> Matches:
    return lambda value: not isinstance(value, _Absent) and holds(value) != is_negated


def _all_of(parts: list[Matches]) -> Matches:
    return parts[0] if len(parts) == 1 else lambda value: all(part(value) for part in parts)


def _any_of(parts: list[Matches]) -> Matches:
    return parts[0] if len(parts) == 1 else lambda value: any(part(value) for part in parts)


def _path(name: str) -> list[str]:
    """Return the members that a dotted name leads through; a backslash takes the next sign as it is."""
    parts = [""]
    for sign in re.findall(r"\\.|.", name, re.DOTALL):
        if sign == ".":
            parts.append("")
        else:
            parts[-1] += sign[-1]
    return parts


def _follow(value: Any, path: list[str]) -> Any:
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name, ABSENT)
        elif isinstance(value, list) and name.isascii() and name.isdigit():
            value = value[int(name)] if int(name) < len(value) else ABSENT
        elif value is not ABSENT:
            return NO_WAY
    return value


def _equal_to(wanted: Any) -> Matches:
    return lambda value: is_equal_json(value, wanted)


def _equal(_: str, wanted: Any, __: int) -> Matches:
    return _equal_to(wanted)


def _not_equal(_: str, wanted: Any, __: int) -> Matches:
    return lambda value: not is_equal_json(value, wanted)


def _ordered(is_wanted: Callable[[int], bool]) -> Callable[[str, Any, int], Matches]:
    def read(_: str, bound: Any, __: int) -> Matches:
        return lambda value: is_wanted(compare_json(value, bound))

    return read


def _in(name: str, argument: Any, _: int) -> Matches:
    wanted = _list(name, argument)

    def holds(value: Any) -> bool:
        # A list matches when one of its items is wanted.
        candidates = value if isinstance(value, list) else [value]
        return any(is_equal_json(each, item) for each in candidates for item in wanted)

    return holds


def _not_in(name: str, argument: Any, depth: int) -> Matches:
    is_in = _in(name, argument, depth)
    return lambda value: not is_in(value)


def _all(name: str, argument: Any, _: int) -> Matches:
    wanted = _list(name, argument)

    def holds(value: Any) -> bool:
        if not isinstance(value, list) or not wanted:
            return False
        if len(wanted) == 1 and isinstance(wanted[0], list) and is_equal_json(value, wanted[0]):
            return True
        return all(any(is_equal_json(item, each) for item in value) for each in wanted)

    return holds


def _element_match(name: str, argument: Any, depth: int) -> Matches:
    inner = _condition(_object(name, argument), is_negated=False, depth=depth)
    return lambda value: isinstance(value, list) and any(inner(item) for item in value)


def _all_match(name: str, argument: Any, depth: int) -> Matches:
    inner = _condition(_object(name, argument), is_negated=False, depth=depth)
    return lambda value: isinstance(value, list) and bool(value) and all(inner(item) for item in value)


def _key_match(name: str, argument: Any, depth: int) -> Matches:
    inner = _condition(_object(name, argument), is_negated=False, depth=depth)
    return lambda value: isinstance(value, Mapping) and any(inner(key) for key in value)


def _size(name: str, argument: Any, _: int) -> Matches:
    size: int = _of_type(name, argument, int)
    return lambda value: isinstance(value, list) and len(value) == size


def _modulo(name: str, argument: Any, _: int) -> Matches:
    pair = _list(name, argument)
    if len(pair) != 2 or not all(type(each) is int for each in pair) or pair[0] == 0:
        raise _bad_argument(name, argument)
    divisor, remainder = int(pair[0]), int(pair[1])

    def holds(value: Any) -> bool:
        if type(value) is not int:
            return False
        left = abs(value) % abs(divisor)  # the remainder has the sign of the value, as in Erlang
        return (-left if value < 0 else left) == remainder

    return holds


def _type(name: str, argument: Any, _: int) -> Matches:
    types = _TYPES.get(argument) if isinstance(argument, str) else None
    if types is None:
        raise _bad_argument(name, argument)
    is_boolean = argument == "boolean"
    return lambda value: isinstance(value, types) and isinstance(value, bool) == is_boolean


def _regex(name: str, argument: Any, _: int) -> Matches:
    is_found = compile_regular_expression(_of_type(name, argument, str))
    return lambda value: isinstance(value, str) and is_found(value)


def _begins_with(name: str, argument: Any, _: int) -> Matches:
    prefix: str = _of_type(name, argument, str)
    return lambda value: isinstance(value, str) and value.startswith(prefix)


_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "null": type(None),
    "boolean": bool,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": Mapping,
}

_TESTS: Final[dict[str, Callable[[str, Any, int], Matches]]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$lt": _ordered(lambda order: order < 0),
    "$lte": _ordered(lambda order: order <= 0),
    "$gt": _ordered(lambda order: order > 0),
    "$gte": _ordered(lambda order: order >= 0),
    "$in": _in,
    "$nin": _not_in,
    "$all": _all,
    "$elemMatch": _element_match,
    "$allMatch": _all_match,
    "$keyMapMatch": _key_match,
    "$size": _size,
    "$mod": _modulo,
    "$type": _type,
    "$regex": _regex,
    "$beginsWith": _begins_with,
}


def _of_type(name: str, argument: Any, wanted: type) -> Any:
    if type(argument) is not wanted:
        raise _bad_argument(name, argument)
    return argument


def _list(name: str, argument: Any) -> Sequence[Any]:
    if not isinstance(argument, (list, tuple)):
        raise _bad_argument(name, argument)
    return argument


def _object(name: str, argument: Any) -> Any:
    # CouchDB takes a plain value after $not, and so does a selector here.
    return argument if isinstance(argument, Mapping) or name == "$not" else _refuse(name, argument)


def _refuse(name: str, argument: Any) -> Any:
    raise _bad_argument(name, argument)


def _bad_argument(name: str, argument: Any) -> BadRequest:
    return BadRequest(f"Bad argument for operator {name}: {str(argument)[:100]}")
