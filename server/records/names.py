"""The ids and names of records, members, devices and roles: their patterns, and new ones."""

from __future__ import annotations

import re
from typing import Final

from ulid import ULID

_ULID = r"[0-7][0-9a-hjkmnp-tv-z]{25}"

TYPE_PATTERN: Final = re.compile(r"[a-z][a-z_]{0,39}")
NAME_PATTERN: Final = re.compile(r"[a-z][a-z_0-9]{0,39}")
RECORD_ID_PATTERN: Final = re.compile(rf"([a-z][a-z_]{{0,39}}):({_ULID})")
MEMBER_PATTERN: Final = re.compile(rf"m{_ULID}")
DEVICE_PATTERN: Final = re.compile(rf"d{_ULID}|desk-[0-9a-f]{{12}}")
HASH_PATTERN: Final = re.compile(r"[0-9a-f]{64}")
SIGNATURE_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{86}")
BASE64URL_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]*")
TIME_PATTERN: Final = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)

SYSTEM: Final = "system"
"""Author and role of what the machine itself writes at the desk."""

ROLES: Final = frozenset(
    {
        "volunteer",
        "participant",
        "supervisor",
        "township_staff",
        "agency_liaison",
        "intake_clerk",
        "prosecutor",
        "chief_procurator",
        "security_officer",
        "auditor",
        SYSTEM,
    }
)


def new_ulid() -> str:
    """Return a fresh ULID in lower case."""
    return str(ULID()).lower()


def new_record_id(record_type: str) -> str:
    """Return the id for a draft of this type, given when the draft is begun."""
    return f"{record_type}:{new_ulid()}"


def record_type_of(record_id: str) -> str | None:
    """Return the type that a record id names; None when it is no record id."""
    match = RECORD_ID_PATTERN.fullmatch(record_id)
    return match.group(1) if match else None


def is_desk(device: str) -> bool:
    """Is this device the server's own log, where console users write?"""
    return device.startswith("desk-")


FIELD_ROLES: Final = frozenset({"volunteer", "participant"})
"""Roles that write about themselves alone, whatever the scope of their grant."""
