"""Clocks that are wrong or were moved (DOMAIN 4, rows 11 and 12)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server.sessions import SessionSettings
from server.sessions.clock import Corrected, corrected_times
from tests.unit.sessions.county import ZONE, County, at, codes, minute, reading


def corrected(county: County, number: int = 0) -> Corrected:
    return corrected_times(county.events, SessionSettings())[county.events[number].id]


class TestRow11WrongClock:
    """Raw time kept; corrected by the skew of last and next sync; bounded; the station's clock wins."""

    def test_a_clock_an_hour_ahead_is_set_right_where_both_readings_agree(self):
        county = County()
        county.own("in", "15:05", received_at=at("18:00"), reading=reading("08:00", last_s=3600, next_s=3580))

        found = corrected(county)

        assert (found.at, found.basis, found.is_trusted) == (at("14:05"), "agreed", True)
        assert county.events[0].at == at("15:05")

    def test_the_whole_day_of_such_a_phone_is_credited_as_it_was(self):
        county = County()
        clock = reading("08:00", last_s=3600, next_s=3600)
        county.confirm(county.own("in", "10:00", received_at=at("18:00"), reading=clock), "11:00")
        county.own("out", "12:00", received_at=at("18:00"), reading=clock)

        session = county.session()

        assert (session.reported.start, session.credited_min, session.flags) == (minute("09:00"), 120, ())

    @pytest.mark.parametrize(("next_s", "basis"), [(120, "agreed"), (121, "bounded")])
    def test_readings_agree_within_two_minutes(self, next_s, basis):
        county = County()
        county.own("in", "14:05", received_at=at("18:00"), reading=reading("08:00", next_s=next_s))

        assert corrected(county).basis == basis

    @pytest.mark.parametrize(("next_s", "is_trusted"), [(300, True), (301, False)])
    def test_more_than_five_minutes_of_doubt_are_flagged(self, next_s, is_trusted):
        county = County()
        county.own("in", "14:05", received_at=at("18:00"), reading=reading("08:00", next_s=next_s))
        county.own("out", "16:05", received_at=at("18:00"), reading=reading("08:00"))

        assert corrected(county).is_trusted is is_trusted
        assert ("skew" in codes(county.session())) is not is_trusted

    def test_the_stations_clock_wins_over_one_that_cannot_be_corrected(self):
        county = County()
        county.own("in", "15:05", received_at=at("18:00"), reading=reading("08:00", next_s=3600))
        county.staff("in", "14:05")
        county.staff("out", "16:05")

        session = county.session()

        assert (session.evidence.start, session.credited_min) == (minute("14:05"), 120)
        assert {"skew", "station_clock_used"} <= codes(session)

    def test_of_two_readings_the_one_that_the_receipt_allows_is_taken(self):
        county = County()
        county.own("in", "15:05", received_at=at("14:10"), reading=reading("08:00", next_s=3600))

        found = corrected(county)

        assert (found.at, found.is_trusted) == (at("14:05"), True)

    def test_the_timer_bears_out_one_of_two_readings(self):
        county = County()
        clock = reading("08:00", next_s=3600, since_s=6 * 3600 + 5 * 60)
        county.own("in", "15:05", received_at=at("18:00"), reading=clock)

        found = corrected(county)

        assert (found.at, found.is_trusted) == (at("14:05"), True)

    def test_an_entry_was_made_before_the_next_one_that_can_be_trusted(self):
        county = County()
        county.own("in", "19:00", entry=1, received_at=at("18:00"), reading=reading("14:00"))
        county.own("out", "14:03", entry=2, received_at=at("18:00"), reading=reading("14:00"))

        found = corrected(county)

        assert (found.at, found.doubt_s, found.is_trusted) == (at("14:03"), 180, True)

    def test_an_entry_was_made_after_the_one_before_that_can_be_trusted(self):
        county = County()
        county.own("in", "14:05", entry=1, received_at=at("18:00"))
        wild = datetime(2019, 1, 1, tzinfo=ZONE)
        county.own("out", "14:09", entry=2, at=wild, received_at=at("14:09"), reading=reading("14:00"))

        found = corrected(county, 1)

        assert (found.at, found.doubt_s, found.is_trusted) == (at("14:05"), 240, True)

    def test_three_entries_of_which_one_jumped_are_all_doubtful(self):
        county = County()
        for number, when in enumerate(("08:00", "12:00", "10:00", "12:30"), start=1):
            county.own("mid_check", when, entry=number, received_at=at("18:00"))

        assert [corrected(county, n).is_trusted for n in range(4)] == [True, False, False, True]
        assert [corrected(county, n).moved_back_s for n in range(4)] == [0, 0, 7200, 0]

    def test_no_time_is_later_than_its_receipt(self):
        county = County()
        county.own("in", "23:00", received_at=at("14:06"))

        found = corrected(county)

        assert (found.at, found.is_trusted) == (at("14:06"), False)

    def test_a_clock_set_to_2019_lies_between_beacon_and_receipt(self):
        county = County()
        county.own(
            "in",
            "14:05",
            at=datetime(2019, 1, 1, tzinfo=ZONE),
            received_at=at("14:09"),
            reading=reading("14:05"),
        )

        found = corrected(county)

        assert (at("14:05") <= found.at <= at("14:09"), found.is_trusted) == (True, True)

    def test_a_clock_set_to_2019_all_day_is_flagged(self):
        county = County()
        county.own(
            "in",
            "14:05",
            at=datetime(2019, 1, 1, tzinfo=ZONE),
            received_at=at("18:00"),
            reading=reading("08:00"),
        )

        assert (corrected(county).is_trusted, corrected(county).doubt_s) == (False, 36_000)

    @pytest.mark.parametrize("year", [1, 9999])
    def test_a_clock_beyond_reckoning_breaks_nothing(self, year):
        county = County()
        wild = datetime(year, 1, 1, tzinfo=ZONE) + timedelta(days=300 if year == 1 else 0)
        county.own("in", "14:05", at=wild, received_at=at("14:06"), reading=reading("14:00", last_s=-(10**9)))

        assert at("14:00") <= corrected(county).at <= at("14:06")


