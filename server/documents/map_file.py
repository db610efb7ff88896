"""Places to hand out: GeoJSON and KML of one list. What users wrote is text in both, never markup."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

KML_NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Marker:
    """One record with its positions, as (longitude, latitude); none where nobody knows them."""

    name: str
    facts: Mapping[str, str | float | None]
    """By heading, in the order in which they are shown."""
    positions: Sequence[tuple[float, float]] = ()


def geojson_bytes(markers: Sequence[Marker], *, mark: str) -> bytes:
    """Return a FeatureCollection in WGS-84 (CGCS2000 agrees to about a metre); `mark`: who took it out."""
    collection = {"type": "FeatureCollection", "note": mark, "features": [_feature(m) for m in markers]}
    return json.dumps(collection, ensure_ascii=False, indent=1).encode()


def _feature(marker: Marker) -> dict[str, Any]:
    points = [list(position) for position in marker.positions]
    geometry = None
    if len(points) == 1:
        geometry = {"type": "Point", "coordinates": points[0]}
    elif points:
        geometry = {"type": "MultiPoint", "coordinates": points}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"name": marker.name, **marker.facts},
    }


def kml_bytes(title: str, markers: Sequence[Marker], *, mark: str) -> bytes:
    """Return the markers that have positions as placemarks; those without stand in no map."""
    ET.register_namespace("", KML_NAMESPACE)
    root = ET.Element(f"{{{KML_NAMESPACE}}}kml")
    document = _child(root, "Document")
    _child(document, "name", title)
    _child(document, "description", mark)
    for marker in markers:
        for lng, lat in marker.positions:
            placemark = _child(document, "Placemark")
            _child(placemark, "name", marker.name)
            data = _child(placemark, "ExtendedData")
            for heading, value in marker.facts.items():
                if value is not None:
                    _child(_child(data, "Data", attributes={"name": heading}), "value", str(value))
            _child(_child(placemark, "Point"), "coordinates", f"{lng},{lat}")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _child(
    parent: ET.Element, name: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> ET.Element:
    plain = {key: _NOT_IN_XML.sub("\ufffd", value) for key, value in (attributes or {}).items()}
    element = ET.SubElement(parent, f"{{{KML_NAMESPACE}}}{name}", plain)
    element.text = _NOT_IN_XML.sub("\ufffd", text) if text else None
    return element
