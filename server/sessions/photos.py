"""Photos that an event names and that have not come (DOMAIN 4, row 25)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.sessions.facts import CheckEvent, Order
from server.sessions.minutes import Calendar, minute_of
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """`is_pending`: still asked for; the session of an order that needs photos waits so long."""

    is_pending: bool
    due_on: date | None
    flags: tuple[Flag, ...]


def photo_verdict(
    events: Iterable[CheckEvent], order: Order, now: datetime, calendar: Calendar, settings: SessionSettings
) -> PhotoVerdict:
    """Return what is to be said about a session's photos."""
    flags: list[Flag] = []
    due: list[datetime] = []
    events = sorted(events, key=lambda event: event.id)
    for event in events:
        missing = [photo for photo in event.photos if photo.state in ("expected", "mismatch")]
        if not missing:
            continue
        last = event.received_at + timedelta(days=settings.media_chase_days)
        if now <= last:
            due.append(last)
            flags.append(Flag("media_pending", {"files": len(missing)}, event.id))
        else:
            flags.append(Flag("media_not_received", {"files": len(missing)}, event.id))
    own = [event for event in events if event.is_participants and event.kind in ("in", "out")]
    if order.verify_level == "L3" and own and not any(event.photos for event in own):
        flags.append(Flag("no_photo", {}))
    due_on = calendar.day(minute_of(max(due))) if due else None
    return PhotoVerdict(bool(due) and order.verify_level == "L3", due_on, tuple(flags))
