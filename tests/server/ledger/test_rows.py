"""Each row of DOMAIN 4 on check-ins, from entries that devices sign to what the participant reads."""

from __future__ import annotations

from typing import Any

import pytest

from server.records.parts import new_part
from server.records.station_code import code_at
from tests.server.ledger.day import Day, moment
from tests.support.entries import CentreInTest, order_body, photo, station_body

CLAIM = {"in_at": moment("14:05").isoformat(), "out_at": moment("17:32").isoformat()}


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    return Day(centre)


def fix(north_m: float = 0, clock: str = "14:05") -> dict[str, Any]:
    samples = [
        {"lat": 36.5672 + (north_m + n) / 111_195, "lng": 116.7581, "accuracy_m": 8, "altitude": 26.5,
         "at": moment(clock).isoformat()}
        for n in range(3)
    ]  # fmt: skip
    return {"fix": new_part({"samples": samples, "datum": "WGS-84", "spread_m": 2})}


class TestRows:
    """DOMAIN 4, rows 5 to 25 and 31."""

    def test_row_5_both_sides_recorded_it(self, day: Day) -> None:
        day.own("in", "14:00")
        day.seen("in", "14:20")
        day.own("out", "17:30")
        day.seen("out", "17:29")

        ((state, reported, credited, words),) = day.sessions()

        assert (state, reported, credited) == ("confirmed", 210, 180)
        assert words[1] == "您记录 14:00 到，站点记录 14:20 到，相差较大，先从 14:20 算起：减 20 分钟。"

    def test_row_6_only_the_station_recorded_it(self, day: Day) -> None:
        day.seen("in", "09:00")
        day.seen("out", "11:00")

        assert day.sessions()[0][:3] == ("confirmed", 120, 120)
        assert day.flags() == {"only_station"}

    def test_row_7_only_the_participant_recorded_it(self, day: Day) -> None:
        day.own("in", "09:00")
        day.own("out", "11:00")

        ((state, _, credited, words),) = day.sessions()

        assert (state, credited, words[2]) == ("ended", 120, "等站点确认。")
        assert day.read()["balance_min"] == 0

    def test_row_8_the_station_denies_it(self, day: Day) -> None:
        came = day.own("in", "09:00")
        day.own("out", "11:00")
        day.seen("sup_deny", "18:00", about=came["hash"], reason="上午没见到人")

        ((state, _, _, words),) = day.sessions()

        assert (state, words[1]) == ("disputed", "这次服务有争议，分钟数先不变，由没有参与的人复核。")

    def test_row_9_forgotten_check_out(self, day: Day) -> None:
        came = day.own("in", "09:00")
        day.own("mid_check", "11:20")
        day.seen("sup_confirm", "09:02", about=came["hash"])

        ((_, reported, credited, words),) = day.sessions()

        assert (reported, credited) == (360, 135)
        assert words[0] == "09:00 签到，没有签退记录；按每日上限算到 15:00，共 360 分钟。"

    def test_row_9_and_the_rest_by_a_late_entry(self, day: Day) -> None:
        day.own("in", "14:05")
        day.desk("late_entry", claim=CLAIM, reason="手机没电", witness="站点老周")

        assert day.sessions()[0][:3] == ("confirmed", 235, 195)

    def test_row_10_forgotten_check_in(self, day: Day) -> None:
        day.seen("note", "13:00", note="在扫院子")
        left = day.own("out", "15:00")
        day.seen("sup_confirm", "15:05", about=left["hash"])

        ((_, reported, credited, words),) = day.sessions()

        assert (reported, credited) == (360, 120)
        assert words[0] == "15:00 签退，没有签到记录；按每日上限从 09:00 算起，共 360 分钟。"

    def test_row_11_a_clock_an_hour_off(self, day: Day) -> None:
        came = day.own("in", "14:05", ahead_s=3600)
        day.own("out", "17:32", ahead_s=3600)
        day.seen("sup_confirm", "17:40", about=came["hash"])

        ((_, reported, credited, words),) = day.sessions()

        assert (reported, credited, words[0]) == (207, 195, "14:05 签到，17:32 签退，共 207 分钟。")

    def test_row_12_a_clock_set_back_meanwhile(self, day: Day) -> None:
        day.own("in", "14:05")
        day.own("out", "13:40")

        assert {"clock_moved_back", "skew"} <= day.flags()

    @pytest.mark.parametrize(("shown", "flag"), [("13:05", "code_replay"), ("14:05", None)])
    def test_row_13_the_code_is_checked_later(self, day: Day, shown: str, flag: str | None) -> None:
        secret = day.centre.services.key_ring.station_secret(day.station)
        value = code_at(secret, moment(shown))
        day.own("in", "14:05", code={"value": value, "at": moment("14:05").isoformat()}, parts=fix())

        assert {code for code in day.flags() if code.startswith("code")} == ({flag} if flag else set())

    def test_row_13_the_code_of_another_station(self, day: Day) -> None:
        other = day.centre.desk("station", station_body(code="YC-01")).id
        value = code_at(day.centre.services.key_ring.station_secret(other), moment("14:05"))
        day.own("in", "14:05", code={"value": value, "at": moment("14:05").isoformat()}, parts=fix())

        assert "code_foreign" in day.flags()

    def test_row_14_a_lost_phone_and_the_stations_own_record(self, day: Day) -> None:
        day.unsent = []
        day.own("in", "14:05")
        phone = day.unsent.pop()
        day.unsent = None
        day.seen("in", "14:06")
        day.seen("out", "17:30")
        day.centre.services.directory.revoke_device(day.phone.device, moment("23:00"), "m")
        day.send(phone)

        assert day.sessions()[0][:3] == ("confirmed", 204, 195)
        day.centre.admit(phone)
        assert (day.sessions()[0][:3], "device_lost" in day.flags()) == (("confirmed", 205, 195), True)

    def test_row_16_a_new_phone_in_the_middle(self, day: Day) -> None:
        came = day.own("in", "14:05")
        new = day.centre.phone(day.phone.member)
        day.event(new, "out", "17:32")
        day.seen("sup_confirm", "17:40", about=came["hash"])

        assert (day.sessions()[0][2], day.flags()) == (195, {"device_changed"})

    @pytest.mark.parametrize(("north_m", "flags"), [(50, set()), (900, {"out_of_fence"})])
    def test_row_18_the_fence(self, day: Day, north_m: int, flags: set[str]) -> None:
        day.own("in", "14:05", parts=fix(north_m))

        assert day.flags() & {"out_of_fence"} == flags

    def test_row_21_over_the_cap(self, day: Day) -> None:
        for came, went in (("08:00", "12:00"), ("13:00", "17:00")):
            event = day.own("in", came)
            day.own("out", went)
            day.seen("sup_confirm", went, about=event["hash"])

        sessions = day.sessions()

        assert [row[:3] for row in sessions] == [("confirmed", 240, 240), ("confirmed", 240, 120)]
        assert sessions[1][3][1] == "每天最多计 360 分钟，这次还能计 120 分钟：减 120 分钟。"

    def test_row_21_two_places_at_once(self, centre: CentreInTest) -> None:
        day = Day(centre)
        other = centre.desk("station", station_body(code="YC-01")).id
        day.own("in", "09:00")
        day.own("in", "11:00", station=other)
        day.own("out", "12:00")
        day.own("out", "13:00", station=other)

        assert [row[1:3] for row in day.sessions()] == [(180, 180), (120, 60)]
        assert "two_places" in day.flags()

    def test_row_25_a_photo_that_has_not_come(self, centre: CentreInTest) -> None:
        day = Day(centre, level="L3")
        came = day.own("in", "09:00", media=[photo()])
        day.own("out", "11:00")
        day.seen("sup_confirm", "11:05", about=came["hash"])

        assert "等照片上传。请在有网络时打开手机。" in day.sessions()[0][3]

    def test_row_31_paper_typed_by_two(self, day: Day) -> None:
        day.sheet("S-007")
        line = {"claim": CLAIM, "sheet": {"number": "S-007", "line": 3}, "media": [photo(b"scan")]}
        day.seen("sheet_line", "18:00", **line)
        first = day.read()["sessions"]
        day.desk("sheet_line", **line)

        assert first == []
        assert day.sessions()[0][:3] == ("confirmed", 207, 195)


class TestTwoPeople:
    """DOMAIN 4, row 15: device is not person; shared stations stay shared."""

    def test_row_15_a_lent_phone_flags_both(self, day: Day) -> None:
        day.own("in", "09:00")
        friend = day.centre.member(("participant", "self"))
        order = day.centre.desk("service_order", order_body(friend, [day.station], verify_level="L1")).id
        day.phone.log.author = friend
        document = day.own("in", "09:05", order=order)

        # A phone is its member's: ingest refuses what another signed on it, until a person admits it.
        assert day.flags() == {"forgotten_out"}
        (lent,) = [doc for doc in day.phone.log.documents if doc["entry"]["id"] == document["id"]]
        day.centre.admit(lent)
        assert "device_shared" in day.flags()
