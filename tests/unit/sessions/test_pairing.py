"""Which records are one check-in and one session (DOMAIN 4, rows 5, 6, 7)."""

from __future__ import annotations

import pytest

from server.sessions.facts import Photo
from tests.unit.sessions.county import SUPERVISOR, A, B, County, codes, deducted, minute


class TestRow5BothRecordOneCheckIn:
    """Two events, one session: pair if same order and station and within 30 min; never add them."""

    def test_the_participants_times_count_when_the_stations_are_within_tolerance(self):
        county = County()
        county.own("in", "14:05")
        county.staff("in", "14:15")
        county.own("out", "17:32")
        county.staff("out", "17:25")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (207, 195)
        assert deducted(session) == {"rounding": 12}
        assert session.events == ("e01", "e02", "e03", "e04")

    def test_beyond_tolerance_the_later_start_counts_and_the_earlier_end(self):
        county = County()
        county.own("in", "14:00")
        county.staff("in", "14:20")
        county.own("out", "17:30")
        county.staff("out", "17:10")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (210, 165)
        assert deducted(session) == {"start_later": 20, "end_earlier": 20, "rounding": 5}
        assert "times_differ" in codes(session)

    @pytest.mark.parametrize(
        ("station_in", "start"),
        [("14:15", "14:00"), ("14:16", "14:16"), ("13:45", "14:00"), ("13:40", "14:00")],
    )
    def test_the_edge_of_the_tolerance_is_a_quarter_of_an_hour(self, station_in, start):
        county = County()
        county.own("in", "14:00")
        county.staff("in", station_in)
        county.own("out", "17:00")

        assert county.session().evidence.start == minute(start)

    def test_records_more_than_half_an_hour_apart_are_still_one_session_and_never_added(self):
        county = County()
        county.own("in", "14:00")
        county.staff("in", "14:50")
        county.own("out", "17:00")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (180, 120)
        assert deducted(session) == {"start_later": 50, "rounding": 10}

    def test_a_second_tap_within_half_an_hour_makes_no_second_session(self):
        county = County()
        county.served("14:00", "16:00")
        county.own("in", "14:02")
        county.own("out", "16:03")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (120, 120)
        assert session.events == ("e01", "e02", "e03", "e04")

    def test_two_sessions_of_a_day_stay_two(self):
        county = County()
        county.served("08:30", "10:30")
        county.served("14:00", "16:00")

        assert [s.credited_min for s in county.assessment().sessions] == [120, 120]

    def test_a_check_out_at_another_station_does_not_end_it(self):
        county = County()
        county.own("in", "14:00")
        county.own("out", "16:00", station=B)

        sessions = county.assessment().sessions

        assert [(s.station, s.credited_min) for s in sessions] == [(B, 0), (A, 0)]
        assert ["forgotten_in" in codes(s) for s in sessions] == [True, False]


class TestRow6OnlyStaffRecorded:
    """Valid at L1; at L2 and above it needs supervisor and photo or paper; counted, sampled more."""

    @staticmethod
    def staffed(level: str, **members) -> County:
        county = County(level=level)
        county.staff("in", "09:00", **members)
        county.staff("out", "11:00")
        return county

    def test_at_l1_it_can_be_credited(self):
        session = self.staffed("L1").session()

        assert (session.state, session.waits_for, session.credited_min) == ("confirmed", (), 120)
        assert session.confirmed_by == (SUPERVISOR,)

    @pytest.mark.parametrize("level", ["L2", "L3"])
    def test_above_l1_it_waits_for_a_photo_or_the_sheet(self, level):
        assert self.staffed(level).session().waits_for == ("photo_or_sheet",)

    @pytest.mark.parametrize("level", ["L2", "L3"])
    def test_with_a_photo_it_can_be_credited(self, level):
        session = self.staffed(level, photos=(Photo("aa", "verified"),)).session()

        assert (session.waits_for, session.credited_min) == ((), 120)

    def test_it_is_sampled_more_than_one_that_both_recorded(self):
        county = self.staffed("L1")
        both = self.staffed("L1")
        both.own("in", "09:00")
        both.own("out", "11:00")

        assert (county.session().weight, both.session().weight) == (3, 1)
        assert "only_station" in codes(county.session())


class TestRow7OnlyTheParticipantRecorded:
    """Stays ended; three working days to confirm; then township review; never credited by itself."""

    @staticmethod
    def alone() -> County:
        county = County()
        county.own("in", "09:00")
        county.own("out", "11:00")
        return county

    def test_within_three_working_days_it_waits_for_the_station(self):
        session = self.alone().session(now="26 23:00")

        assert (session.state, session.waits_for) == ("ended", ("confirmation",))
        assert session.due_on.isoformat() == "2026-11-26"

    def test_after_that_the_township_reviews_it(self):
        session = self.alone().session(now="27 00:00")

        assert (session.state, session.waits_for) == ("ended", ("township_review",))
        assert "unconfirmed" in codes(session)

    def test_a_weekend_does_not_count(self):
        county = County()
        county.own("in", "27 09:00")
        county.own("out", "27 11:00")

        assert county.session().due_on.isoformat() == "2026-12-02"

    def test_it_is_never_proposed_for_the_ledger(self):
        assert self.alone().assessment().proposals == ()

    def test_a_late_confirmation_still_counts(self):
        county = self.alone()
        county.confirm(county.events[0], "28 10:00")

        session = county.session()

        assert (session.state, session.waits_for, session.credited_min) == ("confirmed", (), 120)
