"""What a county sets differently stands in one file, and is refused whole when a line of it is wrong."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.ledger import county_rules as module
from server.ledger.county_rules import CountyRulesWrong, county_rules
from server.sessions import SessionSettings
from server.workflows import workflow, workflow_names
from tests.server.ledger.day import YESTERDAY, Day
from tests.support.entries import open_centre

README = Path(module.__file__).parent / "README.md"


class TestCountyRules:
    """DOMAIN 3.0: settings that must be county-configurable."""

    def test_without_a_file_the_defaults_hold(self, tmp_path: Path) -> None:
        assert county_rules(tmp_path).version == "2026.1"

    def test_a_line_changes_a_number_and_the_version(self, tmp_path: Path) -> None:
        (tmp_path / "service.toml").write_text("daily_cap_min = 300\n[flag_weights]\nlate = 2\n", "utf-8")

        rules = county_rules(tmp_path)

        assert (rules.daily_cap_min, rules.flag_weights["late"], rules.flag_weights["denied"]) == (300, 2, 5)
        assert rules.version.startswith("2026.1+")

    @pytest.mark.parametrize(
        "text",
        ["daily_cap_min = 1000", "dayly_cap_min = 300", "daily_cap_min = ", "[flag_weights]\nmood = 1"],
    )
    def test_a_wrong_line_refuses_it_and_names_the_file(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "service.toml").write_text(text, "utf-8")

        with pytest.raises(CountyRulesWrong, match=r"service\.toml"):
            county_rules(tmp_path)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("daily_cap_min = 1000", "daily_cap_min: 1000; 60 to 480"),
            ("dayly_cap_min = 300", "dayly_cap_min"),
        ],
    )
    def test_the_line_says_which_number_and_what_it_takes(self, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "service.toml").write_text(text, "utf-8")

        with pytest.raises(CountyRulesWrong, match=said):
            county_rules(tmp_path)

    def test_every_number_is_in_the_manual_as_it_is_in_the_program(self) -> None:
        rows = [(f.name, f.default, f.metadata) for f in fields(SessionSettings) if "least" in f.metadata]
        wanted = [
            f"| `{name}` | {default} | {said['least']}–{said['most']} | {said['help']} | {said['row']} |"
            for name, default, said in rows
        ]

        assert [line for line in README.read_text("utf-8").splitlines() if line.startswith("| `")] == wanted


class TestClocks:
    """A clock that names a setting runs as long as the county says, in views as on the console."""

    def test_each_clock_s_setting_is_a_number_with_the_same_default(self) -> None:
        named = {
            clock.amount.setting: clock.amount.number
            for name in workflow_names()
            for clock in workflow(name).clocks
            if clock.amount.setting
        }

        assert named == {name: SessionSettings().numbers[name] for name in named}
        assert named == {"confirm_within_days": 3, "dispute_within_days": 5}

    def test_the_participant_reads_the_county_s_day(self, tmp_path: Path) -> None:
        (tmp_path / "service.toml").write_text("confirm_within_days = 7\n", "utf-8")
        with open_centre(tmp_path) as centre:
            day = Day(centre)
            came = day.own("in", "14:05")
            day.own("out", "17:32")
            record = day.session_record(came)
            view = centre.member_feed(day.phone.member)[record]

            assert view["due_on"] == day.computed()[0]["due_on"]
            assert date.fromisoformat(view["due_on"]) >= YESTERDAY + timedelta(days=7)
