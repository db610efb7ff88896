"""Arithmetic of periods (刑事诉讼法 105, 民法典 203)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.deadlines.clock import Amount
from server.deadlines.period import Counted, Still, add_months, count
from server.deadlines.working_days import WorkingDays

DAYS = WorkingDays()
dates = st.dates(date(2015, 1, 1), date(2035, 12, 31))
units = st.sampled_from(["days", "working_days", "months"])


class TestMonths:
    """The same day number, else the month's last day."""

    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            (date(2026, 11, 23), 1, date(2026, 12, 23)),
            (date(2027, 1, 31), 1, date(2027, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2026, 8, 31), 1, date(2026, 9, 30)),
            (date(2026, 12, 31), 2, date(2027, 2, 28)),
            (date(2027, 2, 28), 1, date(2027, 3, 28)),
            (date(2026, 11, 30), 12, date(2027, 11, 30)),
        ],
    )
    def test_the_end_is_the_law_s(self, start, months, end):
        assert add_months(start, months) == end

    @given(dates, st.integers(1, 36))
    def test_the_end_is_in_the_month_so_many_later_and_never_on_a_later_day(self, start, months):
        end = add_months(start, months)

        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
        assert end.day == start.day or ((end + timedelta(days=1)).day == 1 and end.day < start.day)


class TestDays:
    def test_the_day_of_the_start_is_not_counted(self):
        assert count(date(2026, 11, 23), Amount(10, "days"), (), DAYS) == Counted(date(2026, 12, 3))

    def test_working_days_name_what_they_pass_over(self):
        counted = count(date(2026, 9, 29), Amount(2, "working_days"), (), DAYS)

        assert counted.end == date(2026, 10, 8)
        assert [day.on.day for day in counted.skipped] == [1, 2, 3, 4, 5, 6, 7]

    def test_days_of_a_suspension_do_not_count(self):
        still = Still(date(2026, 11, 25), date(2026, 11, 30))

        assert count(date(2026, 11, 23), Amount(10, "days"), (still,), DAYS) == Counted(
            date(2026, 12, 8), still_days=5
        )
        assert count(date(2026, 11, 23), Amount(1, "months"), (still,), DAYS) == Counted(
            date(2026, 12, 28), still_days=5
        )

    def test_a_suspension_that_the_longer_period_reaches_moves_it_again(self):
        stills = (Still(date(2026, 12, 1), date(2026, 12, 11)), Still(date(2026, 12, 25), date(2026, 12, 27)))

        assert count(date(2026, 11, 23), Amount(1, "months"), stills, DAYS).end == date(2027, 1, 4)


class TestLaws:
    @given(dates, units, st.integers(0, 90), st.integers(0, 60), st.integers(0, 40))
    def test_a_suspension_never_shortens_and_moves_by_its_own_days_at_least(
        self, start, unit, n, after, long
    ):
        begun = start + timedelta(days=after)
        plain = count(start, Amount(n, unit), (), DAYS)
        moved = count(start, Amount(n, unit), (Still(begun, begun + timedelta(days=long)),), DAYS)

        assert moved.end >= plain.end
        if begun < plain.end and unit != "working_days":
            assert moved.end == plain.end + timedelta(days=long)

    @given(dates, units, st.integers(0, 90))
    def test_more_time_never_ends_earlier(self, start, unit, n):
        ends = [count(start, Amount(number, unit), (), DAYS).end for number in (n, n + 1)]

        assert ends[0] < ends[1]
