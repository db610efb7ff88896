"""Orders that end, change or are decided while a phone is offline (DOMAIN 4, rows 22, 23, 24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.sessions.county import County, at, codes, deducted, reading


class TestRow22OrderEndedWhileOffline:
    """Begun before the phone could know: on merit; later: stored, outside the order."""

    @staticmethod
    def served(why: str, ended: str, *, heard: str | None) -> County:
        county = County()
        members = {"received_at": at("24 08:00"), "reading": reading(heard)}
        county.confirm(county.own("in", "14:00", **members), "16:00")
        county.own("out", "16:00", **members)
        county.change(why, ended)
        return county

    @pytest.mark.parametrize("why", ["suspended", "withdrawn", "terminated", "transferred"])
    def test_begun_before_the_phone_could_know_it_is_judged_on_its_merit(self, why):
        county = self.served(why, "12:00", heard="08:00")

        session = county.session()

        assert (session.credited_min, session.waits_for, codes(session)) == (120, (), {"order_ended_unknown"})

    def test_begun_after_the_phone_had_heard_it_is_outside_the_order(self):
        county = self.served("withdrawn", "12:00", heard="12:30")

        session = county.session()

        assert (session.reported_min, session.credited_min) == (120, 0)
        assert (session.waits_for, deducted(session)) == (("outside_order",), {"outside_order": 120})

    def test_ended_in_mid_session_the_whole_session_counts(self):
        assert self.served("withdrawn", "15:00", heard="08:00").session().credited_min == 120

    def test_the_phone_that_hears_of_it_in_mid_session_loses_nothing(self):
        county = County()
        county.confirm(county.own("in", "14:00", reading=reading("08:00")), "16:00")
        county.own("out", "16:00", reading=reading("15:30"))
        county.change("withdrawn", "15:00")

        assert county.session().credited_min == 120

    def test_a_forgotten_check_in_is_judged_by_what_the_phone_knew_at_its_check_out(self):
        county = County()
        county.own("out", "16:00", reading=reading("08:00"), received_at=at("24 08:00"))
        county.change("withdrawn", "09:00")

        assert "order_ended_unknown" in codes(county.session())

    def test_a_session_that_is_still_open_is_not_deducted_as_outside(self):
        county = County()
        county.own("in", "14:00", reading=reading("13:00"))
        county.change("withdrawn", "12:00")

        assert deducted(county.session(now="14:30")) == {"outside_order": 30}

    def test_without_any_beacon_the_time_of_service_decides(self):
        assert self.served("withdrawn", "12:00", heard=None).session().waits_for == ("outside_order",)

    def test_resumed_it_counts_again(self):
        county = self.served("suspended", "10:00", heard="13:00")
        county.change("resumed", "12:00")

        assert (county.session().credited_min, codes(county.session())) == (120, set())

    @pytest.mark.parametrize(
        ("order", "expected"),
        [({"start_on": date(2026, 11, 24)}, "before_start"), ({"due_on": date(2026, 11, 22)}, "after_due")],
    )
    def test_out_of_the_orders_days_it_is_flagged_and_counts(self, order, expected):
        county = County(**order)
        county.served("14:00", "16:00")

        assert (codes(county.session()), county.session().credited_min) == ({expected}, 120)


class TestRow23AmendedWhileOffline:
    """The order is the server's alone: what it says now counts."""

    def test_required_minutes_are_those_of_the_order_now(self):
        county = County()
        county.served("09:00", "12:00")
        county.decide(county.events[0], 180)
        county.orders[0] = replace(county.orders[0], required_min=600)

        assert county.assessment().remaining_min == {county.order: 420}

    def test_a_later_due_date_takes_its_flag_away(self):
        county = County(due_on=date(2026, 11, 22))
        county.served("14:00", "16:00")
        before = codes(county.session())
        county.orders[0] = replace(county.orders[0], due_on=date(2026, 11, 30))

        assert (before, codes(county.session())) == ({"after_due"}, set())


class TestRow24LateUploadAfterDecision:
    """Accepted, marked, the prosecutor alerted; no new entries of a closed order without reopening."""

    @staticmethod
    def uploaded() -> County:
        county = County()
        members = {"received_at": at("26 08:00"), "reading": reading("08:00")}
        county.confirm(county.own("in", "14:00", **members), "16:00")
        county.own("out", "16:00", **members)
        county.change("decided", "25 10:00")
        return county

    def test_it_is_marked_and_proposes_nothing(self):
        found = self.uploaded().assessment()

        assert codes(found.sessions[0]) == {"post_decision"}
        assert (found.sessions[0].reported_min, found.sessions[0].waits_for) == (120, ("reopening",))
        assert found.proposals == ()

    def test_one_late_half_is_enough_to_mark_it(self):
        county = County()
        county.confirm(county.own("in", "14:00"), "16:00")
        county.own("out", "16:00", received_at=at("26 08:00"), reading=reading("08:00"))
        county.change("decided", "25 10:00")

        assert codes(county.session()) == {"post_decision"}

    def test_a_decision_on_minutes_does_not_count_then(self):
        county = self.uploaded()
        county.decide(county.events[0], 120, at=at("26 09:00"))

        assert [each.reason_code for each in county.assessment().not_counted] == ["order_closed"]

    def test_minutes_decided_before_the_order_was_stay(self):
        county = self.uploaded()
        county.decide(county.events[0], 120, at=at("25 09:00"))

        assert county.assessment().balance_min == {county.order: 120}

    def test_reopened_it_can_be_credited(self):
        county = self.uploaded()
        county.change("reopened", "27 09:00")
        county.decide(county.events[0], 120, at=at("27 10:00"))

        assert county.session().state == "credited"

    def test_served_after_the_decision_it_is_outside_the_order(self):
        county = County()
        county.confirm(county.own("in", "27 14:00", reading=reading("27 08:00")), "27 16:00")
        county.own("out", "27 16:00", reading=reading("27 08:00"))
        county.change("decided", "25 10:00")

        assert county.session().waits_for == ("outside_order",)
