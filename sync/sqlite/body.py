"""Document bodies as they lie on disk: JSON bytes as they were received, with their SHA-256.

Of what never was JSON text numbers keep their value: whole numbers beyond 64 bits and floats come back.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson

from sync.document import has_proto_member
from sync.errors import BadRequest, TooLarge
from sync.spelling import SpeltDocument
from sync.sqlite.limits import EngineLimits
from sync.sqlite.seals import body_seal, damaged

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


class EncodedBody(NamedTuple):
    """`is_wide`: holds numbers that the fast parser would round, so the exact one must read it."""

    json: bytes
    sha256: bytes
    is_wide: bool


DEFAULTS: Final = EngineLimits()
EMPTY = EncodedBody(b"{}", hashlib.sha256(b"{}").digest(), is_wide=False)


def content_sha256(body: dict[str, Any], encoded: EncodedBody) -> bytes:
    """Return the SHA-256 of the content in sorted key order: what a new revision is named after."""
    if encoded.is_wide:
        in_order = _compact(body, sort_keys=True)
    else:
        in_order = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return encoded.sha256 if in_order == encoded.json else hashlib.sha256(in_order).digest()


def encode_body(
    body: dict[str, Any], limits: EngineLimits = DEFAULTS, spelling: bytes | None = None
) -> EncodedBody:
    """Return the body as stored: `spelling` where that says what the members say.

    Raises: BadRequest, TooLarge. Spec: PROTOCOL B35, C48, section 1 items 22 to 24.
    """
    if not body:
        return EMPTY
    try:
        encoded = orjson.dumps(body)
        is_wide = False
    except (TypeError, RecursionError):  # orjson.JSONEncodeError is a TypeError
        encoded = _encode_exactly(body, limits.depth)
        is_wide = True
    received = encoded if spelling is None or not _is_spelt(spelling, encoded, is_wide) else spelling
    if max(len(encoded), len(received)) > limits.document_bytes:
        raise TooLarge(f"A document may have at most {limits.document_bytes} bytes.")
    if _is_deeper(encoded, limits.depth):
        raise _too_deep(limits.depth)
    # orjson writes NaN as null; what it reads back is then another value, told without a walk in Python.
    if b"null" in encoded and not is_wide and orjson.loads(encoded) != body and _has_nan(body, limits.depth):
        raise BadRequest("NaN and Infinity are not JSON.", error="doc_validation")
    if b'"__proto__"' in encoded and has_proto_member(body):
        raise BadRequest("A member named __proto__ does not survive replication.", error="doc_validation")
    return EncodedBody(received, hashlib.sha256(received).digest(), is_wide)


def _is_spelt(spelling: bytes, encoded: bytes, is_wide: bool) -> bool:
    """Whether a spelling says what was encoded: its document may have been changed since it was read."""
    if spelling == encoded:
        return True
    try:
        said = json.loads(spelling) if is_wide else orjson.loads(spelling)
        return (_compact(said) if is_wide else orjson.dumps(said)) == encoded
    except (ValueError, TypeError, RecursionError):
        return False


def _too_deep(depth: int) -> BadRequest:
    return BadRequest(f"A document may nest at most {depth} deep.", error="doc_validation")


def _is_deeper(encoded: bytes, depth: int) -> bool:
    """Whether brackets nest deeper, found without a walk: the innermost pairs go, level by level."""
    if encoded.count(b"[") + encoded.count(b"{") <= depth:
        return False
    brackets = _STRING.sub(b"", encoded).translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(depth):
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    return True


def _encode_exactly(body: dict[str, Any], deepest: int) -> bytes:
    if any(depth > deepest for depth, _ in _values(body, deepest)):
        raise _too_deep(deepest)
    try:
        return _compact(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest("The document cannot be written as JSON.", error="doc_validation") from error


def _compact(body: dict[str, Any], *, sort_keys: bool = False) -> bytes:
    text = json.dumps(body, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)
    return text.encode()


BODY_COLUMNS: Final = "b.number, b.json, b.sha256, b.is_wide, b.seal"


def read_body(number: int, encoded: bytes, sha256: bytes, is_wide: bool, seal: int) -> SpeltDocument:
    """Return the members of a row of BODY_COLUMNS. Raises: StorageFailed (damaged)."""
    try:
        is_whole = body_seal(number, sha256, is_wide) == seal
    except (TypeError, ValueError):  # a flipped bit may have changed what type a column has
        is_whole = False
    if not is_whole or not isinstance(encoded, bytes):
        raise damaged("A stored document")
    return decode_body(encoded, sha256, is_wide)


def decode_body(encoded: bytes, sha256: bytes, is_wide: bool) -> SpeltDocument:
    """Return the members as they are spelt. Raises: StorageFailed when the bytes are not those written."""
    if hashlib.sha256(encoded).digest() != sha256:
        raise damaged("A stored document")
    return SpeltDocument(json.loads(encoded) if is_wide else orjson.loads(encoded), encoded)


def _has_nan(body: dict[str, Any], deepest: int) -> bool:
    return any(isinstance(value, float) and not math.isfinite(value) for _, value in _values(body, deepest))


def _values(body: object, deepest: int) -> Iterator[tuple[int, object]]:
    """Yield every value inside with its depth, without recursion."""
    pending = [(0, body)]
    while pending:
        depth, value = pending.pop()
        yield depth, value
        if depth > deepest:
            return
        if isinstance(value, Mapping):
            pending += ((depth + 1, member) for member in value.values())
        elif isinstance(value, (list, tuple)):
            pending += ((depth + 1, item) for item in value)
