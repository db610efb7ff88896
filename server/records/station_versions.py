"""A station's versions: as it was written, and one more for each step that changed place, fence or hours.

Each check event is judged by the version that was in force when it was made (DOMAIN 3.3; 4, row 18).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from server.fold import HistoryRow
from server.records.entry_shape import parse_time

_PLACE: Final = ("lat", "lng", "datum")
_VERSIONED: Final = frozenset({*_PLACE, "fence_m", "opens_at", "closes_at", "open_hours", "address"})

Version = Mapping[str, Any]
"""Members of the record's body as they stand in it, and `valid_from`."""


def versions_of(
    body: Mapping[str, Any], written_at: str, history: Iterable[HistoryRow]
) -> tuple[Version, ...]:
    """Return the versions in the order in which they begin; `version` counts in the order they were made.

    What begins sooner stands in all that begins later, whichever was decided first.
    """
    first = {"valid_from": written_at, **body}
    changes = [row for row in history if row.fields.keys() & _VERSIONED]
    numbered = [
        (_begins(row.fields.get("valid_from") or row.at), body["version"] + number, row)
        for number, row in enumerate(changes, start=1)
    ]
    found: list[dict[str, Any]] = [first]
    for begins, version, row in sorted(numbered, key=lambda each: each[:2]):
        members = {name: value for name, value in row.fields.items() if name in _VERSIONED - {*_PLACE}}
        place = {name: row.fields[name] for name in _PLACE if name in row.fields}
        point = {**found[-1]["point"], **place}
        made = {"version": version, "valid_from": begins.isoformat(), "point": point}
        found.append({**found[-1], **members, **made})
    return tuple(found)


def in_force(versions: Sequence[Version], at: datetime) -> Version:
    """Return the one that holds at a moment: the last to begin by then, before all of them the first."""
    begun = [each for each in versions[1:] if _begins(each["valid_from"]) <= at]
    return begun[-1] if begun else versions[0]


def _begins(text: str) -> datetime:
    found = parse_time(text)
    assert found is not None, "checked with the shape"
    return found
