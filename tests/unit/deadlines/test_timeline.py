"""What happened to a record on which day of the county."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from server.deadlines.timeline import Event, timeline_of
from server.fold import FoldEntry, fold
from server.workflows import workflow

SHANGHAI = ZoneInfo("Asia/Shanghai")
FLOW = workflow("lead")


def line(at: str, received_at: str):
    step = FoldEntry("s", ("r",), "register", "registered", at=at, role="intake_clerk")
    return timeline_of(
        fold(FoldEntry("r", fields={"urgency": "urgent"}), [step], FLOW),
        initial_state="received",
        received_at="2026-11-22T16:30:00.000Z",
        step_received_at={"s": received_at},
        zone=SHANGHAI,
    )


class TestDays:
    def test_a_day_is_the_county_s_and_not_that_of_utc(self):
        found = line("2026-11-24T07:00:00+08:00", "2026-11-24T00:00:00.000Z")

        assert found.received_on == date(2026, 11, 23)
        assert found.events == (Event(date(2026, 11, 24), "register", "registered", {}),)
        assert found.values == {"urgency": "urgent"}

    @pytest.mark.parametrize(
        ("at", "day"),
        [("2026-11-20T08:00:00+08:00", 20), ("2026-11-30T08:00:00+08:00", 24)],
    )
    def test_a_device_s_time_later_than_the_receipt_is_never_believed(self, at, day):
        assert line(at, "2026-11-24T00:00:00.000Z").events[0].on == date(2026, 11, day)

    def test_a_step_that_is_thought_of_comes_last_and_what_it_only_says_sets_nothing(self):
        before = line("2026-11-24T08:00:00+08:00", "2026-11-24T00:00:00.000Z")

        after = before.with_step(
            date(2026, 11, 25), "answer", "answered", {"answer": "好", "note": "x"}, frozenset({"note"})
        )

        assert [event.action for event in after.events] == ["register", "answer"]
        assert after.values == {"urgency": "urgent", "answer": "好"}
        assert list(after.states())[-1] == (date(2026, 11, 25), "answered")
