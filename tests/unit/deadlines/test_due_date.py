"""When a clock runs out: starts, rolls, suspensions, extensions, and how it stands today."""

from __future__ import annotations

from datetime import date

import pytest

from server.deadlines import WorkingDays, due_date
from server.deadlines.clock import Amount, Extension, Pause, Start, Warn
from server.deadlines.timeline import Event
from server.deadlines.working_days import YearOfDays
from tests.unit.deadlines.clocks import NOV_2, clock, due, timeline


class TestStarts:
    """From a step, a state or a field; of several moments the first or the last."""

    LINE = timeline(
        (date(2026, 11, 3), "return", "returned"),
        (date(2026, 11, 5), "register", "registered"),
        (date(2026, 11, 9), "return", "returned"),
        review_from="2026-11-04",
    )

    @pytest.mark.parametrize(
        ("start", "on"),
        [
            (Start("received"), NOV_2),
            (Start("state", "received"), NOV_2),
            (Start("state", "returned"), date(2026, 11, 3)),
            (Start("action", "return", is_last=True), date(2026, 11, 9)),
            (Start("field", "review_from"), date(2026, 11, 4)),
        ],
    )
    def test_it_begins_with_what_the_file_names(self, start, on):
        assert due(clock(starts=start), self.LINE).started_on == on

    @pytest.mark.parametrize("start", [Start("action", "appeal"), Start("field", "appealed_on")])
    def test_what_has_not_begun_has_no_due_date(self, start):
        assert due_date(clock(starts=start), self.LINE, NOV_2, WorkingDays()) is None

    def test_it_runs_only_where_its_condition_holds(self):
        fast = clock(when={"review_track": "fast"})

        assert due_date(fast, timeline(review_track="ordinary"), NOV_2, WorkingDays()) is None
        assert due(fast, timeline(review_track="fast")).on == date(2026, 11, 12)


class TestEndOnAHoliday:
    """刑事诉讼法 105: an end on a holiday moves to the day after it."""

    def test_an_end_within_a_holiday_moves_to_the_next_working_day(self):
        found = due(clock(10, rolls=True), timeline(received=date(2026, 9, 24)))

        assert (found.computed_end, found.on) == (date(2026, 10, 4), date(2026, 10, 8))
        assert [day.name for day in found.rolled] == ["national_day"] * 4

    def test_where_the_law_does_not_say_so_it_stays(self):
        assert due(clock(10), timeline(received=date(2026, 9, 24))).on == date(2026, 10, 4)

    def test_a_make_up_saturday_is_an_end_as_good_as_any(self):
        assert due(clock(16, rolls=True), timeline(received=date(2026, 9, 24))).on == date(2026, 10, 10)

    @pytest.mark.parametrize(("received", "on"), [(20, 20), (21, 23)])
    def test_the_same_day_means_the_next_working_day_where_it_is_none(self, received, on):
        line = timeline(received=date(2026, 11, received))

        assert due(clock(0, "working_days"), line).on == date(2026, 11, on)


class TestSuspension:
    PAUSED = clock(10, pauses=(Pause(state="suspended"), Pause(from_action="ask", to_action="told")))

    def test_days_in_the_state_do_not_count(self):
        line = timeline((date(2026, 11, 4), "suspend", "suspended"), (date(2026, 11, 9), "resume", "open"))

        found = due(self.PAUSED, line, date(2026, 11, 9))

        assert (found.on, found.status) == (date(2026, 11, 17), "running")
        assert [(s.start.day, s.end.day, s.days) for s in found.suspensions if s.end] == [(4, 9, 5)]

    def test_while_it_lasts_the_date_moves_with_today(self):
        line = timeline((date(2026, 11, 4), "suspend", "suspended"))

        first, later = (due(self.PAUSED, line, date(2026, 11, day)) for day in (6, 20))

        assert (first.on, first.status) == (date(2026, 11, 14), "still")
        assert (later.on, later.status) == (date(2026, 11, 28), "still")

    def test_what_was_done_during_a_suspension_stops_the_date_from_moving(self):
        of = clock(10, pauses=(Pause(state="suspended"),), until_actions=frozenset({"decide"}))
        line = timeline((date(2026, 11, 4), "suspend", "suspended"), (date(2026, 11, 6), "decide", None))

        found = due(of, line, date(2026, 11, 20))

        assert (found.on, found.status) == (date(2026, 11, 14), "met")

    def test_from_one_action_to_another_likewise(self):
        line = timeline((date(2026, 11, 4), "ask", None), (date(2026, 11, 5), "told", None))

        assert due(self.PAUSED, line).on == date(2026, 11, 13)

    def test_what_was_over_before_the_start_moves_nothing(self):
        line = timeline((date(2026, 11, 3), "suspend", "suspended"), (date(2026, 11, 5), "resume", "open"))
        of = clock(10, starts=Start("action", "resume"), pauses=(Pause(state="suspended"),))

        assert (due(of, line).on, due(of, line).suspensions) == (date(2026, 11, 15), ())


