"""The arithmetic of a due date in words: law, article, start, amount, what was skipped, the result."""

from __future__ import annotations

from datetime import date

import pytest

from server.deadlines import WorkingDays
from server.deadlines.clock import Amount, Extension, Law, Pause
from server.deadlines.explanation import explained, said, said_all, standing
from tests.unit.deadlines.clocks import clock, due, timeline


def codes(found) -> list[str]:
    return [line.code for line in explained(found)]


class TestExplanation:
    def test_a_plain_limit_is_said_from_the_law_to_the_result(self):
        found = due(clock(1, "months", rolls=True), timeline(received=date(2026, 9, 4)), date(2026, 9, 5))

        assert said_all(found, "zh") == [
            "依据：《中华人民共和国刑事诉讼法》第172条",
            "起算：2026年9月4日中心收到；当日不计入",
            "从2026年9月4日起1个月，至2026年10月4日",
            "2026年10月4日不是工作日（10月4日至10月7日（国庆节）），顺延到其后第一个工作日2026年10月8日",
            "到期日：2026年10月8日",
        ]
        assert said_all(found, "en")[3] == (
            "4 Oct 2026 is no working day (4 Oct to 7 Oct (National Day)): moved to the next one, 8 Oct 2026"
        )

    def test_working_days_name_the_weekends_and_holidays_between(self):
        found = due(clock(7, "working_days"), timeline(received=date(2026, 9, 24)))

        assert said_all(found, "zh")[3] == (
            "不计入的11天：9月25日至9月27日（中秋节）、10月1日至10月7日（国庆节）、10月11日（周末）"
        )

    def test_suspension_extension_and_doubt_have_their_lines(self):
        of = clock(
            30,
            "working_days",
            law=Law("service_standard"),
            pauses=(Pause(state="suspended"),),
            extensions=(
                Extension("extend_review", Amount(15, "days"), law=Law("criminal_procedure_law", "172")),
            ),
        )
        line = timeline(
            (date(2026, 11, 4), "suspend", "suspended"),
            (date(2026, 11, 9), "resume", "open"),
            (date(2026, 11, 10), "extend_review", None),
        )

        assert codes(due(of, line, date(2026, 11, 10))) == [
            "standard",
            "start_received",
            "counted",
            "skipped",
            "extended",
            "law",
            "still_between",
            "result",
            "provisional",
        ]

    def test_a_suspension_that_lasts_and_a_file_that_cannot_be_read_are_said(self):
        of = clock(10, pauses=(Pause(state="suspended"),))
        line = timeline((date(2026, 11, 4), "suspend", "suspended"))

        found = due(of, line, date(2026, 11, 6), WorkingDays({}, ("2027.toml: no",)))

        assert codes(found)[-3:] == ["still_now", "result", "unreadable"]

    @pytest.mark.parametrize(
        ("today", "words"), [(date(2026, 11, 5), "还有7天（5个工作日）"), (date(2026, 11, 20), "已超期8天")]
    )
    def test_how_it_stands_today_is_said_in_words(self, today, words):
        assert said(standing(due(clock(10), timeline(), today)), "zh") == words