class TestRow12ClockMovedMidSession:
    """The chain shows the order; the timer is compared; a person reviews."""

    @staticmethod
    def set_back() -> County:
        """Set back by an hour between check-in and check-out; the timer went on."""
        county = County()
        came = county.own(
            "in", "14:05", entry=1, received_at=at("17:34"), reading=reading("14:00", since_s=300)
        )
        clock = reading("14:00", since_s=3 * 3600 + 32 * 60)
        county.own("out", "16:32", entry=2, received_at=at("17:34"), reading=clock)
        county.confirm(came, "17:30")
        return county

    def test_the_timer_gives_the_time_and_the_session_is_flagged(self):
        session = self.set_back().session()

        assert (session.reported_min, session.credited_min) == (207, 195)
        (flag,) = [flag for flag in session.flags if flag.code == "clock_moved_back"]
        assert flag.params == {"back_s": 3600}

    def test_without_a_timer_the_chain_bounds_it(self):
        county = County()
        came = county.own("in", "14:05", entry=1, received_at=at("17:34"))
        county.own("out", "13:40", entry=2, received_at=at("17:34"))
        county.confirm(came, "17:30")

        session = county.session()

        assert {"clock_moved_back", "skew"} <= codes(session)
        assert session.reported.start == minute("14:05") == session.reported.end

    def test_a_minute_back_is_no_matter(self):
        county = County()
        county.own("in", "14:05", entry=1, received_at=at("17:34"))
        county.own("mid_check", "14:04", entry=2, received_at=at("17:34"))
        county.own("out", "16:05", entry=3, received_at=at("17:34"))

        assert "clock_moved_back" not in codes(county.session())
