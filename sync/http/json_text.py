"""JSON in and out, strictly: what two parsers could read differently is refused.

Duplicate keys, NaN, numbers that overflow, a byte order mark and invalid UTF-8 are 400.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import orjson

from sync.errors import BadRequest


def parse_json(data: bytes) -> Any:
    """Raises: BadRequest. Spec: PROTOCOL B35, section 1 items 22 and 23, ATTACKS 7.28 to 7.31."""
    try:
        return _DECODER.decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest("invalid UTF-8 JSON") from error


def dump_json(value: object) -> bytes:
    """Return JSON bytes; numbers beyond 64 bits are written exactly."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key occurs twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} overflows")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_float=_finite, parse_constant=_refuse_constant
)
