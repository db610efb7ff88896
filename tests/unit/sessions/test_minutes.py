"""From minutes to credited minutes: breaks, least length, rounding, caps, overlap (DOMAIN 3.0; 4, row 21)."""

from __future__ import annotations

import pytest

from tests.unit.sessions.county import OTHER, PERSON, B, County, codes, deducted


class TestBreaks:
    """A break over 30 minutes is deducted: what goes beyond them, in all of a session (DOMAIN 3.0)."""

    @staticmethod
    def with_breaks(*breaks: tuple[str, str]) -> County:
        county = County()
        county.served("14:05", "17:32")
        for begun, ended in breaks:
            county.own("break_start", begun)
            county.own("break_end", ended)
        return county

    @pytest.mark.parametrize(
        ("breaks", "expected", "credited"),
        [
            ((("15:00", "15:30"),), {"rounding": 12}, 195),
            ((("15:00", "15:31"),), {"break": 1, "rounding": 11}, 195),
            ((("15:00", "15:40"),), {"break": 10, "rounding": 2}, 195),
            ((("15:00", "15:25"), ("16:00", "16:25")), {"break": 20, "rounding": 7}, 180),
            ((("15:00", "17:00"),), {"break": 90, "rounding": 12}, 105),
        ],
    )
    def test_what_goes_beyond_half_an_hour_is_deducted(self, breaks, expected, credited):
        session = self.with_breaks(*breaks).session()

        assert (deducted(session), session.credited_min) == (expected, credited)

    def test_one_that_nobody_ended_lasts_until_the_next_event(self):
        county = self.with_breaks()
        county.own("break_start", "15:00")
        county.own("mid_check", "16:00")

        session = county.session()

        assert deducted(session) == {"break": 30, "rounding": 12}
        assert "break_without_end" in codes(session)

    def test_with_nothing_after_it_it_lasts_to_the_check_out(self):
        county = self.with_breaks()
        county.own("break_start", "16:32")

        assert deducted(county.session()) == {"break": 30, "rounding": 12}

    def test_an_end_without_a_start_is_noted_and_costs_nothing(self):
        county = self.with_breaks()
        county.own("break_end", "16:00")

        session = county.session()

        assert (deducted(session), "break_without_start" in codes(session)) == ({"rounding": 12}, True)

    def test_both_sides_may_record_one_break(self):
        county = self.with_breaks(("15:00", "15:40"))
        county.staff("break_start", "15:01")
        county.staff("break_end", "15:42")

        session = county.session()

        assert (deducted(session), "break_without_start" in codes(session)) == (
            {"break": 10, "rounding": 2},
            False,
        )


class TestLeastLengthAndRounding:
    """At least 60 minutes; rounded down to 15 (DOMAIN 3.0)."""

    @pytest.mark.parametrize(
        ("went", "credited", "expected"),
        [
            ("09:59", 0, {"below_minimum": 59}),
            ("10:00", 60, {}),
            ("10:14", 60, {"rounding": 14}),
            ("10:15", 75, {}),
            ("09:00", 0, {}),
        ],
    )
    def test_edges(self, went, credited, expected):
        county = County()
        county.served("09:00", went)

        session = county.session()

        assert (session.credited_min, deducted(session)) == (credited, expected)

    def test_seconds_do_not_count_people_read_minutes(self):
        county = County()
        county.served("14:05:59", "17:32:01")

        assert county.session().reported_min == 207

    def test_a_county_may_round_otherwise_and_the_version_says_so(self):
        county = County()
        county.served("14:05", "17:32")

        session = county.session(rounding_min=1, minimum_session_min=0)

        assert session.credited_min == 207
        assert session.rule_version.startswith("2026.1+")


class TestStandDown:
    """Bad weather: at least 60 minutes for who came, by a named person's word (DOMAIN 3.0)."""

    @pytest.mark.parametrize(
        ("went", "credited", "added"), [("09:20", 60, 60), ("10:10", 60, 0), ("10:40", 90, 0)]
    )
    def test_who_came_gets_an_hour(self, went, credited, added):
        county = County()
        county.served("09:00", went)
        county.standdown(23)

        session = county.session()

        assert (session.credited_min, session.added_min) == (credited, added)

    def test_the_ledger_names_the_reason(self):
        county = County()
        county.served("09:00", "09:20")
        county.standdown(23)

        assert [(e.kind, e.minutes, e.reason_code) for e in county.assessment().proposals] == [
            ("credit", 20, "reported"),
            ("adjust", -20, "below_minimum"),
            ("standdown", 60, "bad_weather"),
        ]

    @pytest.mark.parametrize("members", [{"station": B}, {"role": "participant"}, {"reason": ""}])
    def test_another_stations_or_anybodys_word_does_nothing(self, members):
        county = County()
        county.served("09:00", "09:20")
        county.standdown(23, **members)

        assert county.session().credited_min == 0

    def test_who_did_not_come_gets_nothing(self):
        county = County()
        county.standdown(23)

        assert county.assessment().sessions == ()


