"""Distances between positions of one datum; nothing is ever converted (DOMAIN 0.7)."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

from server.sessions.facts import Fix, Point, Sample

_EARTH_M: Final = 6_371_008.8
_COMPARABLE: Final = frozenset({"WGS-84", "CGCS2000"})
"""These agree to about a metre; GCJ-02 lies hundreds of metres off, and what is unknown may be anything."""


def distance_m(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Return the way over the ground."""
    half_lat, half_lng = radians(other_lat - lat) / 2, radians(other_lng - lng) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lng) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(chord)))


def best(fix: Fix) -> Sample:
    """Return the sample with the least reported error; the earliest of equals."""
    return min(fix.samples, key=lambda sample: (sample.accuracy_m, sample.at))


def is_comparable(one: str, other: str) -> bool:
    """May positions of these datums be compared?"""
    return one == other != "unknown" or {one, other} <= _COMPARABLE


def away_m(fix: Fix, point: Point) -> tuple[float, float]:
    """Return how far the best sample is from the point, and its own accuracy."""
    sample = best(fix)
    return distance_m(sample.lat, sample.lng, point.lat, point.lng), sample.accuracy_m
