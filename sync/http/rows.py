"""A batch whose body is no JSON as a whole, taken apart into its rows, so that one bad row is one bad row.

CouchDB stores what this parser refuses (arrays nested 100,000 deep); its replicator would otherwise
send the whole batch for ever. Spec: PROTOCOL C45, section 1 items 3 and 22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sync.errors import BadRequest
from sync.http.json_text import dump_json, parse_json, parse_received

_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class BadRow:
    """The bytes of a row that is no JSON, and what it says of itself."""

    data: bytes
    id: str | None
    rev: str | None


def split_batch(body: bytes) -> dict[str, Any]:
    """Return the body with `docs` as rows, each parsed or a BadRow.

    Raises: BadRequest when it is no object with a list `docs`, or bad beyond its rows.
    """
    begin, end, rows = _docs(body)
    rest: dict[str, Any] = parse_json(body[:begin] + b"[]" + body[end:])
    return rest | {"docs": [_row(body[start:stop]) for start, stop in rows]}


def raw_rows(body: bytes) -> list[bytes]:
    """Return the rows of a batch as they came. Raises: BadRequest."""
    return [body[start:stop].strip() for start, stop in _docs(body)[2]]


def _docs(body: bytes) -> tuple[int, int, list[tuple[int, int]]]:
    """Return where the last list `docs` begins and ends, and where each of its elements does."""
    key, depth, begin, start = b"", 0, -1, -1
    rows: list[tuple[int, int]] = []
    found = None
    for match in _TOKEN.finditer(body):
        token = match[0]
        if token in (b"[", b"{"):
            depth += 1
            if depth == 2 and token == b"[" and key == b'"docs"':
                begin, start, rows = match.start(), match.end(), []
        elif token in (b"]", b"}"):
            depth -= 1
            if depth == 1 and begin >= 0:
                if body[start : match.start()].strip() or rows:
                    rows.append((start, match.start()))
                found, begin = (begin, match.end(), rows), -1
        elif token == b"," and depth == 2 and begin >= 0:
            rows.append((start, match.start()))
            start = match.end()
        elif depth == 1 and token[:1] == b'"':
            key = token
    if found is None:
        raise BadRequest("invalid UTF-8 JSON")
    return found


def _row(data: bytes) -> Any:
    try:
        return parse_received(data, 1)
    except BadRequest:
        return bad_row(data.strip())


def bad_row(data: bytes) -> BadRow:
    """Return what can be told of bytes that are no JSON."""
    said = dict(_texts_on_top(data))
    return BadRow(data, said.get("_id"), said.get("_rev"))


def with_members(data: bytes, members: dict[str, str]) -> bytes:
    """Return an object's bytes with `members` put last, where they win over what was there."""
    inside = data.strip()[1:-1].rstrip()
    added = dump_json(members)[1:]
    return b"{" + inside + (b"," if inside else b"") + added


def _texts_on_top(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the members of an object, not of what it holds, that are texts."""
    depth, key, is_value = 0, None, False
    for match in _TOKEN.finditer(data):
        token = match[0]
        if token in (b"[", b"{"):
            depth += 1
        elif token in (b"]", b"}"):
            depth -= 1
        elif token in (b",", b":"):
            is_value = token == b":"
        elif depth == 1:
            text = _text(token)
            if is_value and key is not None and text is not None:
                yield key, text
            key = text


def _text(token: bytes) -> str | None:
    try:
        return str(parse_json(token))
    except BadRequest:
        return None
