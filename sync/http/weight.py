"""What one document may weigh, asked before the engine is: its bytes, its nesting, its generation, its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.document import LOCAL_PREFIX
from sync.errors import BadRequest, TooLarge
from sync.http.json_text import dump_json
from sync.http.limits import Limits


def is_stricter(limits: Limits) -> bool:
    """Whether these limits are others than the engine's own, which weighs every document itself."""
    return _of_a_document(limits) != _of_a_document(Limits())


def _of_a_document(limits: Limits) -> tuple[int, ...]:
    return limits.max_document_bytes, limits.max_depth, limits.max_generation, limits.max_id_bytes


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
    if isinstance(row, Mapping):
        if _generation(row) > limits.max_generation:
            raise BadRequest(f"A document may have at most {limits.max_generation} generations.")
        _check_id(row.get("_id"), limits)


def _check_id(doc_id: object, limits: Limits) -> None:
    """Raises: BadRequest. Checkpoints are named by whoever replicates."""
    if not isinstance(doc_id, str) or doc_id.startswith(LOCAL_PREFIX):
        return
    if len(doc_id) * 4 > limits.max_id_bytes < len(doc_id.encode(errors="replace")):
        reason = f"A document id may have at most {limits.max_id_bytes} bytes."
        raise BadRequest(reason, error="illegal_docid")


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
