"""GPX, KML, KMZ and GeoJSON as drones and receivers write them, and as they never should."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.geometry import Place, Track, read_track
from server.messages import messages
from server.records.problem import Problem

GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="receiver" xmlns="http://www.topografix.com/GPX/1/1">
 <wpt lat="36.5672" lon="116.7581"><ele>26.5</ele><time>2026-11-20T02:00:00Z</time><name>测点1</name></wpt>
 <trk><trkseg>
  <trkpt lat="36.5672" lon="116.7581"><ele>26.5</ele><time>2026-11-20T02:00:01Z</time></trkpt>
  <trkpt lat="36.5673" lon="116.7585"><ele>26.7</ele></trkpt>
 </trkseg></trk></gpx>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
 <Placemark><name>坝坡</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
  116.0,36.0,25 116.001,36.0,25 116.001,36.001,25 116.0,36.001,25 116.0,36.0,25
 </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
 <Placemark><gx:Track><when>2026-11-20T02:00:00Z</when><when>2026-11-20T02:00:01Z</when>
  <gx:coord>116.0 36.0 80</gx:coord><gx:coord>116.001 36.0 81</gx:coord></gx:Track></Placemark>
</Document></kml>"""


def read(text: str | bytes, name: str) -> Track | Problem:
    return read_track(text.encode() if isinstance(text, str) else text, name)


def taken(text: str | bytes, name: str) -> Track:
    found = read(text, name)
    assert isinstance(found, Track), found
    return found


def code_of(found: Track | Problem) -> str:
    assert isinstance(found, Problem), found
    return found.code


def kml_of(coordinates: str) -> str:
    line = f"<LineString><coordinates>{coordinates}</coordinates></LineString>"
    return f"<kml><Placemark>{line}</Placemark></kml>"


def geojson(kind: str, coordinates: object, **more: object) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates, **more})


