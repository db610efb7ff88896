"""Fields that name another record, a member or a device."""

from __future__ import annotations

from typing import Any

from server.records.names import DEVICE_PATTERN, HASH_PATTERN, MEMBER_PATTERN, RECORD_ID_PATTERN
from server.records.schema import Text

_ULID = "[0-7][0-9a-hjkmnp-tv-z]{25}"


def reference(record_type: str, **options: Any) -> Text:
    """Return a field for the id of a record of this type."""
    return Text(max_length=80, pattern=f"{record_type}:{_ULID}", **options)


def any_record(**options: Any) -> Text:
    """Return a field for the id of a record of any type."""
    return Text(max_length=80, pattern=RECORD_ID_PATTERN.pattern, **options)


def member(**options: Any) -> Text:
    """Return a field for the id of a member."""
    return Text(max_length=27, pattern=MEMBER_PATTERN.pattern, **options)


def device(**options: Any) -> Text:
    """Return a field for the id of a device."""
    return Text(max_length=27, pattern=DEVICE_PATTERN.pattern, **options)


def sha256(**options: Any) -> Text:
    """Return a field for a SHA-256 in hex."""
    return Text(max_length=64, pattern=HASH_PATTERN.pattern, **options)
