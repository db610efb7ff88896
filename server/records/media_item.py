"""The files that an entry names: what the bytes must be when they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from server.records.limits import CLIP_TYPES, MAX_CLIP_S, MAX_MEDIA_BYTES, MAX_ORIGINAL_BYTES, MEDIA_TYPES
from server.records.place import PositionSchema
from server.records.problem import Problem
from server.records.schema import Integer, Items, Number, Object, RecordSchema, Text, Time, choice


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


class PhotoOrClipSchema(MediaItemSchema):
    """A photo, or a short clip with the length that the phone read."""

    type = choice(*MEDIA_TYPES, *CLIP_TYPES, required=True)
    duration_s = Number(min=0, max=MAX_CLIP_S)

    @validates_schema
    def _says_how_long_a_clip_is(self, body: Mapping[str, Any], **_: Any) -> None:
        if body.get("type") in CLIP_TYPES and "duration_s" not in body:
            raise ValidationError([Problem("required")], "duration_s")


def photos_and_clip(*, most_photos: int) -> Items:
    """Return a field for at most so many photos, and room for one clip beside them."""
    return Items(Object(PhotoOrClipSchema), max_length=most_photos + 1)


def is_clip(item: Mapping[str, Any]) -> bool:
    """Is this file of a body's media a clip?"""
    return item.get("type") in CLIP_TYPES


def media_items(*, max_length: int) -> Items:
    """Return a field for at most so many files."""
    return Items(Object(MediaItemSchema), max_length=max_length)
