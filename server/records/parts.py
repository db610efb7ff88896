"""Erasable parts of an entry: salted hashes inside it, the values beside it.

Erasing a value later leaves entry, hash and signature whole (DESIGN 2, `parts`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from server.records.canonical import CanonicalError, canonical, sha256_hex
from server.records.limits import MAX_PART_BYTES, MAX_SALT_CHARS, MIN_SALT_CHARS
from server.records.names import BASE64URL_PATTERN
from server.records.problem import MAX_PROBLEMS, Problem
from server.records.wellformed import is_wellformed, value_problem


def part_hash(name: str, salt: str, value: Any) -> str:
    """Return what an entry's `parts` holds for this value."""
    return sha256_hex(canonical({"name": name, "salt": salt, "value": value}))


def new_part(value: Any) -> dict[str, Any]:
    """Return the value with a fresh salt, as it travels beside an entry."""
    return {"salt": secrets.token_urlsafe(16), "value": value}


def check_parts(entry: Mapping[str, Any], parts: object) -> list[Problem]:
    """Return what is wrong with the parts beside an entry of good shape; empty when all match.

    Every part that the entry names has to be there, and no other.
    """
    if not isinstance(parts, dict) or not all(isinstance(n, str) and is_wellformed(n) for n in parts):
        return [Problem.about("part_mismatch", "parts")]
    declared: Mapping[str, str] = entry["parts"]
    problems = [Problem.about("part_missing", name) for name in declared if name not in parts]
    for name, part in parts.items():
        if name not in declared:
            problems.append(Problem.about("part_unknown", name))
        elif not _is_part(part) or _hash_or_none(name, part) != declared[name]:
            problems.append(Problem.about("part_mismatch", name))
    return problems[:MAX_PROBLEMS]


def _is_part(part: object) -> bool:
    if not isinstance(part, dict) or part.keys() != {"salt", "value"} or value_problem(part):
        return False
    salt = part["salt"]
    return (
        isinstance(salt, str)
        and MIN_SALT_CHARS <= len(salt) <= MAX_SALT_CHARS
        and BASE64URL_PATTERN.fullmatch(salt) is not None
    )


def _hash_or_none(name: str, part: Mapping[str, Any]) -> str | None:
    try:
        text = canonical({"name": name, "salt": part["salt"], "value": part["value"]})
    except CanonicalError:
        return None
    return sha256_hex(text) if len(text) <= MAX_PART_BYTES else None
