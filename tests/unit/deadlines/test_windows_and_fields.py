"""Clocks that start from a field, and windows in which somebody may act."""

from __future__ import annotations

from datetime import date

from server.deadlines.clock import Amount, Extension, Start
from server.deadlines.explanation import said_all
from server.deadlines.timeline import Event, Timeline
from tests.unit.deadlines.clocks import NOV_2, clock, due, timeline

APPEAL = clock(
    3,
    "months",
    starts=Start("field", "appealed_on"),
    until_actions=frozenset({"close_appeal"}),
    extensions=(Extension("extend", Amount(3, "months")),),
)


def appeals(*days: int) -> Timeline:
    """An appeal, extended and closed; then perhaps another one."""
    events: list[Event] = []
    for number, day in enumerate(days):
        appealed_on = f"2026-11-{day:02}"
        events.append(Event(date(2026, 11, day), "record_appeal", None, {"appealed_on": appealed_on}))
        if number == 0:
            events.append(Event(date(2026, 11, day), "extend", None))
            events.append(Event(date(2026, 11, day), "close_appeal", None))
    return Timeline(NOV_2, "decided", tuple(events), {"appealed_on": appealed_on})


class TestFields:
    def test_a_second_appeal_begins_anew_though_the_first_was_extended_and_closed(self):
        first, second = due(APPEAL, appeals(3)), due(APPEAL, appeals(3, 3))

        assert (first.on, first.status) == (date(2027, 5, 3), "met")
        assert (second.on, second.status) == (date(2027, 2, 3), "running")

    def test_a_date_that_a_person_sets_is_said_as_such(self):
        found = due(clock(0, starts=Start("field", "due_on")), timeline(due_on="2026-12-11"))

        assert found.on == date(2026, 12, 11)
        assert said_all(found, "zh")[1:] == ["“应完成日期”定为2026年12月11日", "到期日：2026年12月11日"]

    def test_a_field_written_once_more_where_the_end_was_reached_begins_nothing(self):
        events = (
            Event(NOV_2, "end", "ended", {"ended_on": "2026-11-02"}),
            Event(date(2026, 11, 3), "confirm", "confirmed"),
            Event(date(2026, 11, 5), "follow", None, {"ended_on": "2026-11-02"}),
        )
        confirmation = clock(
            3, starts=Start("field", "ended_on"), until_states=frozenset({"confirmed", "credited"})
        )

        found = due(confirmation, Timeline(NOV_2, "open", events, {"ended_on": "2026-11-02"}))
        again = (*events, Event(date(2026, 11, 6), "end", "ended", {"ended_on": "2026-11-06"}))
        reopened = due(confirmation, Timeline(NOV_2, "open", again, {"ended_on": "2026-11-06"}))

        assert (found.status, found.ended_on) == ("met", date(2026, 11, 3))
        assert (reopened.status, reopened.on) == ("running", date(2026, 11, 9))


class TestWindows:
    def test_a_window_that_is_over_is_not_overdue(self):
        found = due(clock(7, is_window=True), timeline(), date(2026, 11, 10))

        assert (found.on, found.status) == (date(2026, 11, 9), "over")
