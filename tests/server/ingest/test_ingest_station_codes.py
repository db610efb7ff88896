"""A typed station code is checked long after it was typed, and only ever flagged (DOMAIN 4, row 13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.ingest.station_codes import code_flags
from server.records.station_code import code_at

SHOWN_AT = datetime(2026, 11, 23, 6, 5, 30, tzinfo=UTC)
SECRETS = {"station:one": b"1" * 32, "station:two": b"2" * 32}


def check_event(
    typed_at: datetime, *, skew_ms: int = 0, station: str = "station:one", value: str | None = None
):
    value = value or code_at(SECRETS["station:one"], SHOWN_AT)
    body = {"station": station, "code": {"value": value, "at": typed_at.isoformat()}}
    return {"type": "check_event", "clock": {"skew_ms": skew_ms}, "body": body}


def flags(entry) -> list[str]:
    return [problem.code for problem in code_flags(entry, SECRETS.__getitem__)]


class TestStationCodes:
    @pytest.mark.parametrize("later_s", [0, 29, 60, -60])
    def test_a_code_typed_within_a_minute_of_its_showing_is_right(self, later_s):
        assert flags(check_event(SHOWN_AT + timedelta(seconds=later_s))) == []

    @pytest.mark.parametrize("later_s", [121, -180, 86_400])
    def test_an_old_or_a_coming_code_is_flagged(self, later_s):
        assert flags(check_event(SHOWN_AT + timedelta(seconds=later_s))) == ["code_mismatch"]

    def test_a_phone_that_knew_how_wrong_its_clock_was_is_set_right(self):
        ten_minutes_fast = check_event(SHOWN_AT + timedelta(minutes=10), skew_ms=600_000)
        assert flags(ten_minutes_fast) == []

    def test_another_stations_code_is_flagged(self):
        assert flags(check_event(SHOWN_AT, station="station:two")) == ["code_mismatch"]

    def test_an_entry_without_a_code_has_nothing_to_check(self):
        assert (
            flags({"type": "check_event", "clock": {"skew_ms": 0}, "body": {"station": "station:one"}}) == []
        )
        assert flags({"type": "lead", "clock": {"skew_ms": 0}, "body": {}}) == []
