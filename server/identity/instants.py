"""Moments as this package stores them: RFC 3339 in UTC with milliseconds; text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Moment = str | datetime
"""What callers may hand in: any RFC 3339 text with an offset, or an aware datetime."""


def now() -> datetime:
    return datetime.now(UTC)


def instant(moment: Moment) -> str:
    """Return the moment in the one stored spelling. Raises: ValueError without an offset."""
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if parsed.tzinfo is None:
        raise ValueError("a moment without an offset")
    return parsed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(moment: Moment, **lapse: float) -> str:
    """Return the moment `timedelta(**lapse)` after this one."""
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return instant(parsed + timedelta(**lapse))


def seconds_until(moment: Moment, at: datetime) -> float:
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (parsed - at).total_seconds()
