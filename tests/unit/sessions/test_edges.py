"""Edges that whole days do not reach: several sessions at once, equal minutes, limits to the minute."""

from __future__ import annotations

import pytest

from server.sessions.forgotten import Limits
from server.sessions.geometry import distance_m, is_comparable
from server.sessions.minutes import Span, minus, union
from tests.unit.sessions.county import PERSON, A, B, County, at, codes, deducted, fix, minute, reading


class TestSpans:
    """Minutes are taken once, however the spans that hold them touch."""

    @pytest.mark.parametrize(
        ("spans", "expected"),
        [
            ([Span(0, 10), Span(10, 20)], [Span(0, 20)]),
            ([Span(0, 30), Span(5, 10)], [Span(0, 30)]),
            ([Span(0, 10), Span(20, 30), Span(5, 12)], [Span(0, 12), Span(20, 30)]),
            ([Span(5, 5)], []),
        ],
    )
    def test_the_union(self, spans, expected):
        assert union(spans) == expected

    def test_what_is_left(self):
        assert minus(Span(0, 60), [Span(50, 90), Span(10, 20), Span(15, 30)]) == [Span(0, 10), Span(30, 50)]

    def test_a_part_within(self):
        assert [Span(0, 60).within(o) for o in (Span(50, 90), Span(70, 90), Span(-9, -5))] == [
            Span(50, 60),
            Span(70, 70),
            Span(-5, -5),
        ]


class TestLimitsOfForgottenSessions:
    """What lies on the wrong side of a check-in bounds nothing (DOMAIN 4, rows 9 and 10)."""

    def test_a_slot_that_ended_before_does_not_end_it(self):
        limits = Limits(360, slot=(400, 500), hours=(480, 500))

        assert (limits.end_of(500), limits.end_of(499)) == ((860, "daily_cap"), (500, "closing"))

    def test_opening_after_the_check_out_does_not_begin_it(self):
        limits = Limits(360, slot=(700, 800), hours=(700, 1080))

        assert (limits.start_of(700), limits.start_of(701)) == ((340, "daily_cap"), (700, "slot_start"))


class TestSeveralSessionsOfADay:
    """Breaks, notes and bounds belong to the session that was begun last before them."""

    @staticmethod
    def three() -> County:
        county = County()
        for came, went in (("08:00", "09:30"), ("10:00", "12:00"), ("14:00", "16:00")):
            county.served(came, went)
        return county

    @pytest.mark.parametrize(("begun", "place"), [("08:40", 0), ("10:00", 1), ("11:00", 1), ("14:30", 2)])
    def test_a_break_is_of_the_session_it_lies_in(self, begun, place):
        county = self.three()
        hour, min_ = begun.split(":")
        county.own("break_start", begun)
        county.own("break_end", f"{hour}:{int(min_) + 45 if int(min_) < 15 else 59}")

        found = [
            deducted(session).get("break", 0) > 0 or len(session.events) == 4
            for session in county.assessment().sessions
        ]

        assert found == [n == place for n in range(3)]

    def test_before_the_first_session_it_is_set_aside(self):
        county = self.three()
        county.own("mid_check", "07:30")

        assert [each.reason_code for each in county.assessment().set_aside] == ["outside_session"]

    def test_before_a_lone_check_out_it_is_its_evidence(self):
        county = County()
        county.own("mid_check", "14:00")
        county.own("out", "16:00")

        assert (county.session().credited_min, county.assessment().set_aside) == (120, ())

    def test_a_forgotten_one_ends_at_the_very_next_check_in_of_that_day(self):
        county = County()
        county.own("in", "08:00")
        county.served("10:00", "12:00", station=B)
        county.served("13:00", "14:00", station=B)
        county.served("24 09:00", "24 10:00")

        assert [s.reported_min for s in county.assessment().sessions] == [120, 120, 60, 60]

    def test_a_lone_check_out_begins_at_the_latest_check_out_before_it(self):
        county = County()
        county.served("08:00", "09:00", station=B)
        county.served("10:00", "11:00", station=B)
        county.own("out", "13:00")

        assert county.assessment().sessions[-1].reported_min == 120

    def test_of_two_slots_the_nearest_is_meant(self):
        county = County()
        county.slot("08:00", "09:00")
        county.slot("13:00", "14:30")
        county.slot("13:00", "20:00", order=county.add_order("m-else"))
        county.slot("13:00", "19:00", station=B)
        county.own("in", "13:10")

        assert county.session().reported.end == minute("14:30")


class TestPairsOfRecords:
    """Each record of one side has one partner at most: the nearest (DOMAIN 4, row 5)."""

    def test_two_check_ins_of_each_side_pair_by_nearness(self):
        county = County()
        county.own("in", "09:00")
        county.staff("in", "09:25")
        county.own("out", "09:40")
        county.own("in", "09:45")
        county.staff("in", "09:50")
        county.own("out", "12:00")

        first, second = county.assessment().sessions

        assert [s.events for s in (first, second)] == [("e01", "e02", "e03"), ("e04", "e05", "e06")]

    @pytest.mark.parametrize(("seen", "sessions"), [("11:00", 1), ("11:01", 2)])
    def test_records_two_hours_apart_are_two_check_ins(self, seen, sessions):
        county = County()
        county.own("in", "09:00")
        county.staff("in", seen)
        county.own("out", "12:00")

        assert len(county.assessment().sessions) == sessions

    def test_with_a_clock_that_cannot_be_trusted_any_distance_is_one(self):
        county = County()
        county.own("in", "15:05", received_at=at("18:00"), reading=reading("08:00", next_s=3 * 3600))
        county.staff("in", "12:05")
        county.staff("out", "16:05")

        assert (len(county.assessment().sessions), county.session().credited_min) == (1, 240)

    @pytest.mark.parametrize(("again", "sessions"), [("09:30", 1), ("09:31", 2)])
    def test_a_tap_repeated_after_half_an_hour_is_another_check_in(self, again, sessions):
        county = County()
        county.own("in", "09:00")
        county.own("in", again)
        county.own("out", "12:00")

        assert len(county.assessment().sessions) == sessions


