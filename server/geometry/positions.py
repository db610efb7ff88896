"""One position from the numbers of a file: checked, or the file refused with the number that is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from server.geometry.limits import MAX_TEXT_CHARS
from server.geometry.track import Place, Polygon, TrackRefused
from server.records.problem import Problem

MAX_HEIGHT_M: Final = 100_000.0
CHINA: Final = ((3.0, 54.0), (73.0, 136.0))
"""Latitudes and longitudes: a place that lies there only with both exchanged was written the wrong way."""


def number(text: object) -> float:
    """Return a finite number that a file spells. Raises: TrackRefused."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise TrackRefused("track_number", value=str(text)[:40])
    try:
        found = float(text)
    except (ValueError, OverflowError):
        raise TrackRefused("track_number", value=str(text)[:40]) from None
    if not math.isfinite(found):
        raise TrackRefused("track_number", value=str(text)[:40])
    return found


def place(lat: object, lng: object, height: object = None, at: str | None = None, label: str = "") -> Place:
    """Return the position. Raises: TrackRefused where it is none on the earth."""
    latitude, longitude = number(lat), number(lng)
    if abs(latitude) > 90 or abs(longitude) > 180:
        hint = "track_exchanged" if abs(longitude) <= 90 and abs(latitude) <= 180 else "track_out_of_range"
        raise TrackRefused(hint, lat=f"{latitude:g}", lng=f"{longitude:g}")
    height_m = None if height is None else number(height)
    if height_m is not None and abs(height_m) > MAX_HEIGHT_M:
        raise TrackRefused("track_number", value=f"{height_m:g}")
    return Place(latitude, longitude, height_m, _moment(at), label.strip()[:MAX_TEXT_CHARS])


def exchanged(places: Sequence[Place]) -> Problem | None:
    """Return a warning if a place lies in China only with latitude and longitude exchanged."""
    for found in places:
        if not _is_in_china(found.lat, found.lng) and _is_in_china(found.lng, found.lat):
            return Problem("track_maybe_exchanged", {"lat": f"{found.lat:g}", "lng": f"{found.lng:g}"})
    return None


def area(outer: Sequence[Place], holes: Sequence[Sequence[Place]] = ()) -> Polygon:
    """Return the polygon of these rings, the repeated last position left out. Raises: TrackRefused."""
    rings = [_open(ring) for ring in (outer, *holes)]
    for ring in rings:
        if len({(p.lat, p.lng) for p in ring}) < 3:
            raise TrackRefused("track_ring", n=len(ring))
    return Polygon(rings[0], tuple(rings[1:]))


def _open(ring: Sequence[Place]) -> tuple[Place, ...]:
    is_closed = len(ring) > 1 and (ring[0].lat, ring[0].lng) == (ring[-1].lat, ring[-1].lng)
    return tuple(ring[:-1] if is_closed else ring)


def _is_in_china(lat: float, lng: float) -> bool:
    return CHINA[0][0] <= lat <= CHINA[0][1] and CHINA[1][0] <= lng <= CHINA[1][1]


def _moment(text: str | None) -> str | None:
    """Return a time as the file spells it; what is no time is left out, and the position counts."""
    if not text:
        return None
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return text.strip()[:40]
