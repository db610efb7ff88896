"""erasure: what was taken out of entries when its time was over, and why. The proofs of those entries stay.

The value of an erased part, and the bytes of an erased file, are nowhere any more; their hashes are in the
entry, which was signed and is never changed (DESIGN 2, `parts`; DOMAIN 6, "Retention").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from server.records.names import SYSTEM
from server.records.record_type import Body, RecordType
from server.records.references import reference
from server.records.schema import Date, Flag, Integer, Items, Object, RecordSchema, Text

ERASED: Final = "erased"
"""The state of a file whose bytes were erased."""
MOST_ITEMS: Final = 300
"""To one erasure, so that the entry stays well below its limit."""

Item = Mapping[str, Any]
Doc = dict[str, Any]


class ErasedItemSchema(RecordSchema):
    """What was erased of one entry: parts by name, files by number; of bytes that are no entry, all."""

    log = Text(min_length=1, max_length=120, required=True)
    parts = Items(Text(min_length=1, max_length=40), max_length=16, required=True)
    files = Items(Integer(min=1, max=99), max_length=99, required=True)
    is_opaque = Flag()


class ErasureSchema(RecordSchema):
    """Schema 1."""

    order = reference("service_order", required=True)
    hold_until = Date(required=True)
    keep_days = Integer(min=0, max=36_500, required=True)
    due_on = Date(required=True)
    items = Items(Object(ErasedItemSchema), min_length=1, max_length=MOST_ITEMS, required=True)


def _references(body: Body) -> Iterable[str]:
    return (body["order"],)


ERASURE = RecordType(
    name="erasure",
    schemas={1: ErasureSchema()},
    written_by=frozenset({SYSTEM}),
    is_desk_only=True,
    references=_references,
)


def erased_id(log: str) -> str:
    """Return where `central` keeps what was erased of a log document."""
    return f"erased:{log}"


def joined(present: Item | None, item: Item) -> Doc:
    """Return what is erased of an entry after one more erasure."""
    known: Item = present or {"parts": [], "files": []}
    found: Doc = {name: sorted({*known[name], *item[name]}) for name in ("parts", "files")}
    if item.get("is_opaque") or known.get("is_opaque"):
        found["is_opaque"] = True
    return found


def without(doc: Mapping[str, Any], item: Item) -> Doc:
    """Return a document of `logs` or `central` without what was erased."""
    found: Doc = dict(doc)
    if isinstance(found.get("parts"), Mapping):
        found["parts"] = {name: part for name, part in found["parts"].items() if name not in item["parts"]}
    if isinstance(found.get("media"), list):
        found["media"] = [_file(file, item) for file in found["media"]]
    if item.get("is_opaque") and isinstance(found.get("opaque"), Mapping):
        found["opaque"] = {**found["opaque"], "base64": ""}
    return found


def _file(file: Mapping[str, Any], item: Item) -> Doc:
    if file["number"] not in item["files"]:
        return dict(file)
    kept = {name: file[name] for name in ("number", "sha256", "size", "type") if name in file}
    return {**kept, "state": ERASED}
