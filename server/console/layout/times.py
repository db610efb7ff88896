"""Times as people of the county write them, and ages where age matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.identity.instants import instant
from server.messages import Language, text

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86400


def parse_moment(at: str | datetime) -> datetime:
    """Return the moment with its zone; a text without one is taken as UTC."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_text(at: str | datetime, zone: ZoneInfo, language: Language, now: datetime) -> str:
    """Return `11月23日 14:05`, with the year when it is not this one."""
    local = parse_moment(at).astimezone(zone)
    is_this_year = local.year == now.astimezone(zone).year
    key = "console.time.this_year" if is_this_year else "console.time.other_year"
    return text(
        key,
        language,
        year=local.year,
        month=local.month if language == "zh" else local.strftime("%b"),
        day=local.day,
        clock=local.strftime("%H:%M"),
    )


def age_text(at: str | datetime, language: Language, now: datetime) -> str:
    """Return how long ago that was, in the largest unit that says it."""
    seconds = max(0, int((now - parse_moment(at)).total_seconds()))
    if seconds < _MINUTE_S:
        return text("console.age.now", language)
    if seconds < _HOUR_S:
        return text("console.age.minutes", language, n=seconds // _MINUTE_S)
    if seconds < _DAY_S:
        return text("console.age.hours", language, n=seconds // _HOUR_S)
    return text("console.age.days", language, n=seconds // _DAY_S)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[str, str]:
    """Return the first moment of the day and of the next one, spelled as the read model stores moments."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    end_day = day + timedelta(days=1)
    end = datetime(end_day.year, end_day.month, end_day.day, tzinfo=zone)
    return instant(start), instant(end)