class TestRow21OverCapAndOverlap:
    """Excess stays reported, credited to the cap; an overlap counts once, with the two-places flag."""

    def test_the_day_is_credited_to_six_hours(self):
        county = County()
        county.served("08:30", "12:30")
        county.served("13:30", "17:30")

        first, second = county.assessment().sessions

        assert [(s.reported_min, s.credited_min) for s in (first, second)] == [(240, 240), (240, 120)]
        assert deducted(second) == {"over_daily_cap": 120}
        assert ("over_cap" in codes(first), "over_cap" in codes(second)) == (False, True)

    @pytest.mark.parametrize(("cap", "credited"), [(None, 360), (120, 120), (450, 450), (600, 480)])
    def test_an_orders_own_cap_never_exceeds_eight_hours(self, cap, credited):
        county = County(daily_cap_min=cap, hours=None)
        county.served("08:00", "18:00")

        assert county.session().credited_min == credited

    @pytest.mark.parametrize(
        ("order", "credited"),
        [
            ({}, [300, 300, 300, 300, 0]),
            ({"has_weekly_consent": True}, [300, 300, 300, 300, 300]),
            ({"weekly_cap_min": 700}, [300, 300, 100, 0, 0]),
            ({"weekly_cap_min": 2000}, [300, 300, 300, 300, 0]),
        ],
    )
    def test_the_week_is_credited_to_twenty_hours_unless_consented(self, order, credited):
        county = County(**order)
        for day in (16, 17, 18, 19, 20):
            county.served(f"{day} 09:00", f"{day} 14:00")

        assert [s.credited_min for s in county.assessment().sessions] == credited

    def test_a_new_week_begins_on_monday(self):
        county = County(weekly_cap_min=120)
        county.served("22 09:00", "22 11:00")
        county.served("23 09:00", "23 11:00")

        assert [s.credited_min for s in county.assessment().sessions] == [120, 120]

    def test_an_overlap_counts_once_and_two_places_are_flagged(self):
        county = County()
        county.served("09:00", "12:00")
        county.served("11:00", "13:00", station=B, device="phone2")

        first, second = county.assessment().sessions

        assert [(s.reported_min, s.credited_min) for s in (first, second)] == [(180, 180), (120, 60)]
        assert deducted(second) == {"overlap": 60}
        assert all("two_places" in codes(s) for s in (first, second))

    def test_one_inside_another_adds_nothing(self):
        county = County()
        county.served("09:00", "13:00")
        county.served("10:00", "11:00", station=B, device="phone2")

        assert [s.credited_min for s in county.assessment().sessions] == [240, 0]

    def test_two_orders_of_one_person_share_the_day(self):
        county = County()
        second = county.add_order(PERSON, id="order:second")
        county.served("08:00", "12:00")
        county.served("12:00", "16:00", order=second)

        assert [s.credited_min for s in county.assessment().sessions] == [240, 120]

    def test_another_persons_minutes_take_nothing_away(self):
        county = County()
        order = county.add_order(OTHER)
        county.served("09:00", "12:00")
        county.served("09:00", "12:00", order=order, author=OTHER, device="phone2")

        assert [a.sessions[0].credited_min for a in county.assessments().values()] == [180, 180]

    def test_what_was_decided_is_served_first(self):
        county = County()
        late = county.own("in", "13:00")
        county.own("out", "18:00")
        county.decide(late, 300, reason="已核实")
        county.served("08:30", "12:30")

        assert [s.credited_min for s in county.assessment().sessions] == [60, 300]

    def test_what_still_waits_takes_nothing_from_what_is_ready(self):
        county = County()
        county.own("in", "08:30")
        county.own("out", "12:30")
        county.served("13:00", "18:00")

        assert [s.credited_min for s in county.assessment().sessions] == [60, 300]

    def test_a_person_may_go_beyond_the_cap_with_a_reason_only(self):
        county, reasoned = County(), County()
        for each, reason in ((county, None), (reasoned, "抗洪抢险")):
            each.served("08:30", "16:30")
            each.decide(each.events[0], 480, reason=reason)

        assert [each.reason_code for each in county.assessment().not_counted] == ["over_cap"]
        assert reasoned.assessment().balance_min == {county.order: 480}

    @pytest.mark.parametrize(
        ("came", "went", "expected"),
        [("07:59", "09:30", True), ("17:00", "18:01", True), ("08:00", "18:00", False)],
    )
    def test_outside_opening_hours_is_flagged(self, came, went, expected):
        county = County()
        county.served(came, went)

        assert ("after_hours" in codes(county.session())) is expected
