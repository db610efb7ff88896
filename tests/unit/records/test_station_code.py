"""The rotating code: six digits, a new one each minute, checkable later (DOMAIN 5, rank 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.records.station_code import code_at, matches

SECRET = b"k" * 32
AT = datetime(2026, 11, 23, 6, 5, 30, tzinfo=UTC)


class TestStationCode:
    def test_a_known_secret_and_minute_give_a_known_code(self):
        assert code_at(SECRET, AT) == "825979"

    def test_it_stays_for_its_minute_and_changes_with_the_next(self):
        assert code_at(SECRET, AT.replace(second=0)) == code_at(SECRET, AT.replace(second=59))
        assert code_at(SECRET, AT) != code_at(SECRET, AT + timedelta(minutes=1))

    def test_another_station_shows_another(self):
        assert code_at(b"j" * 32, AT) != code_at(SECRET, AT)

    def test_one_minute_before_or_after_still_matches_and_two_do_not(self):
        for minutes, expected in [(-2, False), (-1, True), (0, True), (1, True), (2, False)]:
            assert matches(SECRET, "825979", AT + timedelta(minutes=minutes)) is expected

    @pytest.mark.parametrize("value", ["", "82597", "8259790", "８２５９７９", "abcdef"])
    def test_what_is_no_code_never_matches(self, value):
        assert not matches(SECRET, value, AT)

    def test_a_time_without_a_zone_is_an_error(self):
        with pytest.raises(ValueError, match="time zone"):
            code_at(SECRET, AT.replace(tzinfo=None))
