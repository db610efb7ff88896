"""What a joint survey's numbered points come to: an area, with method, accuracy and estimated error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Polygon as Shape

from server.geometry.datum import datum_problem
from server.geometry.measure import length_m, measured_area, mu_of
from server.geometry.track import Place, Polygon
from server.records.problem import Problem


@dataclass(frozen=True, slots=True)
class Surveyed:
    """`error_m2` and `error_m` are one standard deviation, from each point's own accuracy."""

    points: int
    area_m2: float
    perimeter_m: float
    error_m2: float
    error_m: float
    methods: tuple[str, ...]
    worst_accuracy_m: float
    doubts: tuple[Problem, ...]

    @property
    def area_mu(self) -> float:
        return mu_of(self.area_m2)


def surveyed_area(points: Sequence[Mapping[str, Any]]) -> Surveyed | Problem:
    """Return the area around survey points (`no, lat, lng, accuracy_m, method, datum`) in order of `no`.

    An accuracy is the radius that holds the true place in 68 of 100 cases, as receivers state it.
    """
    for point in points:
        if refused := datum_problem(str(point["datum"])):
            return refused
    ordered = sorted(points, key=lambda point: int(point["no"]))
    ring = [Place(float(p["lat"]), float(p["lng"])) for p in ordered]
    if len({(p.lat, p.lng) for p in ring}) < 3:
        return Problem("survey_too_few", {"n": len(ring)})
    if not Shape([(p.lng, p.lat) for p in ring]).is_valid:
        return Problem("survey_crosses_itself")
    found = measured_area(Polygon(tuple(ring)))
    accuracies_m = [float(point["accuracy_m"]) for point in ordered]
    error_m2, error_m = _errors(ring, accuracies_m)
    return Surveyed(
        points=len(ring),
        area_m2=found.area_m2,
        perimeter_m=found.perimeter_m,
        error_m2=error_m2,
        error_m=error_m,
        methods=tuple(dict.fromkeys(str(point["method"]) for point in ordered)),
        worst_accuracy_m=max(accuracies_m),
        doubts=_doubts(found.area_m2, error_m2),
    )


def _errors(ring: Sequence[Place], accuracies_m: Sequence[float]) -> tuple[float, float]:
    """Return the standard errors of area and perimeter; points err independently of each other.

    A point's deviation in one direction is its accuracy / √2; the area changes by half the distance of its
    neighbours for each metre across, the perimeter by at most twice a metre.
    """
    area_variance = perimeter_variance = 0.0
    for place, accuracy_m in enumerate(accuracies_m):
        before, after = ring[place - 1], ring[(place + 1) % len(ring)]
        one_way_m = accuracy_m / math.sqrt(2)
        area_variance += (length_m([before, after]) / 2 * one_way_m) ** 2
        perimeter_variance += (2 * one_way_m) ** 2
    return math.sqrt(area_variance), math.sqrt(perimeter_variance)


def _doubts(area_m2: float, error_m2: float) -> tuple[Problem, ...]:
    if error_m2 <= 0.1 * area_m2:
        return ()
    return (Problem("survey_imprecise", {"percent": round(100 * error_m2 / area_m2)}),)
