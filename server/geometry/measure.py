"""Geodesic lengths, areas, distances and bearings on the WGS-84 ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyproj import Geod

from server.geometry.track import Place, Polygon

M2_PER_MU: Final = 2000 / 3
SAME_POINT_M: Final = 10.0
"""How far before and after may be apart beyond what both fixes admit to (photos "from the same point")."""

_GEOD: Final = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Measure:
    """An area as it is said: square metres, mu, and the length of its outer edge."""

    area_m2: float
    perimeter_m: float

    @property
    def area_mu(self) -> float:
        return mu_of(self.area_m2)


def mu_of(area_m2: float) -> float:
    """Return square metres in mu (亩); 1 mu is 2000/3 m²."""
    return area_m2 / M2_PER_MU


def length_m(line: Sequence[Place]) -> float:
    """Return the geodesic length along the places, heights left out; 0 for fewer than two."""
    if len(line) < 2:
        return 0.0
    return float(_GEOD.line_length([p.lng for p in line], [p.lat for p in line]))


def measured_area(polygon: Polygon) -> Measure:
    """Return the geodesic area without holes, in whichever direction the rings run."""
    outer_m2, perimeter_m = _ring(polygon.outer)
    holes_m2 = sum(_ring(hole)[0] for hole in polygon.holes)
    return Measure(max(0.0, outer_m2 - holes_m2), perimeter_m)


def distance_and_bearing(first: Place, second: Place) -> tuple[float, float]:
    """Return metres and the bearing at the first place, degrees from north clockwise in [0, 360)."""
    bearing, _back, distance_m = _GEOD.inv(first.lng, first.lat, second.lng, second.lat)
    return float(distance_m), float(bearing) % 360.0


def is_same_point(
    first: Place, second: Place, *, accuracies_m: tuple[float, float], within_m: float = SAME_POINT_M
) -> bool:
    """May two photos have been taken from one point, given how far each position may be off?"""
    return distance_and_bearing(first, second)[0] <= within_m + sum(accuracies_m)


def _ring(ring: Sequence[Place]) -> tuple[float, float]:
    if len(ring) < 3:
        return 0.0, 0.0
    area_m2, perimeter_m = _GEOD.polygon_area_perimeter([p.lng for p in ring], [p.lat for p in ring])
    return abs(float(area_m2)), float(perimeter_m)
