"""What a position says against itself: no jitter, stale, poor, of unknown datum (DOMAIN 0.8, 3.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from server.sessions.clock import Corrected
from server.sessions.facts import CheckEvent, Fix
from server.sessions.geometry import best, distance_m, is_comparable
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings

_KNOWN = frozenset({"WGS-84", "CGCS2000", "GCJ-02"})


def position_flags(event: CheckEvent, settings: SessionSettings) -> Iterator[Flag]:
    """Yield the doubts that an event's own samples give rise to."""
    fix = event.fix
    if fix is None or not fix.samples:
        return
    sample = best(fix)
    if sample.accuracy_m > settings.poor_accuracy_m:
        yield Flag("poor_accuracy", {"accuracy_m": round(sample.accuracy_m)}, event.id)
    if fix.datum not in _KNOWN:
        yield Flag("datum_unknown", {}, event.id)
    elif fix.datum == "GCJ-02":
        yield Flag("datum_gcj02", {}, event.id)
    if _never_moves(fix, settings):
        yield Flag("no_jitter", {"samples": len(fix.samples)}, event.id)
    # Both times are the device's own, so its clock does not matter.
    age = event.at - max(each.at for each in fix.samples)
    if age > timedelta(seconds=settings.stale_fix_s):
        yield Flag("stale_fix", {"age_s": int(age.total_seconds())}, event.id)


def _never_moves(fix: Fix, settings: SessionSettings) -> bool:
    """A real receiver's samples always differ a little, and mostly know a height."""
    places = {(each.lat, each.lng) for each in fix.samples}
    has_height = any(each.altitude is not None for each in fix.samples)
    return len(fix.samples) >= settings.jitter_samples and len(places) == 1 and not has_height


def speed_flags(events: Sequence[tuple[CheckEvent, Corrected]], settings: SessionSettings) -> Iterator[Flag]:
    """Yield a doubt for each event that its person could not have reached in time from the one before."""
    placed = [(event, time) for event, time in events if event.fix and event.fix.samples and time.is_trusted]
    for (event, time), (later, later_time) in pairwise(placed):
        speed = _speed(event.fix, later.fix, (later_time.at - time.at).total_seconds(), settings)
        if speed is not None:
            metres, kmh = speed
            params = {"way_m": metres, "kmh": kmh, "from_event": event.id}
            yield Flag("speed_impossible", params, later.id)


def _speed(
    fix: Fix | None, later: Fix | None, apart_s: float, settings: SessionSettings
) -> tuple[int, int] | None:
    """Return way and speed where nobody travels so fast, each position at its best within its accuracy."""
    if fix is None or later is None or not is_comparable(fix.datum, later.datum):
        return None
    one, other = best(fix), best(later)
    way_m = distance_m(one.lat, one.lng, other.lat, other.lng) - one.accuracy_m - other.accuracy_m
    if way_m < settings.speed_least_m:
        return None
    kmh = way_m / 1000 / (max(apart_s, 1) / 3600)
    return (round(way_m), round(kmh)) if kmh > settings.speed_limit_kmh else None
