"""JSON in and out, strictly: what two parsers could read differently is refused.

NaN, numbers that overflow, a byte order mark, half characters and invalid UTF-8 are 400.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

import orjson

from sync.errors import BadRequest

_DIGITS: Final = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
_LONG: Final = b"0" * 19
_WIDE: Final = re.compile(rb"(?:^|[:,\[\s-])[1-9][0-9]{18}")


def parse_json(data: bytes, *, keys_once: bool = True) -> Any:
    """Return the value; `keys_once` refuses a key that occurs twice, otherwise the last one wins.

    Raises: BadRequest. Spec: PROTOCOL B35, section 1 items 22 and 23, ATTACKS 7.28 to 7.31.
    """
    try:
        if keys_once:
            return _KEYS_ONCE.decode(data.decode())
        value = orjson.loads(data)  # refuses half characters, and nests at most 1,024 deep
        return _LAST_WINS.decode(data.decode()) if _may_be_wide(data) else value
    except (ValueError, RecursionError) as error:
        raise BadRequest("invalid UTF-8 JSON") from error


def _may_be_wide(data: bytes) -> bool:
    """Whether it may hold a whole number beyond 64 bits, which the fast parser would round.

    The expression alone takes ten times as long as the parser; few texts have so many digits in a row.
    """
    return _LONG in data.translate(_DIGITS) and _WIDE.search(data) is not None


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


_KEYS_ONCE: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_float=_finite, parse_constant=_refuse_constant
)
_LAST_WINS: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant)
