"""JSON out and in, keeping every number: what would be changed on the way is refused instead.

Keys are written in order, so that the same content has the same revision however it was put together.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

from sync.document import has_proto_member, is_special
from sync.errors import BadRequest, StorageFailed, TooLarge
from sync.spelling import joined, read_spelt

MAX_DOCUMENT_BYTES: Final = 8_000_000
MAX_DEPTH: Final = 200
_LONG_NUMBER: Final = re.compile(rb"[:,\[ \n-][0-9]{19,}")
"""A whole number that the fast parser may round; one inside a text matches too, and is only slower."""


def encode_row(row: Mapping[str, Any], spelling: bytes | None = None) -> bytes:
    """Return a document as sent: its body as `spelling` has it, where that says the same.

    Raises: BadRequest, TooLarge. Spec: PROTOCOL B35, C48.
    """
    try:
        encoded = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    except (TypeError, RecursionError):  # orjson.JSONEncodeError is a TypeError
        encoded = _encode_exactly(row)
    if len(encoded) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"A document may have at most {MAX_DOCUMENT_BYTES} bytes.")
    if b"null" in encoded and any(_is_not_finite(value) for _, value in _values(row)):
        raise BadRequest("NaN and Infinity are not JSON.", error="doc_validation")
    if b'"__proto__"' in encoded and has_proto_member(row):
        raise BadRequest("A member named __proto__ does not survive replication.", error="doc_validation")
    return encoded if spelling is None else _spelt(row, encoded, spelling)


def _spelt(row: Mapping[str, Any], encoded: bytes, spelling: bytes) -> bytes:
    special = {name: value for name, value in row.items() if is_special(name)}
    try:
        said = special | json.loads(spelling)
        is_same = orjson.dumps(said, option=orjson.OPT_SORT_KEYS) == encoded
    except TypeError:  # whole numbers beyond 64 bits
        is_same = said == row
    except ValueError:
        is_same = False
    return joined(orjson.dumps(special), spelling) if is_same else encoded


def encode(value: object) -> bytes:
    """Return a question as sent. Raises: BadRequest."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise BadRequest("This cannot be written as JSON.") from error


def decode(data: bytes) -> Any:
    """Return what an answer says; numbers beyond 64 bits stay exact. Raises: StorageFailed."""
    try:
        return json.loads(data) if _LONG_NUMBER.search(data) else orjson.loads(data)
    except (ValueError, RecursionError) as error:
        raise StorageFailed("The server answered something that is not JSON.", error="bad_answer") from error


def decode_spelt(data: bytes, depth: int) -> Any:
    """Return the same with how the objects at `depth` are spelt, for replicas. Raises: StorageFailed."""
    value = decode(data)
    with suppress(TypeError):  # whole numbers beyond 64 bits
        if orjson.dumps(value) == data.strip():
            return value
    try:
        return read_spelt(data, depth)
    except (ValueError, RecursionError):
        return value


def _encode_exactly(row: Mapping[str, Any]) -> bytes:
    if any(depth > MAX_DEPTH for depth, _ in _values(row)):
        raise BadRequest(f"A document may nest at most {MAX_DEPTH} deep.", error="doc_validation")
    try:
        text = json.dumps(row, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest("The document cannot be written as JSON.", error="doc_validation") from error


def _is_not_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _values(body: object) -> Iterator[tuple[int, object]]:
    """Yield every value inside with its depth, without recursion."""
    pending = [(0, body)]
    while pending:
        depth, value = pending.pop()
        yield depth, value
        if depth > MAX_DEPTH:
            return
        if isinstance(value, Mapping):
            pending += ((depth + 1, member) for member in value.values())
        elif isinstance(value, (list, tuple)):
            pending += ((depth + 1, item) for item in value)
