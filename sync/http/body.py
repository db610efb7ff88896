"""Reading a request body: bounded before and after inflation, JSON where JSON is asked for."""

from __future__ import annotations

import zlib
from typing import Any

from flask import Request

from sync.errors import BadRequest, TooLarge, UnsupportedMediaType
from sync.http.json_text import parse_json

_GZIP = 16 + zlib.MAX_WBITS


def require_json_type(request: Request) -> None:
    """Raises: UnsupportedMediaType. Spec: PROTOCOL A11."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Content-Type must be application/json")


def read_object(request: Request, max_bytes: int) -> dict[str, Any]:
    """Return the JSON object that the body is. Raises: BadRequest, TooLarge, UnsupportedMediaType."""
    value = parse_json(read_bytes(request, max_bytes), keys_once=False)
    if not isinstance(value, dict):
        raise BadRequest("Request body must be a JSON object")
    return value


def read_bytes(request: Request, max_bytes: int) -> bytes:
    """Return the body, inflated. Spec: PROTOCOL A12, ATTACKS 7.32, 7.33."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise UnsupportedMediaType(f"{encoding} is not a supported content encoding.")
    if (request.content_length or 0) > max_bytes:
        raise TooLarge("the request entity is too large")
    data = request.stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge("the request entity is too large")
    return _inflate(data, max_bytes) if encoding == "gzip" else data


def _inflate(data: bytes, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj(_GZIP)
    try:
        inflated = inflater.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise BadRequest("Request body is not properly gzipped.") from error
    if len(inflated) > max_bytes:
        raise TooLarge("the request entity is too large")
    if not inflater.eof or inflater.unused_data:
        raise BadRequest("Request body is not properly gzipped.")
    return inflated
