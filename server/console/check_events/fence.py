"""How far the samples lie from the station, computed simply: enough for a fence, no survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

EARTH_RADIUS_M = 6_371_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured position and its distance to the station."""

    lat: float
    lng: float
    accuracy_m: float
    altitude: float | None
    at: str
    distance_m: int


@dataclass(frozen=True, slots=True)
class FenceAnswer:
    """`is_inside` counts the measured accuracy in the participant's favour (DOMAIN 3, settings)."""

    distance_m: int
    fence_m: int
    accuracy_m: int

    @property
    def is_inside(self) -> bool:
        return self.distance_m <= self.fence_m + self.accuracy_m


def distance_m(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return the great-circle distance of two points of one datum, in metres."""
    lat1, lat2 = radians(one["lat"]), radians(other["lat"])
    half_lat, half_lng = (lat2 - lat1) / 2, radians(other["lng"] - one["lng"]) / 2
    root = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(root)))


def samples_of(fix: Mapping[str, Any], station: Mapping[str, Any] | None) -> list[Sample]:
    """Return the samples with their distances; 0 where the station is not known."""
    point = station["point"] if station else None
    return [
        Sample(
            lat=sample["lat"],
            lng=sample["lng"],
            accuracy_m=sample["accuracy_m"],
            altitude=sample["altitude"],
            at=sample["at"],
            distance_m=round(distance_m(sample, point)) if point else 0,
        )
        for sample in fix["samples"]
    ]


def fence_answer(fix: Mapping[str, Any], station: Mapping[str, Any] | None) -> FenceAnswer | None:
    """Return whether the best sample lies within the fence; None when that cannot be compared."""
    if station is None or fix["datum"] != station["point"]["datum"]:
        return None
    best = min(samples_of(fix, station), key=lambda sample: sample.accuracy_m)
    return FenceAnswer(best.distance_m, int(station["fence_m"]), round(best.accuracy_m))
