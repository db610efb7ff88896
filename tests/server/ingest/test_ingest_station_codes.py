"""A typed station code is checked long after it was typed, and only ever flagged (DOMAIN 4, row 13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.ingest.station_codes import code_flags
from server.records.station_code import StationSecret, code_at

SHOWN_AT = datetime(2026, 11, 23, 6, 5, 30, tzinfo=UTC)
SECRETS = {"station:one": b"1" * 32, "station:two": b"2" * 32}
LOST_AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LONG_BEFORE = "2026-11-01T00:00:00Z"


def check_event(
    typed_at: datetime, *, skew_ms: int = 0, station: str = "station:one", value: str | None = None
):
    value = value or code_at(SECRETS["station:one"], SHOWN_AT)
    body = {"station": station, "code": {"value": value, "at": typed_at.isoformat()}}
    return {"type": "check_event", "clock": {"skew_ms": skew_ms}, "body": body}


def flags(entry, *, lost_at: datetime | None = None, earliest: str = LONG_BEFORE) -> list[str]:
    def secrets_of(station: str):
        return [StationSecret(1, SECRETS[station], lost_at), StationSecret(2, b"3" * 32)]

    return [problem.code for problem in code_flags(entry, secrets_of, earliest)]


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


class TestLostSecrets:
    """Which secret was in force decides by the time between the event's bounds (DESIGN 7, "on loss")."""

    def test_the_next_number_is_right_as_well(self):
        shown = code_at(b"3" * 32, SHOWN_AT)
        assert flags(check_event(SHOWN_AT, value=shown), lost_at=LOST_AT) == []

    def test_a_lost_secrets_code_is_flagged_from_the_loss_on(self):
        assert flags(check_event(SHOWN_AT), lost_at=LOST_AT) == ["code_secret_lost"]

    def test_what_it_showed_before_stays_good(self):
        assert flags(check_event(SHOWN_AT), lost_at=SHOWN_AT + timedelta(minutes=5)) == []

    def test_a_clock_put_back_before_the_loss_does_not_help(self):
        begun_after = "2026-11-23T06:30:00Z"
        lost_at = SHOWN_AT + timedelta(minutes=5)

        assert flags(check_event(SHOWN_AT), lost_at=lost_at, earliest=begun_after) == ["code_secret_lost"]
