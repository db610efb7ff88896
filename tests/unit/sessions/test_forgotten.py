"""Forgotten check-outs and check-ins (DOMAIN 4, rows 9 and 10)."""

from __future__ import annotations

import pytest

from tests.unit.sessions.county import A, B, County, codes, deducted, fix, minute


class TestRow9ForgottenCheckOut:
    """Auto-end at the earliest of slot end, closing, daily cap; credit to the last independent evidence."""

    @staticmethod
    def forgotten(**order) -> County:
        county = County(**order)
        county.confirm(county.own("in", "09:00"), "09:02")
        return county

    def test_before_the_end_it_is_open_and_nothing_is_proposed(self):
        session = self.forgotten().session(now="11:00")

        assert (session.state, session.reported_min, session.credited_min) == ("open", 120, 0)
        assert session.waits_for == ("check_out",)

    @pytest.mark.parametrize(
        ("slot", "hours", "ended_at", "ended_by"),
        [
            (("09:00", "12:30"), (480, 1080), "12:30", "slot_end"),
            (None, (480, 840), "14:00", "closing"),
            (None, (480, 1080), "15:00", "daily_cap"),
            (None, None, "15:00", "daily_cap"),
        ],
    )
    def test_it_ends_at_the_earliest_bound(self, slot, hours, ended_at, ended_by):
        county = self.forgotten(hours=hours)
        if slot:
            county.slot(*slot)

        session = county.session()

        assert (session.is_auto_ended, session.reported.end) == (True, minute(ended_at))
        (flag,) = [flag for flag in session.flags if flag.code == "forgotten_out"]
        assert flag.params["ended_by"] == ended_by

    def test_the_next_check_in_elsewhere_ends_it_too(self):
        county = self.forgotten()
        county.served("13:00", "16:00", station=B)

        assert [(s.station, s.reported_min) for s in county.assessment().sessions] == [(A, 240), (B, 180)]

    def test_without_evidence_after_the_check_in_nothing_is_credited(self):
        session = self.forgotten().session()

        assert (session.reported_min, session.credited_min) == (360, 0)
        assert deducted(session) == {"no_evidence_after": 358, "below_minimum": 2}

    def test_a_check_in_mid_session_is_evidence_until_then(self):
        county = self.forgotten()
        county.own("mid_check", "11:20")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (360, 135)
        assert deducted(session) == {"no_evidence_after": 220, "rounding": 5}

    def test_one_out_of_the_fence_is_none(self):
        county = self.forgotten()
        county.own("mid_check", "11:20", fix=fix("11:20", north_m=4000))

        assert county.session().credited_min == 0

    def test_what_the_supervisor_recorded_is_evidence(self):
        county = self.forgotten()
        county.staff("note", "13:15")

        assert county.session().credited_min == 255

    def test_the_stations_own_check_out_is_an_end(self):
        county = self.forgotten()
        county.staff("out", "12:00")

        session = county.session()

        assert (session.is_auto_ended, session.reported_min, session.credited_min) == (False, 180, 180)

    def test_a_late_entry_with_witness_gives_the_rest(self):
        county = self.forgotten()
        county.late_entry("24 10:00", "09:00", "12:00")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (360, 180)
        assert {"late_entry", "forgotten_out"} <= codes(session)

    @pytest.mark.parametrize("days", [1, 2, 3])
    def test_the_second_time_warns_and_the_third_is_a_pattern(self, days):
        county = County()
        for day in (16, 18, 20)[:days]:
            county.own("in", f"{day} 09:00")

        last = county.assessment().sessions[-1]

        expected = {1: set(), 2: {"forgotten_again"}, 3: {"forgotten_pattern"}}[days]
        assert codes(last) & {"forgotten_again", "forgotten_pattern"} == expected

    def test_a_check_out_on_the_next_day_does_not_end_it(self):
        county = self.forgotten()
        county.own("out", "24 08:30")

        assert [s.reported_min for s in county.assessment().sessions] == [360, 30]

    def test_a_slot_over_midnight_is_one_session(self):
        county = County(hours=None)
        night = county.slot("20:00", "24 01:00").id
        county.confirm(county.own("in", "20:00", slot=night), "24 01:00")
        county.own("out", "24 00:30", slot=night)

        session = county.session()

        assert (session.day.isoformat(), session.credited_min) == ("2026-11-23", 270)


class TestRow10ForgottenCheckIn:
    """Symmetric: from the first independent evidence."""

    @staticmethod
    def forgotten(**order) -> County:
        county = County(**order)
        county.confirm(county.own("out", "15:00"), "15:00")
        return county

    @pytest.mark.parametrize(
        ("slot", "hours", "begun_at", "begun_by"),
        [
            (("13:00", "16:00"), (480, 1080), "13:00", "slot_start"),
            (None, (600, 1080), "10:00", "opening"),
            (None, (480, 1080), "09:00", "daily_cap"),
        ],
    )
    def test_it_begins_at_the_latest_bound(self, slot, hours, begun_at, begun_by):
        county = self.forgotten(hours=hours)
        if slot:
            county.slot(*slot)

        session = county.session()

        assert session.reported.start == minute(begun_at)
        (flag,) = [flag for flag in session.flags if flag.code == "forgotten_in"]
        assert flag.params["begun_by"] == begun_by

    def test_without_evidence_nothing_is_credited(self):
        session = self.forgotten().session()

        assert (session.reported_min, session.credited_min) == (360, 0)
        assert deducted(session) == {"no_evidence_before": 360}

    def test_the_first_evidence_begins_it(self):
        county = self.forgotten()
        county.own("mid_check", "12:40")
        county.staff("note", "13:30")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (360, 135)
        assert deducted(session) == {"no_evidence_before": 220, "rounding": 5}

    def test_it_does_not_begin_before_the_session_before_it_ended(self):
        county = self.forgotten()
        county.served("08:30", "11:00")

        assert [s.reported_min for s in county.assessment().sessions] == [150, 240]

    def test_a_late_entry_with_witness_gives_the_beginning(self):
        county = self.forgotten()
        county.late_entry("24 10:00", "12:00", "15:00")

        assert county.session().credited_min == 180
