"""Lengths, areas and places on the ellipsoid, against published and hand-checked values."""

from __future__ import annotations

import pytest

from server.geometry import (
    Outline,
    Outlines,
    Place,
    Polygon,
    datum_problem,
    distance_and_bearing,
    is_same_point,
    length_m,
    measured_area,
    mu_of,
    simplified,
    surveyed_area,
)
from server.geometry.survey import Surveyed
from server.records.problem import Problem

SQUARE = Polygon((Place(36.0, 116.0), Place(36.0, 116.001), Place(36.001, 116.001), Place(36.001, 116.0)))


def square(lat: float, lng: float, side: float) -> Polygon:
    corners = ((lat, lng), (lat, lng + side), (lat + side, lng + side), (lat + side, lng))
    return Polygon(tuple(Place(*corner) for corner in corners))


def survey_point(no: int, lat: float, lng: float, **more: object) -> dict[str, object]:
    return {"no": no, "lat": lat, "lng": lng, "accuracy_m": 0.02, "method": "rtk", "datum": "WGS-84", **more}


class TestDistances:
    """Geodesics of the WGS-84 ellipsoid (DOMAIN 3.10)."""

    def test_a_degree_of_the_equator_is_a_360th_of_its_length(self):
        # 2π · 6 378 137 m / 360
        distance_m, bearing = distance_and_bearing(Place(0, 0), Place(0, 1))

        assert distance_m == pytest.approx(111_319.4908, abs=0.001)
        assert bearing == pytest.approx(90)

    def test_the_quarter_of_the_meridian_is_as_published(self):
        assert length_m([Place(0, 116), Place(90, 116)]) == pytest.approx(10_001_965.729, abs=0.001)

    def test_new_york_to_paris_is_as_in_the_manual_of_geographiclib(self):
        # JFK to CDG, GeodSolve: 5853.226 km at 53.47°
        distance_m, bearing = distance_and_bearing(Place(40.6, -73.8), Place(49 + 1 / 60, 2.55))

        assert distance_m == pytest.approx(5_853_226, abs=1)
        assert bearing == pytest.approx(53.47022, abs=0.0001)

    def test_a_bearing_to_the_west_is_given_from_north_clockwise(self):
        assert distance_and_bearing(Place(0, 1), Place(0, 0))[1] == pytest.approx(270)

    def test_a_line_of_one_place_has_no_length(self):
        assert length_m([Place(36, 116)]) == 0

    def test_photos_are_from_one_point_within_ten_metres_and_what_the_fixes_admit(self):
        before, after = Place(36.0, 116.0), Place(36.0002, 116.0)  # 22.2 m

        assert is_same_point(before, after, accuracies_m=(8, 8))
        assert not is_same_point(before, after, accuracies_m=(5, 5))


class TestAreas:
    def test_a_thousandth_of_a_degree_each_way_at_36_north(self):
        # Radii of curvature at 36.0005°: 6357483 m · 0.001° by 5165966 m · 0.001°
        found = measured_area(SQUARE)

        assert found.area_m2 == pytest.approx(10_004.4, abs=0.5)
        assert found.perimeter_m == pytest.approx(2 * (110.959 + 90.163), abs=0.05)

    def test_a_mu_is_two_thirds_of_a_thousand_square_metres(self):
        assert mu_of(2000) == pytest.approx(3)

    def test_the_direction_of_a_ring_does_not_matter(self):
        backwards = Polygon(tuple(reversed(SQUARE.outer)))

        assert measured_area(backwards).area_m2 == pytest.approx(measured_area(SQUARE).area_m2)

    def test_a_hole_is_taken_off(self):
        whole, hole = square(36.0, 116.0, 0.001), square(36.0, 116.0, 0.0005)
        holed = Polygon(whole.outer, (hole.outer,))

        assert measured_area(holed).area_m2 == pytest.approx(10_004.4 * 0.75, rel=0.001)


