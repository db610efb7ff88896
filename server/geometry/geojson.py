"""GeoJSON (RFC 7946), and the older `crs` member, believed where it names WGS-84 or CGCS2000."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from server.geometry.datum import datum_problem
from server.geometry.limits import MAX_DEPTH, MAX_POSITIONS
from server.geometry.positions import area, exchanged, place
from server.geometry.track import Found, Place, TrackRefused

_TEXTS = ("name", "title", "description", "datum", "coordType", "coord_type", "crs")


def read_geojson(data: bytes) -> Found:
    """Return everything with a position. Raises: TrackRefused."""
    found = Found.nothing()
    for geometry, properties in _geometries(_parsed(data), found, 0):
        label = next((str(properties[n]) for n in ("name", "title", "label") if n in properties), "")
        _take(found, geometry, label, properties)
    return found


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except TrackRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise TrackRefused("track_broken", detail=str(error)[:80]) from error


def _refuse_constant(name: str) -> NoReturn:
    raise TrackRefused("track_number", value=name)


def _geometries(value: Any, found: Found, depth: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    if depth > MAX_DEPTH:
        raise TrackRefused("track_too_deep", max=MAX_DEPTH)
    if not isinstance(value, dict):
        raise TrackRefused("track_broken", detail=type(value).__name__)
    _check_crs(value.get("crs"))
    found.texts += [str(value[name]) for name in _TEXTS if isinstance(value.get(name), str)]
    kind = value.get("type")
    if kind == "FeatureCollection":
        for feature in _list(value.get("features")):
            yield from _geometries(feature, found, depth + 1)
    elif kind == "Feature":
        properties = value.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        found.texts += [str(properties[name]) for name in _TEXTS if isinstance(properties.get(name), str)]
        if value.get("geometry") is not None:
            yield from ((inner, properties) for inner, _ in _geometries(value["geometry"], found, depth + 1))
    elif kind == "GeometryCollection":
        for geometry in _list(value.get("geometries")):
            yield from _geometries(geometry, found, depth + 1)
    else:
        yield value, {}


def _check_crs(crs: Any) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if refused := datum_problem(str(name)):
        raise TrackRefused(refused.code, **refused.params)


def _take(found: Found, geometry: dict[str, Any], label: str, properties: dict[str, Any]) -> None:
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            at = properties.get("time")
            found.points.append(_position(coordinates, label, at if isinstance(at, str) else None))
            _warn(found, found.points[-1:])
        case "MultiPoint":
            found.points += _line(found, coordinates, label)
        case "LineString":
            found.lines.append(_line(found, coordinates))
        case "MultiLineString":
            found.lines += [_line(found, line) for line in _list(coordinates)]
        case "Polygon":
            _take_area(found, coordinates)
        case "MultiPolygon":
            for rings in _list(coordinates):
                _take_area(found, rings)
        case kind:
            raise TrackRefused("track_broken", detail=f"type {str(kind)[:40]}")


def _take_area(found: Found, rings: Any) -> None:
    if not _list(rings):
        raise TrackRefused("track_ring", n=0)
    outer, *holes = [_line(found, ring) for ring in rings]
    found.polygons.append(area(outer, holes))


def _line(found: Found, positions: Any, label: str = "") -> list[Place]:
    if len(_list(positions)) > MAX_POSITIONS:
        raise TrackRefused("track_too_many", n=len(positions), max=MAX_POSITIONS)
    places = [_position(position, label) for position in positions]
    _warn(found, places)
    return places


def _warn(found: Found, places: Sequence[Place]) -> None:
    if warning := exchanged(places):
        found.warnings.append(warning)


def _position(value: Any, label: str = "", at: str | None = None) -> Place:
    if not 2 <= len(_list(value)) <= 9:
        raise TrackRefused("track_broken", detail="position")
    return place(value[1], value[0], value[2] if len(value) > 2 else None, at, label)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TrackRefused("track_broken", detail=type(value).__name__)
    return value