def zipped(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_kml", ".kml"), text)
    return stream.getvalue()


class TestFormats:
    """Heights and times are kept, and the hash is that of the file as it came."""

    def test_a_gpx_keeps_waypoints_tracks_heights_and_times(self):
        track = taken(GPX, "flight.gpx")

        assert track.points == (Place(36.5672, 116.7581, 26.5, "2026-11-20T02:00:00Z", "测点1"),)
        assert track.lines == (
            (Place(36.5672, 116.7581, 26.5, "2026-11-20T02:00:01Z"), Place(36.5673, 116.7585, 26.7)),
        )
        assert track.sha256 == hashlib.sha256(GPX.encode()).hexdigest()
        assert track.warnings == ()

    def test_a_kml_keeps_areas_and_timed_tracks(self):
        track = taken(KML, "survey.KML")

        assert [len(p.outer) for p in track.polygons] == [4]
        assert track.lines[0][1] == Place(36.0, 116.001, 81.0, "2026-11-20T02:00:01Z")

    def test_a_kmz_is_its_kml(self):
        assert taken(zipped(doc_kml=KML), "survey.kmz").polygons == taken(KML, "a.kml").polygons

    def test_a_geojson_keeps_every_kind_of_geometry(self):
        shapes = [
            {"type": "Point", "coordinates": [116, 36, 20]},
            {"type": "MultiLineString", "coordinates": [[[116, 36], [116.1, 36]]]},
            {"type": "MultiPolygon", "coordinates": [[[[116, 36], [117, 36], [117, 37], [116, 36]]]]},
        ]
        features = [
            {"type": "Feature", "properties": {"name": "a"}, "geometry": shape} for shape in shapes[:2]
        ]
        features.append({"type": "Feature", "properties": None, "geometry": shapes[2]})

        track = taken(json.dumps({"type": "FeatureCollection", "features": features}), "a.geojson")

        assert track.points == (Place(36, 116, 20, None, "a"),)
        assert [len(track.lines), len(track.polygons[0].outer)] == [1, 3]

    def test_a_folder_in_a_name_is_not_kept(self):
        assert taken(GPX, "..\\..\\etc/flight.gpx").name == "flight.gpx"

    def test_utf_16_and_a_byte_order_mark_are_read(self):
        assert taken(GPX.replace('encoding="UTF-8"', "").encode("utf-16"), "a.gpx").points
        assert taken(b"\xef\xbb\xbf" + geojson("Point", [116, 36]).encode(), "a.json").points


class TestDatumOfFiles:
    """WGS-84 alone; what names a shifted datum is refused (DOMAIN 0.7)."""

    @pytest.mark.parametrize("said", ["GCJ-02", "gcj02", "BD09", "火星坐标"])
    def test_a_file_that_says_it_is_shifted_is_refused_by_that_name(self, said):
        found = read(GPX.replace("测点1", f"坐标系 {said}"), "a.gpx")

        assert found == Problem("geo_datum", {"datum": said})

    def test_a_crs_of_another_projection_is_refused_and_cgcs2000_is_taken(self):
        def with_crs(name: str) -> str:
            return geojson("Point", [116, 36], crs={"type": "name", "properties": {"name": name}})

        assert code_of(read(with_crs("EPSG:3857"), "a.json")) == "geo_datum"
        assert taken(with_crs("urn:ogc:def:crs:EPSG::4490"), "a.json").points


BOMB = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><gpx>&b;</gpx>'
OUTSIDE = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><wpt lat="1" lon="1"/>&x;</gpx>'
DEEP = "<gpx>" + "<a>" * 100_000 + "</a>" * 100_000 + "</gpx>"
LINE_OF_ONE = "116,36 116,NaN"


class TestBadFiles:
    """Every one gets a clear answer (issue: bad input)."""

    @pytest.mark.parametrize(
        ("code", "name", "content"),
        [
            ("track_empty", "a.gpx", ""),
            ("track_empty", "a.gpx", " \n "),
            ("track_ending", "a.exe", GPX),
            ("track_not_what_it_says", "a.gpx", "%PDF-1.7"),
            ("track_not_what_it_says", "a.gpx", KML),
            ("track_not_what_it_says", "a.kmz", KML),
            ("track_dtd", "a.gpx", BOMB),
            ("track_dtd", "a.gpx", OUTSIDE),
            ("track_too_deep", "a.gpx", DEEP),
            ("track_broken", "a.json", '{"a":' * 100_000),
            ("track_broken", "a.gpx", GPX[:300]),
            ("track_broken", "a.kmz", b"PK\x03\x04" + b"\0" * 50),
            ("track_no_kml", "a.kmz", zipped(readme="x")),
            ("track_number", "a.kml", kml_of(LINE_OF_ONE)),
            ("track_number", "a.kml", kml_of("116,36 116,1e999")),
            ("track_number", "a.json", '{"type":"Point","coordinates":[NaN,1]}'),
            ("track_number", "a.json", '{"type":"Point","coordinates":[116,36,1e9]}'),
            ("track_number", "a.gpx", "<gpx><wpt lon='1'/></gpx>"),
            ("track_exchanged", "a.kml", kml_of("36.5,116.7 36.6,116.7")),
            ("track_out_of_range", "a.kml", kml_of("200,36 116,36")),
            ("track_ring", "a.json", geojson("Polygon", [[[116, 36], [117, 36], [116, 36]]])),
            ("track_no_positions", "a.gpx", "<gpx/>"),
            ("track_broken", "a.json", geojson("Circle", [1, 2])),
        ],
    )
    def test_a_bad_file_is_answered_with_what_is_wrong(self, code, name, content):
        found = read(content, name)

        assert code_of(found) == code
        assert isinstance(found, Problem)
        messages()[f"reason.{code}"]["zh"].format_map(found.params)

    def test_a_kmz_that_unpacks_to_gigabytes_is_read_no_further_than_the_limit(self):
        bomb = zipped(doc_kml="<kml>" + " " * (41 * 2**20) + "</kml>")
        assert len(bomb) < 2**20

        assert code_of(read(bomb, "a.kmz")) == "track_too_large"

    def test_positions_that_lie_in_china_only_when_exchanged_are_warned_of(self):
        track = taken(geojson("LineString", [[36.5, 84.0], [36.6, 84.0]]), "a.json")

        assert [w.code for w in track.warnings] == ["track_maybe_exchanged"]


class TestManyPositions:
    @staticmethod
    def gpx_of(count: int) -> str:
        points = (f'<trkpt lat="{36 + n * 1e-6:.6f}" lon="116.5"/>' for n in range(count))
        return f"<gpx><trk><trkseg>{''.join(points)}</trkseg></trk></gpx>"

    def test_a_hundred_thousand_are_thinned_and_the_reader_is_told(self):
        track = taken(self.gpx_of(100_000), "a.gpx")

        assert track.lines[0][0] == Place(36.0, 116.5)
        assert track.lines[0][-1] == Place(36.099999, 116.5)
        assert [(w.code, w.params["n"]) for w in track.warnings] == [("track_thinned", 100_000)]
        assert sum(map(len, track.lines)) <= 20_000

    def test_more_than_two_hundred_thousand_are_refused(self):
        assert code_of(read(self.gpx_of(200_001), "a.gpx")) == "track_too_many"

    def test_points_are_never_thinned_away(self):
        points = [[116.5, 36 + n * 1e-6] for n in range(20_001)]

        assert code_of(read(geojson("MultiPoint", points), "a.json")) == "track_too_many"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "coordinates", "geometry", "features", "geometries", "properties", "crs"]
            ),
            inner | st.sampled_from(["Point", "Polygon", "Feature", "FeatureCollection", "MultiPoint"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


class TestFuzz:
    """Whatever comes: a Track or a Problem, never an exception."""

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=300), st.sampled_from(["a.gpx", "a.kml", "a.kmz", "a.json", "", "\0", "x/."]))
    def test_any_bytes(self, data, name):
        assert isinstance(read_track(data, name), Track | Problem)

    @settings(max_examples=300, deadline=None)
    @given(json_values)
    def test_any_json(self, value):
        assert isinstance(read_track(json.dumps({"a": 1} | {"v": value}).encode(), "a.json"), Track | Problem)
        assert isinstance(read_track(json.dumps(value).encode(), "a.json"), Track | Problem)

    @settings(max_examples=400, deadline=None)
    @given(st.sampled_from([GPX, KML]), st.integers(0, 900), st.integers(0, 40), st.text(max_size=6))
    def test_any_cut_of_a_good_file(self, text, start, length, put):
        changed = text[:start] + put + text[start + length :]
        data = changed.encode("utf-8", "surrogatepass")
        name = "a.gpx" if text is GPX else "a.kml"

        assert isinstance(read_track(data, name), Track | Problem)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 10_000), st.integers(0, 255))
    def test_any_byte_of_a_kmz_changed(self, place, byte):
        data = bytearray(zipped(doc_kml=KML))
        data[place % len(data)] = byte

        assert isinstance(read_track(bytes(data), "a.kmz"), Track | Problem)