class TestOutlines:
    def test_a_place_is_found_in_its_township_and_not_in_the_next(self):
        outlines = Outlines(
            [
                Outline("371425104", (square(36.5, 116.7, 0.1),)),
                Outline("371425105", (square(36.5, 116.8, 0.1),)),
            ]
        )

        assert outlines.codes_at(Place(36.55, 116.75)) == ("371425104",)
        assert outlines.codes_at(Place(36.55, 116.8)) == ("371425104", "371425105")
        assert outlines.codes_at(Place(36.9, 116.75)) == ()

    def test_an_enclave_is_not_the_land_around_it(self):
        land = Polygon(square(36.5, 116.7, 0.1).outer, (square(36.54, 116.74, 0.02).outer,))

        assert Outlines([Outline("371425104", (land,))]).codes_at(Place(36.55, 116.75)) == ()


class TestSimplifying:
    def test_what_bends_less_than_the_tolerance_goes_and_ends_stay_with_their_heights(self):
        line = [Place(36, 116, 20.5), Place(36.000001, 116.01), Place(36, 116.02, 21.5)]

        assert simplified(line, 1.0) == (line[0], line[2])
        assert simplified(line, 0.01) == tuple(line)


class TestDatum:
    @pytest.mark.parametrize("named", ["WGS-84", "CGCS2000", "EPSG:4490", "urn:ogc:def:crs:OGC:1.3:CRS84"])
    def test_wgs_84_and_what_agrees_with_it_to_a_metre_is_taken(self, named):
        assert datum_problem(named) is None

    @pytest.mark.parametrize("named", ["GCJ-02", "BD-09", "EPSG:3857", "", "None"])
    def test_any_other_is_named_and_refused(self, named):
        assert datum_problem(named) == Problem("geo_datum", {"datum": named})


class TestSurvey:
    """Numbered points with method and accuracy (DOMAIN 3.10, `points`, `measured area`)."""

    CORNERS = ((36.0, 116.0), (36.0, 116.001), (36.001, 116.001), (36.001, 116.0))

    def test_the_order_is_that_of_the_numbers_not_of_arrival(self):
        points = [survey_point(no, *at) for no, at in enumerate(self.CORNERS, 1)]

        found = surveyed_area([points[2], points[0], points[3], points[1]])

        assert isinstance(found, Surveyed)
        assert found.area_m2 == pytest.approx(10_004.4, abs=0.5)
        assert found.area_mu == pytest.approx(15.01, abs=0.01)
        assert (found.methods, found.doubts) == (("rtk",), ())

    def test_the_error_follows_from_the_accuracy_of_the_points(self):
        # Each corner: half the diagonal (142.98 m / 2) times 5 m / √2; four of them, root of the squares.
        points = [survey_point(no, *at, accuracy_m=5, method="phone") for no, at in enumerate(self.CORNERS)]

        found = surveyed_area(points)

        assert isinstance(found, Surveyed)
        assert found.error_m2 == pytest.approx(505.5, abs=1)
        assert found.worst_accuracy_m == 5

    def test_points_too_poor_for_the_area_are_doubted(self):
        points = [survey_point(no, *at, accuracy_m=15) for no, at in enumerate(self.CORNERS)]

        found = surveyed_area(points)

        assert isinstance(found, Surveyed)
        assert found.doubts == (Problem("survey_imprecise", {"percent": 15}),)

    def test_an_edge_that_crosses_itself_has_no_area(self):
        order = (0, 2, 1, 3)
        points = [survey_point(no, *self.CORNERS[at]) for no, at in enumerate(order)]

        assert surveyed_area(points) == Problem("survey_crosses_itself")

    def test_two_points_are_too_few_and_a_shifted_datum_is_refused(self):
        two = [survey_point(1, 36, 116), survey_point(2, 36, 117)]

        assert surveyed_area(two) == Problem("survey_too_few", {"n": 2})
        assert surveyed_area([survey_point(1, 36, 116, datum="GCJ-02")]) == Problem(
            "geo_datum", {"datum": "GCJ-02"}
        )
