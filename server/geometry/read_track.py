"""Tracks and areas from GPX, KML, KMZ and GeoJSON: a Track or a Problem, whatever the bytes are.

The file itself is evidence by its hash; what is read from it is for showing and measuring.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from server.geometry.datum import shifted_datum_in
from server.geometry.geojson import read_geojson
from server.geometry.kmz import kml_in
from server.geometry.limits import MAX_FILE_BYTES, MAX_POSITIONS, MAX_SHOWN_POSITIONS
from server.geometry.outline import simplified
from server.geometry.track import Found, Polygon, Track, TrackRefused
from server.geometry.xml_tracks import read_gpx, read_kml
from server.records.problem import Problem

_READERS: Final[Mapping[str, Callable[[bytes], Found]]] = {
    "gpx": read_gpx,
    "kml": read_kml,
    "kmz": lambda data: read_kml(kml_in(data)),
    "geojson": read_geojson,
    "json": read_geojson,
}
_NAME_CHARS: Final = 120


def read_track(data: bytes, name: str) -> Track | Problem:
    """Return what the file holds; `name` decides nothing but which format is expected."""
    try:
        return _track(data, name)
    except TrackRefused as refused:
        return refused.problem


def _track(data: bytes, name: str) -> Track:
    shown_name = PurePosixPath(name.replace("\\", "/")).name[:_NAME_CHARS]
    ending = shown_name.rpartition(".")[2].lower()
    if ending not in _READERS:
        raise TrackRefused("track_ending", name=shown_name)
    if not data.strip():
        raise TrackRefused("track_empty", name=shown_name)
    if len(data) > MAX_FILE_BYTES:
        raise TrackRefused("track_too_large", max_mb=MAX_FILE_BYTES // 2**20)
    _check_looks_like(ending, data, shown_name)
    found = _READERS[ending](data)
    for text in (shown_name, *found.texts):
        if shifted := shifted_datum_in(text):
            raise TrackRefused(shifted.code, **shifted.params)
    if not (found.points or found.lines or found.polygons):
        raise TrackRefused("track_no_positions", name=shown_name)
    return _checked(found, shown_name, ending, hashlib.sha256(data).hexdigest())


def _check_looks_like(ending: str, data: bytes, name: str) -> None:
    start = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    is_text_with_zeros = start[:2] in (b"\xff\xfe", b"\xfe\xff")  # UTF-16: expat reads it by its own mark
    kinds = {"gpx": b"<", "kml": b"<", "kmz": b"PK\x03\x04", "geojson": b"{", "json": b"{"}
    if not start.startswith(kinds[ending]) and not (is_text_with_zeros and kinds[ending] == b"<"):
        raise TrackRefused("track_not_what_it_says", name=name)


def _checked(found: Found, name: str, ending: str, sha256: str) -> Track:
    count = len(found.points) + sum(map(len, found.lines)) + sum(map(_size, found.polygons))
    if count > MAX_POSITIONS:
        raise TrackRefused("track_too_many", n=count, max=MAX_POSITIONS)
    made = Track(
        name=name,
        format="geojson" if ending == "json" else ending,
        sha256=sha256,
        points=tuple(found.points),
        lines=tuple(map(tuple, found.lines)),
        polygons=tuple(found.polygons),
        warnings=_once(found.warnings),
    )
    return made if count <= MAX_SHOWN_POSITIONS else _thinned(made, count)


def _thinned(track: Track, count: int) -> Track:
    """Return the track with lighter lines; points and areas are measured values and stay."""
    fixed = len(track.points) + sum(map(_size, track.polygons))
    tolerance_m, lines = 0.5, track.lines
    while fixed + sum(map(len, lines)) > MAX_SHOWN_POSITIONS:
        if tolerance_m > 100 or not lines:
            raise TrackRefused("track_too_many", n=count, max=MAX_SHOWN_POSITIONS)
        lines = tuple(simplified(line, tolerance_m) for line in track.lines)
        tolerance_m *= 2
    kept = fixed + sum(map(len, lines))
    said = Problem("track_thinned", {"n": count, "kept": kept, "within_m": tolerance_m / 2})
    return replace(track, lines=lines, warnings=(*track.warnings, said))


def _size(polygon: Polygon) -> int:
    return len(polygon.outer) + sum(map(len, polygon.holes))


def _once(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the first warning of each code: a file that is odd is odd at every position."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.code, problem)
    return tuple(first.values())