class TestTwoOrdersOfOnePerson:
    """Each order has its own cap, and the person no more than the larger of them (DOMAIN 3.0)."""

    def test_the_larger_cap_bounds_both_together(self):
        county = County(daily_cap_min=120)
        second = county.add_order(PERSON, id="order:second", daily_cap_min=240)
        county.served("08:00", "11:00")
        county.served("12:00", "16:00", order=second)

        assert [s.credited_min for s in county.assessment().sessions] == [120, 120]

    def test_the_deduction_says_what_was_left(self):
        county = County(daily_cap_min=200)
        county.served("08:00", "11:00")
        county.served("12:00", "14:00")
        county.served("15:00", "17:00")

        _, second, third = county.assessment().sessions

        assert [dict(d.params) for s in (second, third) for d in s.deductions] == [
            {"cap_min": 200, "left_min": 20},
            {"cap_min": 200, "left_min": 0},
        ]

    def test_one_cap_for_the_day_exactly_met_takes_nothing(self):
        county = County(daily_cap_min=180)
        county.served("08:00", "11:00")

        assert (county.session().credited_min, codes(county.session())) == (180, set())


class TestDecisionsAtTheEdge:
    """DOMAIN 3.6."""

    def test_a_correction_of_another_sessions_decision_does_not_count(self):
        county = County()
        county.served("08:00", "10:00")
        county.served("12:00", "14:00")
        first = county.decide(county.events[0], 120)
        county.decide(county.events[2], 60, replaces=first.id, reason="错")

        assert [each.reason_code for each in county.assessment().not_counted] == ["replaces_unknown"]

    def test_up_to_the_cap_no_reason_is_asked(self):
        county = County(daily_cap_min=180)
        county.served("08:00", "12:00")
        county.decide(county.events[0], 180)

        assert county.assessment().balance_min == {county.order: 180}

    def test_taking_minutes_away_is_never_over_the_cap(self):
        county = County(daily_cap_min=100)
        county.served("08:00", "12:00")
        first = county.decide(county.events[0], 240, reason="抗洪")
        county.decide(county.events[0], -20, replaces=first.id, by="m-review")

        assert county.assessment().balance_min == {county.order: 220}

    def test_an_open_objection_is_due_from_the_last_one(self):
        county = County()
        county.served("08:00", "10:00")
        first = county.decide(county.events[0], 120)
        county.object_to(first, "26 10:00")
        county.object_to(first, "27 10:00")

        assert county.session().due_on.isoformat() == "2026-12-04"


class TestPlaces:
    """DOMAIN 0.7: what cannot be compared is not compared."""

    def test_a_degree_of_longitude_is_shorter_in_the_north(self):
        assert round(distance_m(36.7, 116.8, 36.7, 116.9)) == 8915
        assert round(distance_m(36.7, 116.8, 36.8, 116.8)) == 11120

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("WGS-84", "WGS-84", True),
            ("WGS-84", "CGCS2000", True),
            ("GCJ-02", "GCJ-02", True),
            ("GCJ-02", "WGS-84", False),
            ("unknown", "unknown", False),
        ],
    )
    def test_which_datums_agree(self, one, other, expected):
        assert is_comparable(one, other) is expected

    def test_speed_is_not_judged_between_datums(self):
        county = County()
        county.own("in", "09:00", fix=fix("09:00"))
        county.own("in", "09:01", station=B, fix=fix("09:01", north_m=9000, datum="GCJ-02"))

        assert not any("speed_impossible" in codes(s) for s in county.assessment().sessions)

    def test_a_station_without_a_fence_of_its_own_has_the_countys(self):
        from dataclasses import replace

        county = County(level="L2")
        county.stations = [replace(each, fence_m=None) for each in county.stations]
        county.own("in", "09:00", fix=fix("09:00", north_m=215))

        assert "out_of_fence" in codes(county.session())
        assert "out_of_fence" not in codes(county.session(fence_default_m=300))

    def test_before_its_first_version_a_station_is_judged_by_that(self):
        from dataclasses import replace

        county = County(level="L2")
        county.stations = [replace(each, valid_from=at("28 00:00")) for each in county.stations]
        county.own("in", "09:00", fix=fix("09:00", north_m=5000))

        assert "out_of_fence" in codes(county.session())

    def test_three_places_at_once_are_all_flagged_and_name_the_worst(self):
        county = County()
        county.served("09:00", "12:00")
        county.served("11:00", "13:00", station=B, device="p2")
        county.late_entry("24 09:00", "23 12:10", "23 14:00", station=A)

        found = [codes(s) & {"two_places", "overlap"} for s in county.assessment().sessions]

        assert found == [{"two_places"}, {"two_places"}, {"two_places"}]
