"""Rows at the door: which are taken as entries, and the exact bytes of those that are not. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from server.records.canonical import CanonicalError, canonical
from server.records.entry import parse_log_id
from server.records.erasure import ERASED
from server.records.limits import MAX_ENTRY_BYTES, MAX_PART_BYTES, MAX_PARTS
from server.records.wellformed import value_problem
from sync.errors import BadRequest, TooLarge
from sync.http.json_text import parse_json

MAX_OPAQUE_BYTES = 5_900_000
"""In base64 they still fit into one document of every backend."""

_HEAD = re.compile(r'\s*\{\s*"docs"\s*:\s*\[\s*')
_COMMA = re.compile(r"\s*,\s*")
_MEMBERS = {"_id", "entry", "parts"}


def split_body(body: bytes, limit_rows: int) -> list[Any]:
    """Return the rows of `{"docs": [...]}`. Raises: BadRequest, TooLarge; then nothing is stored."""
    try:
        value = orjson.loads(body)  # refuses half characters, which the other parser takes
    except orjson.JSONDecodeError as error:
        raise BadRequest("invalid UTF-8 JSON") from error
    parse_json(body)  # refuses keys that occur twice, of which this one takes the last
    if not isinstance(value, dict) or not value.keys() <= {"docs", "new_edits"}:
        raise BadRequest("the body is `docs`, and nothing else")
    if not isinstance(value.get("docs"), list):
        raise BadRequest("`docs` must be a list of rows")
    if value.get("new_edits", True) is not True:
        raise BadRequest("only ordinary edits are taken here")
    rows: list[Any] = value["docs"]
    if len(rows) > limit_rows:
        raise TooLarge(f"at most {limit_rows} rows")
    return rows


def raw_rows(body: bytes, rows: list[Any]) -> list[bytes]:
    """Return the bytes of each row as they were sent; written anew where the body is spelt otherwise."""
    text = body.decode()
    head = _HEAD.match(text)
    found: list[bytes] = []
    decoder, position = json.JSONDecoder(), head.end() if head else 0
    while head and len(found) < len(rows):
        end = decoder.raw_decode(text, position)[1]
        found.append(text[position:end].encode())
        comma = _COMMA.match(text, end)
        if comma is None:
            break
        position = comma.end()
    return found if len(found) == len(rows) else [orjson.dumps(row) for row in rows]


def refusal(row: Any, device: str) -> str | None:
    """Return why this row is not taken as an entry of the device's log, as a code; None when it is."""
    if not isinstance(row, dict):
        return "not_an_entry"
    place = parse_log_id(row.get("_id"))
    if place is None:
        return "bad_log_id"
    if place[0] != device:
        return "not_own_log"
    if row.get("_deleted"):
        return "deletion"
    if "_rev" in row or "_revisions" in row:
        return "not_first_revision"
    if not row.keys() <= _MEMBERS:
        return "member_unknown"
    return _entry_refusal(row.get("entry"), place) or _parts_refusal(row.get("parts", {}))


def same_row(stored: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """Return None when the row is the one that is stored, else the code of what differs."""
    if stored.get("entry") != row["entry"]:
        return "fork"
    kept, sent = stored.get("parts", {}), row.get("parts", {})
    is_first_revision = str(stored["_rev"]).startswith("1-") and ERASED not in stored
    if kept == sent or (not is_first_revision and all(sent.get(name) == kept[name] for name in kept)):
        return None  # parts that were erased since do not come back
    return "parts_differ"


def opaque_document(doc_id: str, data: bytes, reason: str) -> dict[str, Any]:
    """Return the document that keeps bytes which are no entry. Raises: TooLarge."""
    if len(data) > MAX_OPAQUE_BYTES:
        raise TooLarge(f"a row has at most {MAX_OPAQUE_BYTES} bytes")
    return {
        "_id": doc_id,
        "opaque": {
            "base64": base64.b64encode(data).decode(),
            "reason": reason,
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
        },
    }


def opaque_id(device: str, data: bytes) -> str:
    """Return where bytes go whose place in the log is taken, or unknown."""
    return f"{device}:opaque:{hashlib.sha256(data).hexdigest()}"


def _entry_refusal(entry: Any, place: tuple[str, int]) -> str | None:
    if not isinstance(entry, dict):
        return "not_an_entry"
    problem = value_problem(entry)
    if problem:
        return problem.code
    if _is_over(entry, MAX_ENTRY_BYTES):
        return "too_large"
    number = entry.get("entry")
    if isinstance(number, bool) or (entry.get("device"), number) != place:
        return "entry_mismatch"
    return None


def _parts_refusal(parts: Any) -> str | None:
    if not isinstance(parts, dict):
        return "part_mismatch"
    if len(parts) > MAX_PARTS:
        return "too_large"
    for part in parts.values():
        problem = value_problem(part)
        if problem:
            return problem.code
        # The limit is on the value with its name: ingest weighs it exactly.
        if _is_over(part, MAX_PART_BYTES):
            return "too_large"
    problem = value_problem(dict.fromkeys(parts))
    return problem.code if problem else None


def _is_over(value: Any, limit_bytes: int) -> bool:
    """Weighed cheaply first: canonical text is never longer than this one for numbers that pass."""
    if len(orjson.dumps(value)) <= limit_bytes:
        return False
    try:
        return len(canonical(value)) > limit_bytes
    except CanonicalError:
        return True
