"""What one document may weigh, asked before the engine is: its bytes, its nesting, its generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.errors import BadRequest, TooLarge
from sync.http.json_text import dump_json
from sync.http.limits import Limits


def is_stricter(limits: Limits) -> bool:
    """Whether these limits are others than the engine's own, which weighs every document itself."""
    usual = Limits()
    return (limits.max_document_bytes, limits.max_depth, limits.max_generation) != (
        usual.max_document_bytes,
        usual.max_depth,
        usual.max_generation,
    )


def check_weight(row: Any, limits: Limits) -> None:
    """Raises: TooLarge, BadRequest. Spec: PROTOCOL C48, section 1 items 6 and 22."""
    try:
        text = dump_json(row)
    except RecursionError as error:
        raise BadRequest(_too_deep(limits), error="doc_validation") from error
    if len(text) > limits.max_document_bytes:
        raise TooLarge(f"A document may have at most {limits.max_document_bytes} bytes.")
    # So few brackets cannot nest deeper; only a text with many is looked at value by value.
    if text.count(b"[") + text.count(b"{") > limits.max_depth and depth(row) > limits.max_depth:
        raise BadRequest(_too_deep(limits), error="doc_validation")
    if isinstance(row, Mapping) and _generation(row) > limits.max_generation:
        raise BadRequest(f"A document may have at most {limits.max_generation} revisions.")


def depth(value: Any) -> int:
    """Return how many arrays and objects lie inside each other, without recursion."""
    deepest, level = 0, [value]
    while level := [item for item in level if isinstance(item, (Mapping, list))]:
        deepest += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, Mapping) else item)]
    return deepest


def _generation(row: Mapping[str, Any]) -> int:
    """Return the generation that a row claims, as far as it can be read; the engine reads it strictly."""
    revisions = row.get("_revisions")
    start = revisions.get("start") if isinstance(revisions, dict) else None
    if type(start) is int:
        return start
    head = str(row.get("_rev", "")).partition("-")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 100 else 0


def _too_deep(limits: Limits) -> str:
    return f"A document may nest at most {limits.max_depth} deep."
