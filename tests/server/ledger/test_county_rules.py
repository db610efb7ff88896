"""What a county sets differently stands in one file, and is refused whole when a line of it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.ledger.county_rules import CountyRulesWrong, county_rules


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