class TestExtension:
    """刑事诉讼法 172: one month, and fifteen days more where the case is major or complex."""

    FIFTEEN = Extension("extend_review", Amount(15, "days"))

    def test_a_fixed_extension_counts_from_the_end_before_it(self):
        of = clock(1, "months", rolls=True, extensions=(self.FIFTEEN,))
        found = due(of, timeline((date(2026, 11, 30), "extend_review", None)))

        assert [segment.counted.end for segment in found.segments] == [
            date(2026, 12, 2),
            date(2026, 12, 17),
        ]
        assert found.on == date(2026, 12, 17)

    def test_it_counts_as_often_as_the_law_allows(self):
        twice = timeline(
            (date(2026, 11, 3), "extend_review", None), (date(2026, 11, 4), "extend_review", None)
        )

        assert due(clock(1, "months", extensions=(self.FIFTEEN,)), twice).on == date(2026, 12, 17)

    @pytest.mark.parametrize(("asked", "on"), [("2026-12-10", 10), ("2026-12-20", 17)])
    def test_one_up_to_a_day_goes_no_further_than_it_may(self, asked, on):
        of = clock(1, "months", extensions=(Extension("extend", Amount(15, "days"), field="until"),))
        line = timeline()
        asking = Event(date(2026, 11, 20), "extend", None, {"until": asked})

        assert due(of, type(line)(line.received_on, "received", (asking,))).on == date(2026, 12, on)


class TestStanding:
    DONE = timeline((date(2026, 11, 12), "decide", "decided"))
    LATE = timeline((date(2026, 11, 13), "decide", "decided"))

    @pytest.mark.parametrize(
        ("line", "today", "status", "days_left"),
        [
            (timeline(), date(2026, 11, 12), "running", 0),
            (timeline(), date(2026, 11, 13), "overdue", -1),
            (DONE, date(2026, 11, 20), "met", -8),
            (LATE, date(2026, 11, 20), "met_late", -8),
        ],
    )
    def test_the_last_day_is_in_time_and_the_next_is_not(self, line, today, status, days_left):
        found = due(clock(10), line, today)

        assert (found.status, found.days_left) == (status, days_left)

    def test_whoever_is_warned_is_warned_from_that_day_until_it_is_done(self):
        of = clock(10, warnings=(Warn(Amount(5, "days"), frozenset({"prosecutor"})),))

        assert due(of, timeline(), date(2026, 11, 6)).warned_roles == frozenset()
        assert due(of, timeline(), date(2026, 11, 7)).warned_roles == {"prosecutor"}
        assert due(of, self.DONE, date(2026, 11, 20)).warned_roles == frozenset()

    def test_the_state_in_which_it_starts_does_not_meet_it(self):
        of = clock(10, starts=Start("state", "decided", is_last=True))

        assert due(of, self.DONE, date(2026, 11, 20)).status == "running"


class TestProvisional:
    """A date in a year not yet published is shown as provisional."""

    @pytest.mark.parametrize(
        ("amount", "unit", "rolls", "years"),
        [
            (40, "working_days", False, ()),
            (50, "working_days", False, (2027,)),
            (3, "months", True, (2027,)),
            (3, "months", False, ()),  # nothing in it depends on a holiday
        ],
    )
    def test_only_what_depends_on_the_unpublished_year(self, amount, unit, rolls, years):
        assert due(clock(amount, unit, rolls=rolls), timeline()).provisional_years == years

    def test_it_is_settled_by_the_office_s_own_year(self):
        own = WorkingDays({2027: YearOfDays(2027, {date(2027, 1, 1): "元旦"}, {})})

        assert due(clock(3, "months", rolls=True), timeline(), days=own).is_provisional is False
