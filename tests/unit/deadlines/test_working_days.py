"""Which day is a working day: published years, the office's own, and years that are not published yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.deadlines.working_days import Day, WorkingDays, YearOfDays, _statutory

DAYS = WorkingDays()
days = st.dates(date(2010, 1, 1), date(2040, 12, 31))


class TestPublishedYears:
    """State Council arrangements, as the package brings them."""

    @pytest.mark.parametrize(
        ("on", "why", "name"),
        [
            (date(2026, 2, 17), "holiday", "spring_festival"),
            (date(2026, 10, 7), "holiday", "national_day"),
            (date(2026, 10, 10), "make_up", "national_day"),  # a Saturday that is worked
            (date(2026, 11, 21), "weekend", ""),
            (date(2026, 11, 23), "working", ""),
        ],
    )
    def test_each_day_says_what_it_is(self, on, why, name):
        assert DAYS.day(on) == Day(on, why, name)

    def test_a_make_up_saturday_counts_and_the_holiday_before_it_does_not(self):
        # 30 September is a Wednesday; the holiday lasts to 7 October, Saturday the 10th is worked.
        assert DAYS.plus(date(2026, 9, 30), 3) == date(2026, 10, 10)
        assert DAYS.between(date(2026, 9, 30), date(2026, 10, 10)) == 3


class TestYearsNotPublishedYet:
    """They count by weekends and statutory holidays (全国年节及纪念日放假办法 2), and say so."""

    @pytest.mark.parametrize(
        ("on", "why", "name"),
        [
            (date(2027, 1, 1), "holiday", "new_year"),
            (date(2027, 2, 5), "holiday", "spring_festival"),  # the eve
            (date(2027, 2, 8), "holiday", "spring_festival"),
            (date(2027, 2, 9), "working", ""),  # only an arrangement could make it longer
            (date(2027, 4, 5), "holiday", "tomb_sweeping_day"),
            (date(2027, 5, 2), "holiday", "labour_day"),
            (date(2027, 6, 9), "holiday", "dragon_boat_festival"),
            (date(2027, 9, 15), "holiday", "mid_autumn_festival"),
            (date(2027, 10, 4), "working", ""),
            (date(2027, 10, 9), "weekend", ""),
        ],
    )
    def test_each_day_is_provisional(self, on, why, name):
        assert DAYS.day(on) == Day(on, why, name, is_provisional=True)

    @pytest.mark.parametrize("year", [2025, 2026])
    def test_what_the_statute_says_of_a_published_year_is_in_its_arrangement(self, year):
        statutory = _statutory(year)

        assert len(statutory) == 13
        assert [on for on in statutory if DAYS.day(on).why != "holiday"] == []

    def test_after_the_last_year_of_the_table_only_fixed_dates_are_known(self):
        assert DAYS.day(date(2070, 10, 1)).name == "national_day"
        assert DAYS.day(date(2070, 2, 11)).why == "working"


class TestTheOfficesOwnYear:
    def test_it_stands_before_what_the_program_brings(self):
        year = YearOfDays(2027, {date(2027, 2, 9): "春节"}, {date(2027, 2, 20): "春节"}, "通知")
        own = WorkingDays({2027: year})

        assert own.day(date(2027, 2, 9)) == Day(date(2027, 2, 9), "holiday", "春节")
        assert own.day(date(2027, 2, 20)).is_working
        assert own.day(date(2028, 2, 9)).is_provisional

    def test_a_year_that_was_rearranged_after_it_was_published_is_the_office_s_to_say(self):
        own = WorkingDays({2026: YearOfDays(2026, {date(2026, 11, 23): "增加一天"}, {})})

        assert own.day(date(2026, 11, 23)).name == "增加一天"
        assert own.is_working(date(2026, 10, 2))


class TestLaws:
    """What holds of any day."""

    @given(days, st.integers(0, 60))
    def test_so_many_working_days_later_are_so_many_between(self, on, amount):
        end = DAYS.plus(on, amount)

        assert DAYS.between(on, end) == amount
        assert amount == 0 or DAYS.is_working(end)

    @given(days, st.integers(1, 60))
    def test_going_back_from_a_working_day_undoes_going_forth(self, on, amount):
        start = DAYS.first_from(on)

        assert DAYS.plus(DAYS.plus(start, amount), -amount) == start

    @given(days)
    def test_the_first_working_day_from_a_day_has_none_before_it(self, on):
        first = DAYS.first_from(on)

        assert DAYS.is_working(first)
        assert not any(DAYS.is_working(on + timedelta(days=n)) for n in range((first - on).days))

    @given(days, days, days)
    def test_counting_in_two_parts_is_counting_at_once(self, a, b, c):
        assert DAYS.between(a, b) + DAYS.between(b, c) == DAYS.between(a, c)
