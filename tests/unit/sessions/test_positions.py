"""What positions say: fence and version, areas, datum, jitter, age, speed (DOMAIN 4, rows 18, 19, 27)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.sessions.facts import Area, Fix, Point, StationVersion
from tests.unit.sessions.county import HERE, METRE, OTHER, THERE, A, B, County, at, codes, fix

POSITION = {
    "out_of_fence", "poor_accuracy", "datum_unknown", "datum_gcj02", "no_jitter", "stale_fix",
    "speed_impossible", "no_fix", "station_suspect",
}  # fmt: skip


def flagged(county: County, place: int = 0) -> set[str]:
    return codes(county.assessment().sessions[place]) & POSITION


def seen(position: Fix | None, **members) -> County:
    county = County(level="L2")
    county.own("in", "09:00", fix=position, **members)
    return county


class TestRow18FenceByVersionInForce:
    """The version in force at event time; within seven days of a move either fence passes."""

    @staticmethod
    def moved() -> County:
        """The station moved 5 km on the 20th at noon."""
        county = County(level="L2")
        old, other = county.stations
        new = StationVersion(station=A, version=2, point=THERE, fence_m=200, valid_from=at("20 12:00"))
        county.stations = [replace(old, valid_to=at("20 12:00")), new, other]
        return county

    @pytest.mark.parametrize(
        ("north_m", "accuracy_m", "expected"),
        [
            (0, 10, set()),
            (205, 10, set()),
            (215, 10, {"out_of_fence"}),
            (300, 110, set()),
            (4000, 10, {"out_of_fence"}),
        ],
    )
    def test_the_fence_is_widened_by_the_reported_accuracy(self, north_m, accuracy_m, expected):
        assert flagged(seen(fix("09:00", north_m=north_m, accuracy_m=accuracy_m))) == expected

    @pytest.mark.parametrize(("when", "expected"), [("20 11:59", set()), ("20 12:01", {"out_of_fence"})])
    def test_the_version_in_force_judges(self, when, expected):
        county = self.moved()
        county.own("in", when, fix=fix(when), station_version=2)

        assert flagged(county) == expected

    @pytest.mark.parametrize(
        ("when", "place"), [("21 09:00", HERE), ("21 09:00", THERE), ("27 11:59", HERE), ("28 09:00", THERE)]
    )
    def test_who_still_held_the_old_version_passes_by_either(self, when, place):
        county = self.moved()
        county.own("in", when, fix=fix(when, point=place), station_version=1)

        assert flagged(county) == set()

    def test_after_seven_days_the_old_fence_passes_nobody(self):
        county = self.moved()
        county.own("in", "27 12:01", fix=fix("27 12:01"), station_version=1)

        assert flagged(county) == {"out_of_fence"}

    def test_the_flag_names_the_distance_and_the_version(self):
        county = self.moved()
        county.own("in", "21 09:00", fix=fix("21 09:00"), station_version=2)

        (flag,) = [flag for flag in county.session().flags if flag.code == "out_of_fence"]
        assert flag.params == {"away_m": 5004, "station_version": 2}

    def test_many_out_of_the_fence_suspect_the_stations_own_record_first(self):
        county = County(level="L2")
        order = county.add_order(OTHER)
        for day in (16, 17, 18):
            county.own("in", f"{day} 09:00", fix=fix(f"{day} 09:00", north_m=500))
            where = fix(f"{day} 09:00", north_m=510)
            county.own("in", f"{day} 09:00", author=OTHER, order=order, device="phone2", fix=where)

        session = county.assessment().sessions[0]

        assert flagged(county) == {"out_of_fence", "station_suspect"}
        assert session.weight == 1 + 2 + 1 + 1  # no code, forgotten check-out, unconfirmed; no fence

    def test_one_person_out_of_the_fence_does_not_suspect_the_station(self):
        county = County(level="L2")
        for day in (16, 17, 18, 19, 20, 21):
            county.own("in", f"{day} 09:00", fix=fix(f"{day} 09:00", north_m=500))

        assert flagged(county) == {"out_of_fence"}


class TestRow19WorkAwayFromStation:
    """The slot carries the area or route."""

    @pytest.mark.parametrize(("north_m", "expected"), [(2950, set()), (1500, {"out_of_fence"})])
    def test_within_the_slots_area_it_passes(self, north_m, expected):
        county = County(level="L2")
        area = Area((Point(HERE.lat + 3000 * METRE, HERE.lng), Point(HERE.lat + 4000 * METRE, HERE.lng)), 300)
        patrol = county.slot("09:00", "12:00", area=area).id
        county.own("in", "09:00", fix=fix("09:00", north_m=north_m), slot=patrol)

        assert flagged(county) == expected


class TestRow27PositionAbsentOrDatumUnknown:
    """Accepted with a reason; an unknown datum never passes or fails the fence."""

    def test_without_a_position_it_is_accepted_and_noted(self):
        assert flagged(seen(None)) == {"no_fix"}

    @pytest.mark.parametrize(
        ("datum", "expected"), [("unknown", {"datum_unknown"}), ("GCJ-02", {"datum_gcj02"})]
    )
    def test_another_datum_neither_passes_nor_fails(self, datum, expected):
        assert flagged(seen(fix("09:00", north_m=450, datum=datum))) == expected

    def test_cgcs2000_agrees_with_wgs84(self):
        assert flagged(seen(fix("09:00", north_m=450, datum="CGCS2000"))) == {"out_of_fence"}

    def test_erased_samples_say_nothing(self):
        assert flagged(seen(Fix((), "WGS-84", 0))) == set()


class TestSignalsOfAPosition:
    """DOMAIN 3.4 and 0.8: signals are flags that the server adds."""

    @pytest.mark.parametrize(("accuracy_m", "expected"), [(150, set()), (151, {"poor_accuracy"})])
    def test_poor_accuracy_proves_nothing_about_the_fence(self, accuracy_m, expected):
        assert flagged(seen(fix("09:00", north_m=345, accuracy_m=accuracy_m))) == expected

    @pytest.mark.parametrize(
        ("jitter_m", "altitude", "expected"), [(0, None, {"no_jitter"}), (2, None, set()), (0, 24.0, set())]
    )
    def test_samples_that_never_move_and_know_no_height(self, jitter_m, altitude, expected):
        assert flagged(seen(fix("09:00", jitter_m=jitter_m, altitude=altitude))) == expected

    @pytest.mark.parametrize(("taken", "expected"), [("08:58", set()), ("08:57:59", {"stale_fix"})])
    def test_a_position_of_more_than_two_minutes_ago_is_stale(self, taken, expected):
        assert flagged(seen(fix(taken))) == expected

    @pytest.mark.parametrize(("minutes", "expected"), [(2, {"speed_impossible"}), (20, set())])
    def test_nobody_covers_five_kilometres_in_two_minutes(self, minutes, expected):
        county = seen(fix("09:00"))
        county.own("in", f"09:{minutes:02}", station=B, fix=fix(f"09:{minutes:02}", point=THERE))

        assert flagged(county, 1) == expected

    def test_the_flag_of_speed_shows_way_and_speed(self):
        county = seen(fix("09:00"))
        county.own("in", "09:02", station=B, fix=fix("09:02", point=THERE))

        (flag,) = [f for f in county.assessment().sessions[1].flags if f.code == "speed_impossible"]
        assert flag.params == {"way_m": 4984, "kmh": 150, "from_event": "e01"}
