"""GPX 1.0/1.1 and KML 2.x by their few elements that hold positions, read as a stream with DTDs refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from server.geometry.limits import MAX_DEPTH, MAX_ELEMENTS, MAX_POSITIONS
from server.geometry.positions import area, exchanged, number, place
from server.geometry.track import Found, Place, TrackRefused

_TEXTS: Final = frozenset({"name", "desc", "description", "cmt", "value", "Snippet"})
_TEXT_CHARS: Final = 2000


def read_gpx(data: bytes) -> Found:
    """Return waypoints, tracks and routes; a track's segments are lines. Raises: TrackRefused."""
    found, line = Found.nothing(), list[Place]()
    for element in _elements(data, "gpx", found):
        match _local(element):
            case "wpt":
                found.points.append(_gpx_place(element))
            case "trkpt" | "rtept":
                line.append(_gpx_place(element))
                _limit(line)
            case "trkseg" | "rte":
                _add_line(found, line)
                line = []
    _warn(found)
    return found


def _gpx_place(element: Element) -> Place:
    parts = {_local(child): child.text for child in element}
    at, label = parts.get("time"), parts.get("name") or ""
    made = place(element.get("lat"), element.get("lon"), parts.get("ele") or None, at, label)
    element.clear()
    return made


def read_kml(data: bytes) -> Found:
    """Return points, lines, gx tracks and polygons of all placemarks. Raises: TrackRefused."""
    found = Found.nothing()
    for element in _elements(data, "kml", found):
        match _local(element):
            case "Placemark":
                _take_placemark(found, element)
                element.clear()
            case "NetworkLink":
                # What lies elsewhere is never fetched; the reader is told what is here.
                element.clear()
    _warn(found)
    return found


def _take_placemark(found: Found, placemark: Element) -> None:
    label = next((c.text or "" for c in placemark if _local(c) == "name"), "")
    for element in placemark.iter():
        match _local(element):
            case "Point":
                found.points += _coordinates(element, label)
                _limit(found.points)
            case "LineString":
                _add_line(found, _coordinates(element))
            case "Track":
                _add_line(found, _gx_track(element))
            case "Polygon":
                rings = {"outerBoundaryIs": list[list[Place]](), "innerBoundaryIs": list[list[Place]]()}
                for boundary in element:
                    if _local(boundary) in rings:
                        rings[_local(boundary)].append(_coordinates(boundary))
                if len(rings["outerBoundaryIs"]) != 1:
                    raise TrackRefused("track_ring", n=0)
                found.polygons.append(area(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"]))


def _coordinates(element: Element, label: str = "") -> list[Place]:
    """Return the positions of every `coordinates` in it: `lng,lat[,height]`, separated by white space."""
    texts = [child.text or "" for child in element.iter() if _local(child) == "coordinates"]
    tuples = [part for text in texts for part in text.split()]
    if len(tuples) > MAX_POSITIONS:
        raise TrackRefused("track_too_many", n=len(tuples), max=MAX_POSITIONS)
    places = []
    for part in tuples:
        numbers = part.split(",")
        if not 2 <= len(numbers) <= 3:
            raise TrackRefused("track_number", value=part[:40])
        places.append(place(numbers[1], numbers[0], numbers[2] if len(numbers) > 2 else None, label=label))
    return places


def _gx_track(element: Element) -> list[Place]:
    times = [child.text for child in element if _local(child) == "when"]
    coordinates = [(child.text or "").split() for child in element if _local(child) == "coord"]
    if len(coordinates) > MAX_POSITIONS:
        raise TrackRefused("track_too_many", n=len(coordinates), max=MAX_POSITIONS)
    if any(len(numbers) not in (2, 3) for numbers in coordinates):
        raise TrackRefused("track_broken", detail="gx:coord")
    moments = times if len(times) == len(coordinates) else [None] * len(coordinates)
    return [
        place(numbers[1], numbers[0], number(numbers[2]) if len(numbers) > 2 else None, at)
        for numbers, at in zip(coordinates, moments, strict=True)
    ]


def _elements(data: bytes, root: str, found: Found) -> Iterator[Element]:
    """Yield each element when it ends; root, depth, number and texts are seen to on the way."""
    depth = count = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth, count = depth + 1, count + 1
                if count == 1:
                    _check_root(element, root, found)
                if depth > MAX_DEPTH:
                    raise TrackRefused("track_too_deep", max=MAX_DEPTH)
                if count > MAX_ELEMENTS:
                    raise TrackRefused("track_too_many", n=count, max=MAX_ELEMENTS)
                continue
            depth -= 1
            if _local(element) in _TEXTS and element.text:
                found.texts.append(element.text[:_TEXT_CHARS])
            yield element
    except DefusedXmlException as error:
        raise TrackRefused("track_dtd") from error
    except (ParseError, LookupError, ValueError) as error:
        if isinstance(error, TrackRefused):
            raise
        raise TrackRefused("track_broken", detail=str(error)[:80]) from error


def _check_root(element: Element, root: str, found: Found) -> None:
    if _local(element) != root:
        raise TrackRefused("track_not_what_it_says", name=_local(element)[:40])
    found.texts.append(element.get("creator", "")[:_TEXT_CHARS])


def _add_line(found: Found, line: list[Place]) -> None:
    if len(line) > 1:
        found.lines.append(line)
    else:
        found.points += line


def _limit(places: list[Place]) -> None:
    if len(places) > MAX_POSITIONS:
        raise TrackRefused("track_too_many", n=len(places), max=MAX_POSITIONS)


def _warn(found: Found) -> None:
    outers = [polygon.outer for polygon in found.polygons]
    for places in (found.points, *found.lines, *outers):
        if warning := exchanged(places):
            found.warnings.append(warning)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
