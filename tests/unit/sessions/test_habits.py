"""Late, missed, and what only many sessions show (DOMAIN 3.0; 5, rank 6; 8.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.sessions.county import County, codes


class TestMissedAndLate:
    """Late after 15 minutes; two missed without excuse call for a review (DOMAIN 3.0)."""

    @pytest.mark.parametrize(("came", "expected"), [("09:15", False), ("09:16", True)])
    def test_late_is_more_than_a_quarter_of_an_hour(self, came, expected):
        county = County()
        county.slot("09:00", "12:00")
        county.served(came, "12:00")

        assert ("late" in codes(county.session())) is expected

    @pytest.mark.parametrize(
        ("excused", "expected"), [(False, {"missed_session", "missed_limit"}), (True, {"missed_session"})]
    )
    def test_the_second_unexcused_calls_for_a_review(self, excused, expected):
        county = County()
        county.slot("17 09:00", "17 12:00")
        county.slot("18 09:00", "18 12:00", is_excused=excused)

        assert codes(county.assessment()) == expected

    def test_one_attended_or_still_to_come_is_not_missed(self):
        county = County()
        county.slot("09:00", "12:00")
        county.served("09:00", "12:00")
        county.slot("30 09:00", "30 12:00")

        assert codes(county.assessment()) == set()


class TestHabits:
    """Confirmation without variance; check-ins at one minute of the clock (DOMAIN 5, rank 6; 8.3)."""

    @staticmethod
    def confirmed(*seconds: int) -> County:
        county = County()
        for day, second in enumerate(seconds, start=1):
            event = county.own("in", f"{day} 09:{day:02}")
            county.own("out", f"{day} 11:00")
            county.confirm(event, f"{day} 12:00", at=event.at + timedelta(seconds=second))
        return county

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            ([7200] * 20, True),
            ([7200] * 19, False),
            ([7200] * 19 + [7260], True),
            ([7200] * 19 + [7261], False),
        ],
    )
    def test_twenty_confirmations_after_one_delay_do_not_vary(self, seconds, expected):
        session = self.confirmed(*seconds).assessment().sessions[0]

        assert ("confirmation_unvarying" in codes(session)) is expected

    def test_who_also_denies_looks(self):
        county = self.confirmed(*[7200] * 20)
        county.deny(county.own("in", "21 14:00"), "21 18:00")

        assert "confirmation_unvarying" not in codes(county.assessment().sessions[0])

    @pytest.mark.parametrize(("times", "expected"), [(8, {"same_minute"}), (7, set())])
    def test_eight_check_ins_at_one_minute_are_a_pattern(self, times, expected):
        county = County()
        for day in range(1, times + 1):
            county.served(f"{day} 09:03", f"{day} 11:00")

        assert codes(county.assessment()) == expected
