"""The shape of an envelope: its members and what each looks like; says nothing of the body's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from re import Pattern
from typing import Any

from server.records.canonical import CanonicalError, canonical
from server.records.limits import (
    MAX_APP_CHARS,
    MAX_ENTRY_BYTES,
    MAX_ENTRY_NUMBER,
    MAX_NUMBER,
    MAX_PARTS,
    RESERVED_PREFIX,
)
from server.records.names import (
    DEVICE_PATTERN,
    HASH_PATTERN,
    MEMBER_PATTERN,
    NAME_PATTERN,
    RECORD_ID_PATTERN,
    SIGNATURE_PATTERN,
    SYSTEM,
    TIME_PATTERN,
    TYPE_PATTERN,
)
from server.records.problem import MAX_PROBLEMS, Problem
from server.records.wellformed import value_problem

ALG = "SHA-256+ES256"


def check_shape(entry: object) -> list[Problem]:
    """Return what is wrong with an entry's envelope; empty when its hash and signature can be checked.

    Never raises, whatever it is given.
    """
    broken = value_problem(entry)
    if broken:
        return [broken]
    if not isinstance(entry, dict):
        return [Problem("not_an_entry")]
    problems = [Problem.about("member_missing", name) for name in _MEMBERS if name not in entry]
    problems += [Problem.about("member_unknown", name) for name in entry if name not in _MEMBERS]
    problems += [
        Problem.about("member_malformed", name)
        for name, is_good in _MEMBERS.items()
        if name in entry and not is_good(entry[name])
    ]
    return problems[:MAX_PROBLEMS] or _whole_problems(entry)


def _whole_problems(entry: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if entry["id"].split(":")[0] != entry["type"]:
        problems.append(Problem.about("member_malformed", "id"))
    if (entry["prev"] is None) != (entry["entry"] == 1):
        problems.append(Problem.about("member_malformed", "prev"))
    reserved = [name for name in entry["body"] if name.startswith(RESERVED_PREFIX)]
    problems += [
        Problem.about("reserved_member", name, start=RESERVED_PREFIX) for name in reserved[:MAX_PROBLEMS]
    ]
    try:
        size_bytes = len(canonical(entry))
    except CanonicalError:
        return [*problems, Problem("not_json")]
    if size_bytes > MAX_ENTRY_BYTES:
        problems.append(Problem("too_large", {"size_bytes": size_bytes, "max_bytes": MAX_ENTRY_BYTES}))
    return problems


def parse_time(value: object) -> datetime | None:
    """Return the moment that an RFC 3339 text with an offset names; None when it is none."""
    if not isinstance(value, str) or not TIME_PATTERN.fullmatch(value):
        return None
    try:
        found = datetime.fromisoformat(value)
        found.astimezone(UTC)
    except (ValueError, OverflowError):  # 30 February; a moment before the year 1 or after 9999
        return None
    return found


def _text(pattern: Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_int(value: Any, least: int, most: int = MAX_NUMBER) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_author(value: Any) -> bool:
    return value == SYSTEM or (isinstance(value, str) and MEMBER_PATTERN.fullmatch(value) is not None)


def _is_clock(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"beacon", "since_ms", "skew_ms"}
        and (value["beacon"] is None or _text(HASH_PATTERN)(value["beacon"]))
        and (value["since_ms"] is None or _is_int(value["since_ms"], 0))
        and _is_int(value["skew_ms"], -MAX_NUMBER)
    )


def _is_parts(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MAX_PARTS
        and all(NAME_PATTERN.fullmatch(name) and _text(HASH_PATTERN)(hex_) for name, hex_ in value.items())
    )


_MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    "device": _text(DEVICE_PATTERN),
    "entry": lambda value: _is_int(value, 1, MAX_ENTRY_NUMBER),
    "id": _text(RECORD_ID_PATTERN),
    "type": _text(TYPE_PATTERN),
    "schema": lambda value: _is_int(value, 1),
    "author": _is_author,
    "role": _text(NAME_PATTERN),
    "at": lambda value: parse_time(value) is not None,
    "clock": _is_clock,
    "prev": lambda value: value is None or _text(HASH_PATTERN)(value),
    "parts": _is_parts,
    "app": lambda value: isinstance(value, str) and 1 <= len(value) <= MAX_APP_CHARS,
    "body": lambda value: isinstance(value, dict),
    "alg": lambda value: value == ALG,
    "hash": _text(HASH_PATTERN),
    "sig": _text(SIGNATURE_PATTERN),
}
