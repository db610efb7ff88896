"""Lost, lent and new phones (DOMAIN 4, rows 14, 15, 16)."""

from __future__ import annotations

import pytest

from tests.unit.sessions.county import OTHER, PERSON, County, at, codes, reading


class TestRow14PhoneLost:
    """Signed before the loss, received later: kept, flagged; after it: not counted; the station's stays."""

    @staticmethod
    def lost(**members) -> County:
        county = County()
        county.confirm(county.own("in", "09:00", **members), "11:00")
        county.own("out", "11:00", **members)
        county.lose("phone", "12:00")
        return county

    def test_received_before_the_loss_it_is_as_ever(self):
        session = self.lost().session()

        assert (session.credited_min, codes(session)) == (120, set())

    def test_signed_before_and_received_after_it_counts_and_is_flagged(self):
        session = self.lost(received_at=at("13:00")).session()

        assert (session.credited_min, codes(session)) == (120, {"device_lost"})

    def test_made_after_the_loss_it_is_set_aside(self):
        county = County()
        county.own("in", "13:00")
        county.lose("phone", "12:00")

        found = county.assessment()

        assert (found.sessions, [(s.event, s.reason_code) for s in found.set_aside]) == (
            (),
            [("e01", "after_loss")],
        )

    def test_a_beacon_from_after_the_loss_unmasks_a_clock_set_back(self):
        county = self.lost(received_at=at("13:00"), reading=reading("12:30"))

        assert {s.reason_code for s in county.assessment().set_aside} == {"after_loss"}

    def test_the_stations_own_record_stands_without_the_phone(self):
        county = County()
        county.staff("in", "09:00")
        county.staff("out", "11:00")
        county.lose("phone", "12:00")

        assert county.session().credited_min == 120


class TestRow15PhoneLent:
    """Device is not person: two participants on one device flag both; nobody is terminated by that."""

    @staticmethod
    def lent() -> County:
        county = County()
        order = county.add_order(OTHER)
        county.served("09:00", "11:00")
        county.served("09:05", "11:05", author=OTHER, order=order)
        return county

    def test_both_are_flagged_and_both_are_credited(self):
        sessions = [found.sessions[0] for found in self.lent().assessments().values()]

        assert [("device_shared" in codes(s), s.credited_min) for s in sessions] == [(True, 120), (True, 120)]

    def test_it_weighs_when_spot_checks_are_drawn(self):
        assert self.lent().session().weight == 6

    def test_ones_own_phone_is_no_shared_one(self):
        county = County()
        county.served("09:00", "11:00")
        county.served("24 09:00", "24 11:00")

        assert [codes(s) for s in county.assessment().sessions] == [set(), set()]


class TestRow16NewPhone:
    """Entries begin at 1 again under a new device; the change is shown; sessions go on."""

    def test_in_by_the_old_phone_and_out_by_the_new_are_one_session(self):
        county = County()
        county.confirm(county.own("in", "09:00", entry=41), "11:00")
        county.own("out", "11:00", device="phone2", entry=1)

        session = county.session()

        assert (session.credited_min, codes(session)) == (120, {"device_changed"})
        (flag,) = session.flags
        assert (flag.event, flag.params) == ("e02", {"before": "phone", "after": "phone2"})

    @pytest.mark.parametrize("place", [0, 1])
    def test_only_the_first_session_on_it_is_flagged(self, place):
        county = County()
        county.served("09:00", "11:00", device="phone2")
        county.served("24 09:00", "24 11:00", device="phone2")

        assert codes(county.assessment().sessions[place]) == set()

    def test_the_tablet_is_nobodys_new_phone(self):
        county = County()
        county.served("09:00", "11:00")
        county.served("24 09:00", "24 11:00", device="tablet", is_shared_device=True, author=PERSON)

        assert [codes(s) for s in county.assessment().sessions] == [set(), set()]
