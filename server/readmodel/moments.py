"""Moments as the read model keeps them: UTC with milliseconds, so that text order is time order."""

from __future__ import annotations

from datetime import UTC

from server.records.entry import parse_time


def utc_text(moment: object) -> str | None:
    """Return an RFC 3339 text in the one stored spelling; None when it is no moment."""
    found = parse_time(moment)
    if found is None:
        return None
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
