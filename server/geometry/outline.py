"""Which township or county a place lies in, and lines made lighter for a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shapely import LineString, Point, STRtree, unary_union
from shapely import Polygon as Shape
from shapely.geometry.base import BaseGeometry

from server.geometry.track import Place, Polygon

M_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Outline:
    """The land of one code: a township's or a county's, in one or several polygons."""

    code: str
    polygons: tuple[Polygon, ...]


class Outlines:
    """Outlines of an office, asked which of them holds a place. A place on an edge belongs to both sides."""

    def __init__(self, outlines: Iterable[Outline]) -> None:
        self._outlines = tuple(outlines)
        self._shapes = [_shape(outline) for outline in self._outlines]
        self._tree = STRtree(self._shapes)

    def codes_at(self, place: Place) -> tuple[str, ...]:
        """Return the codes whose land holds the place, in their own order; empty when it lies outside all."""
        point = Point(place.lng, place.lat)
        found = sorted(int(n) for n in self._tree.query(point) if self._shapes[int(n)].covers(point))
        return tuple(self._outlines[n].code for n in found)


def simplified(line: Sequence[Place], tolerance_m: float) -> tuple[Place, ...]:
    """Return the places that keep the line within about `tolerance_m` of itself; the ends always stay.

    Degrees of longitude count as long as those of latitude, so that more is kept eastwards, never less.
    """
    if len(line) < 3 or tolerance_m <= 0:
        return tuple(line)
    kept = LineString([(p.lng, p.lat) for p in line]).simplify(
        tolerance_m / M_PER_DEGREE, preserve_topology=False
    )
    return _places_of(line, [(float(x), float(y)) for x, y in kept.coords])


def _places_of(line: Sequence[Place], kept: Sequence[tuple[float, float]]) -> tuple[Place, ...]:
    """Return the places with these coordinates, in order: heights and times stay with them."""
    found, place_no = [], 0
    for coordinates in kept:
        while (line[place_no].lng, line[place_no].lat) != coordinates:
            place_no += 1
        found.append(line[place_no])
        place_no += 1
    return tuple(found)


def _shape(outline: Outline) -> BaseGeometry:
    rings = [Shape(_ring(p.outer), [_ring(hole) for hole in p.holes]) for p in outline.polygons]
    # An outline drawn by hand may touch itself: `buffer(0)` makes it one that can be asked.
    return unary_union([ring if ring.is_valid else ring.buffer(0) for ring in rings])


def _ring(ring: Sequence[Place]) -> list[tuple[float, float]]:
    return [(p.lng, p.lat) for p in ring]
