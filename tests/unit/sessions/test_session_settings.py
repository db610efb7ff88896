"""The one table of numbers: defaults, limits, and a version for whatever a county changes (DOMAIN 3.0)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from server.records.place import POOR_ACCURACY_M
from server.sessions import SessionSettings, SettingOutOfRange, settings_of
from server.sessions.weight import FLAG_WEIGHTS

PACKAGE = Path(__file__).parent.parent.parent.parent / "server" / "sessions"
DEFAULTS = {
    "required_min": (1800, 600, 3600),
    "daily_cap_min": (360, 60, 480),
    "hard_daily_cap_min": (480, 60, 480),
    "weekly_cap_min": (1200, 60, 2400),
    "consented_weekly_cap_min": (2400, 60, 2400),
    "minimum_session_min": (60, 0, 240),
    "free_break_min": (30, 0, 120),
    "rounding_min": (15, 1, 60),
    "late_after_min": (15, 0, 120),
    "standdown_min": (60, 0, 240),
    "missed_limit": (2, 1, 20),
    "pair_within_min": (30, 0, 120),
    "attach_within_min": (120, 0, 480),
    "confirm_tolerance_min": (15, 0, 60),
    "confirm_within_days": (3, 1, 30),
    "dispute_within_days": (5, 1, 30),
    "forgotten_pattern": (3, 2, 20),
    "clock_agree_s": (120, 1, 100_000),
    "clock_uncorrectable_s": (300, 1, 100_000),
    "code_periods": (1, 0, 10),
    "code_stale_periods": (120, 0, 100_000),
    "code_far_m": (1000, 0, 100_000),
    "fence_default_m": (200, 10, 5000),
    "poor_accuracy_m": (150, 10, 100_000),
    "old_version_days": (7, 0, 100_000),
    "suspect_share_percent": (50, 1, 100),
    "suspect_events": (5, 1, 100_000),
    "stale_fix_s": (120, 1, 100_000),
    "jitter_samples": (3, 2, 5),
    "speed_limit_kmh": (120, 10, 100_000),
    "speed_least_m": (1000, 0, 100_000),
    "late_entry_days": (7, 1, 100_000),
    "media_chase_days": (7, 1, 100_000),
    "variance_sessions": (20, 2, 100_000),
    "variance_s": (60, 0, 100_000),
    "same_minute_sessions": (8, 2, 100_000),
    "review_weight": (6, 2, 100_000),
    "spot_check_most": (10, 1, 100),
    "spot_check_percent": (5, 1, 50),
}


class TestSettings:
    """Defaults and limits; each named by the row that asks for it."""

    def test_the_table(self):
        found = {
            each.name: (each.default, each.metadata["least"], each.metadata["most"])
            for each in fields(SessionSettings)
            if "least" in each.metadata
        }

        assert found == DEFAULTS

    @pytest.mark.parametrize("name", DEFAULTS)
    def test_each_is_bounded(self, name):
        _default, least, most = DEFAULTS[name]

        assert [getattr(settings_of({name: value}), name) for value in (least, most)] == [least, most]
        for value in (least - 1, most + 1, True, "15", 1.5):
            with pytest.raises(SettingOutOfRange, match=name):
                settings_of({name: value})

    @pytest.mark.parametrize("name", [*DEFAULTS, "flag_weights"])
    def test_each_is_used_and_explained(self, name):
        homes = (
            PACKAGE,
            PACKAGE.parent / "ledger",
            PACKAGE.parent / "spot_checks",
            PACKAGE.parent / "console" / "orders",
        )
        files = [p for home in homes for p in home.glob("*.py") if p.name != "settings.py"]
        sources = "".join(p.read_text("utf-8") for p in files)
        (field,) = [each for each in fields(SessionSettings) if each.name == name]

        assert f"settings.{name}" in sources or f"rules.{name}" in sources
        assert field.metadata["help"].endswith(".")
        assert field.metadata["row"]

    def test_an_unknown_name_is_refused(self):
        with pytest.raises(SettingOutOfRange, match="dayly_cap_min"):
            settings_of({"dayly_cap_min": 300})

    def test_a_weight_of_no_flag_is_refused(self):
        with pytest.raises(SettingOutOfRange, match="flag_weights"):
            settings_of({"flag_weights": {"bad_mood": 3}})

    def test_the_version_changes_with_whatever_a_county_changes(self):
        versions = [
            settings_of(county).version
            for county in (
                {},
                {"rounding_min": 15},
                {"rounding_min": 10},
                {"rounding_min": 5},
                {"flag_weights": {**FLAG_WEIGHTS, "late": 1}},
                {"flag_weights": dict(FLAG_WEIGHTS)},
            )
        ]

        assert versions[0] == versions[1] == versions[5] == "2026.1"
        assert len(set(versions)) == 4
        assert all(len(version) <= 20 for version in versions)

    def test_the_doors_idea_of_a_poor_position_is_the_same(self):
        assert SessionSettings().poor_accuracy_m == POOR_ACCURACY_M
