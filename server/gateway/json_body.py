"""Small JSON requests of phones: an object with named text and object members, nothing else."""

from __future__ import annotations

from typing import Any, Final

from flask import Request

from sync.errors import BadRequest
from sync.http.body import read_object, require_json_type

MOST_BYTES: Final = 16_384


def read_small_object(request: Request) -> dict[str, Any]:
    """Raises: BadRequest, TooLarge, UnsupportedMediaType."""
    require_json_type(request)
    return read_object(request, MOST_BYTES)


def text_member(body: dict[str, Any], name: str, *, most_chars: int, default: str | None = None) -> str:
    """Raises: BadRequest."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most_chars or not _is_wellformed(value):
        raise BadRequest(f"`{name}` must be text of at most {most_chars} characters")
    return value


def _is_wellformed(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
