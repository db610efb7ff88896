"""JSON in and out, strictly: what two parsers could read differently is refused.

NaN, numbers that overflow, a byte order mark, half characters and invalid UTF-8 are 400.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from sync.document import is_special
from sync.errors import BadRequest
from sync.spelling import finite, joined, read_spelt, refuse_constant, spelling_of

_DIGITS: Final = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
_LONG: Final = b"0" * 19
_BEFORE_A_NUMBER: Final = re.compile(rb"(?:^|[:,\[\s])-?\Z")


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

    Hashes and revisions have as many digits in a row now and then: what stands before those tells.
    """
    digits = data.translate(_DIGITS)
    at = digits.find(_LONG)
    while at >= 0:
        if data[at : at + 1] != b"0" and _BEFORE_A_NUMBER.search(data, max(at - 2, 0), at):
            return True
        end = digits.find(b" ", at)
        at = digits.find(_LONG, end) if end >= 0 else -1
    return False


def parse_received(data: bytes, depth: int) -> Any:
    """Return the value like parse_json, its objects at `depth` (1: the whole) with how they were spelt.

    Raises: BadRequest.
    """
    value = parse_json(data, keys_once=False)
    if dump_json(value) == data:
        return value  # as most clients spell: written again it is the same
    try:
        return read_spelt(data, depth)
    except (ValueError, RecursionError):
        return value  # deeper than the slower parser goes, which the engine refuses


def dump_document(document: Mapping[str, Any]) -> bytes:
    """Return a document's bytes: its body as it was received, where that is known."""
    spelling = spelling_of(document)
    if spelling is None:
        return dump_json(document)
    special = dump_json({name: value for name, value in document.items() if is_special(name)})
    return joined(special, spelling)


def dump_line(document: Mapping[str, Any]) -> bytes:
    """Return the same without line breaks: in JSON they stand between tokens alone, and mean nothing."""
    dumped = dump_document(document)
    return dumped.translate(None, b"\r\n") if b"\n" in dumped or b"\r" in dumped else dumped


def fragment(document: Mapping[str, Any]) -> Any:
    """Return a document as a part of a greater answer."""
    return orjson.Fragment(dump_document(document))


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


_KEYS_ONCE: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates, parse_float=finite, parse_constant=refuse_constant
)
_LAST_WINS: Final = json.JSONDecoder(parse_float=finite, parse_constant=refuse_constant)
