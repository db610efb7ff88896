"""The arithmetic as the person who serves reads it."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from server.messages import messages, text
from server.sessions import Calendar, Session, weekdays_only
from server.sessions.explanation import (
    BOUNDS,
    DEDUCTIONS,
    SET_ASIDE,
    WAITS,
    Line,
    entry_line,
    explained,
    flag_line,
    set_aside_line,
)
from server.sessions.weight import FLAG_WEIGHTS
from tests.unit.sessions.county import ZONE, County, assessed
from tests.unit.sessions.random_days import random_facts

CALENDAR = Calendar(ZONE, weekdays_only)
PACKAGE = Path(__file__).parent.parent.parent.parent / "server" / "sessions"


def said(line: Line, language: str = "zh") -> str:
    params = {
        name: said(each, language) if isinstance(each, Line) else each for name, each in line.params.items()
    }
    return text(line.key, language, **params)


def read(session: Session, language: str = "zh") -> list[str]:
    return [said(line, language) for line in explained(session, CALENDAR)]


class TestPlainWords:
    """Issue: the arithmetic shown to the participant in plain words."""

    @staticmethod
    def with_break() -> County:
        county = County()
        county.served("14:05", "17:32")
        county.own("break_start", "15:00")
        county.own("break_end", "15:40")
        return county

    def test_a_session_with_a_break(self):
        assert read(self.with_break().session()) == [
            "14:05 签到，17:32 签退，共 207 分钟。",
            "休息 40 分钟，30 分钟以内不扣，超出的扣 10 分钟。",
            "按每 15 分钟计，不足的不算：减 2 分钟。",
            "按规则可计 195 分钟，由工作人员核定。",
            "按 2026.1 版规则计算。",
        ]

    def test_the_same_in_english(self):
        assert read(self.with_break().session(), "en")[:3] == [
            "Checked in at 14:05, checked out at 17:32: 207 minutes.",
            "Breaks of 40 minutes; up to 30 are free, the rest is deducted: 10 minutes less.",
            "Counted in steps of 15 minutes, rounded down: 2 minutes less.",
        ]

    def test_a_forgotten_check_out_says_what_can_be_done(self):
        county = County()
        county.own("in", "09:00")
        county.own("mid_check", "11:20")

        assert read(county.session(now="25 12:00")) == [
            "09:00 签到，没有签退记录；按每日上限算到 15:00，共 360 分钟。",
            "11:20 以后没有其他记录能证明您在场：暂减 220 分钟。有人能作证的，请司法所补录。",
            "按每 15 分钟计，不足的不算：减 5 分钟。",
            "按规则可计 135 分钟，暂时还不能核定。",
            "等站点确认。",
            "最晚 2026-11-26。",
            "按 2026.1 版规则计算。",
        ]

    def test_a_forgotten_check_in(self):
        county = County()
        county.own("out", "15:00")

        assert read(county.session())[0] == "15:00 签退，没有签到记录；按每日上限从 09:00 算起，共 360 分钟。"

    def test_one_under_way(self):
        county = County()
        county.own("in", "09:00")

        assert read(county.session(now="10:00"))[0] == "09:00 签到，还没有签退。"

    def test_a_decided_one(self):
        county = self.with_break()
        county.decide(county.events[0], 195)

        assert "已核定 195 分钟。" in read(county.session())

    def test_a_disputed_one(self):
        county = self.with_break()
        county.deny(county.events[0], "18:00")

        assert "这次服务有争议，分钟数先不变，由没有参与的人复核。" in read(county.session())

    def test_a_stand_down(self):
        county = County()
        county.served("09:00", "09:20")
        county.standdown(23)

        assert "因天气停工，到场的人至少计一小时：补计 60 分钟。" in read(county.session())

    def test_entries_of_the_ledger(self):
        county = self.with_break()
        proposed = [said(entry_line(entry)) for entry in county.assessment().proposals]
        county.decide(county.events[0], 195)

        assert proposed[1] == "拟：扣除休息 -10 分钟（2026.1 版规则）"
        assert said(entry_line(county.assessment().ledger[0])) == "服务时间 +195 分钟（2026.1 版规则）"

    def test_why_an_event_makes_no_minutes(self):
        county = County()
        county.late_entry("25 09:00", "23 09:00", "23 11:00", role="supervisor")

        assert [said(set_aside_line(each)) for each in county.assessment().set_aside] == [
            "补录只能由镇街或以上写。"
        ]

    def test_a_flag_shows_its_evidence(self):
        county = County()
        county.own("in", "14:00")
        county.staff("in", "14:20")
        (flag,) = [flag for flag in county.session().flags if flag.code == "times_differ"]

        assert said(flag_line(flag, CALENDAR)) == "本人记录 14:00，站点记录 14:20"


class TestEveryCodeHasWords:
    """Nothing that can be answered is without a message, and no message without an answer."""

    @pytest.mark.parametrize(
        ("table", "codes"),
        [
            ("flag", FLAG_WEIGHTS.keys()),
            ("deduction", DEDUCTIONS),
            ("waits", WAITS),
            ("set_aside", SET_ASIDE),
            ("bound", BOUNDS),
        ],
    )
    def test_the_catalog_has_exactly_these(self, table, codes):
        keys = {key.split(".")[2] for key in messages() if key.startswith(f"service.{table}.")}

        assert keys == set(codes)

    def test_the_sources_use_no_other_flags(self):
        used = {
            code
            for path in PACKAGE.glob("*.py")
            for code in re.findall(r'(?<!not in )Flag\(\s*"([a-z0-9_]+)"', path.read_text("utf-8"))
        }

        assert used | {"overlap", "two_places"} == set(FLAG_WEIGHTS)

    def test_on_random_days_every_code_is_known_and_every_placeholder_filled(self):
        for seed in range(300):
            for found in assessed(random_facts(seed), "30 12:00").values():
                lines = [line for session in found.sessions for line in explained(session, CALENDAR)]
                lines += [flag_line(flag, CALENDAR) for s in (*found.sessions, found) for flag in s.flags]
                assert [key for line in lines for key in wanted(line) if key not in line.params] == []
                assert {one.reason_code for one in (*found.set_aside, *found.not_counted)} <= SET_ASIDE
                assert {code for session in found.sessions for code in session.waits_for} <= WAITS


def wanted(line: Line) -> set[str]:
    """The placeholders of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(messages()[line.key]["zh"]) if name}
