"""Geometry on the earth: measuring, finding and simplifying, and files of drones and receivers. Pure.

Every position is WGS-84 (CGCS2000 agrees with it to about a metre); what says otherwise is refused, never
converted (DOMAIN 0.7).
"""

from server.geometry.datum import datum_problem
from server.geometry.measure import (
    Measure,
    distance_and_bearing,
    is_same_point,
    length_m,
    measured_area,
    mu_of,
)
from server.geometry.outline import Outline, Outlines, simplified
from server.geometry.read_track import read_track
from server.geometry.survey import Surveyed, surveyed_area
from server.geometry.track import Place, Polygon, Track

__all__ = [
    "Measure",
    "Outline",
    "Outlines",
    "Place",
    "Polygon",
    "Surveyed",
    "Track",
    "datum_problem",
    "distance_and_bearing",
    "is_same_point",
    "length_m",
    "measured_area",
    "mu_of",
    "read_track",
    "simplified",
    "surveyed_area",
]
