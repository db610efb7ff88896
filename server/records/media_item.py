"""The files that an entry names: what the bytes must be when they arrive."""

from __future__ import annotations

from server.records.limits import MAX_MEDIA_BYTES, MAX_ORIGINAL_BYTES, MEDIA_TYPES
from server.records.place import PositionSchema
from server.records.schema import Integer, Items, Object, RecordSchema, Text, Time, choice


class OriginalSchema(RecordSchema):
    """The camera's own file, hashed before the photo was made smaller."""

    sha256 = Text(max_length=64, pattern="[0-9a-f]{64}", required=True)
    size = Integer(min=1, max=MAX_ORIGINAL_BYTES, required=True)


class MediaItemSchema(RecordSchema):
    """One file; file n of the entry is the n-th of them, from 1."""

    sha256 = Text(max_length=64, pattern="[0-9a-f]{64}", required=True)
    size = Integer(min=1, max=MAX_MEDIA_BYTES, required=True)
    type = choice(*MEDIA_TYPES, required=True)
    taken_at = Time(required=True)
    position = Object(PositionSchema)
    original = Object(OriginalSchema)


def media_items(*, max_length: int) -> Items:
    """Return a field for at most so many files."""
    return Items(Object(MediaItemSchema), max_length=max_length)
