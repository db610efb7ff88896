"""The rows of DOMAIN 4 that need a person, a plan or a change of the order, and input that goes wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.records.names import new_record_id
from tests.server.ledger.day import YESTERDAY, ZONE, Day, moment
from tests.server.ledger.test_rows import fix
from tests.support.entries import CentreInTest, order_body, photo, station_body


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    return Day(centre)


DECISION = {"outcome": "non_prosecution", "decided_on": str(YESTERDAY), "decision_no": "1号"}


def decide(day: Day, event: Any, minutes: int, **members: Any) -> str:
    """Let the prosecutor credit the session that this event opened; returns its record."""
    record = day.session_record(event)
    day.step(
        record,
        "part_credit",
        "prosecutor",
        to="part_credited",
        fields={"credited_min": minutes},
        reason="按记录核定",
        **members,
    )
    return record


class TestPersonsWords:
    """Rows 17 and 20."""

    def test_row_17_a_wrong_operator_is_set_right_and_may_not_decide(self, day: Day) -> None:
        entry = day.seen("in", "09:00")
        day.seen("out", "11:00")
        really = day.centre.member(("supervisor", f"station:{day.station[8:]}"))
        body = {"event": entry["id"], "operator": really, "reason": "平板没有换人"}
        staff = day.centre.member(("township_staff", "county"))
        day.centre.desk("operator_reassignment", body, author=staff, role="township_staff")

        (session,) = day.computed()

        assert really in session["may_not_decide"]
        assert "operator_reassigned" in {flag["code"] for flag in session["flags"]}
        assert day.sessions()[0][:3] == ("confirmed", 120, 120)
        document = day.centre.central(entry["id"])
        assert document is not None
        assert document["entry"]["author"] == day.tablet.log.author  # the original is kept

    def test_row_20_an_objection_is_settled_by_another_and_the_ledger_only_added_to(self, day: Day) -> None:
        came = day.served()
        record = decide(day, came, 120)
        day.step(record, "dispute", "participant", to="disputed", fields={"statement": "做到了五点半"})
        disputed = day.sessions()[0]
        fields = {"credited_min": 195}
        day.step(
            record, "credit_after_review", "township_staff", to="credited", fields=fields, reason="监控可见"
        )
        view = day.centre.member_feed(day.phone.member)[record]

        assert (disputed[0], disputed[2]) == ("disputed", 120)
        assert [row["minutes"] for row in day.read()["ledger"]] == [120, 75]
        assert day.read()["balance_min"] == 195
        assert [(row["action"], row.get("text")) for row in view["history"][-3:]] == [
            ("part_credit", "按记录核定"),
            ("dispute", "做到了五点半"),
            ("credit_after_review", "监控可见"),
        ]

    def test_row_20_not_by_whoever_decided_first(self, day: Day) -> None:
        came = day.served()
        record = day.session_record(came)
        same = day.centre.member(("prosecutor", "county"))
        day.step(
            record, "part_credit", "prosecutor", author=same, to="part_credited",
            fields={"credited_min": 120}, reason="早退",
        )  # fmt: skip
        day.step(record, "dispute", "participant", to="disputed", fields={"statement": "没有早退"})
        day.step(
            record, "part_credit", "prosecutor", author=same, to="part_credited",
            fields={"credited_min": 0}, reason="维持",
        )  # fmt: skip

        assert day.read()["balance_min"] == 120
        assert {row["line"]["key"] for row in day.computed()[0]["not_counted"]} == {
            "service.set_aside.not_independent"
        }

    def test_whoever_confirmed_never_decides_though_the_step_is_legal(self, day: Day) -> None:
        came = day.served()
        record = day.session_record(came)
        day.centre.services.directory.add_grant(
            day.tablet.log.author, "township_staff", "county", datetime.now(ZONE) - timedelta(days=9)
        )
        day.step(
            record, "credit", "township_staff", author=day.tablet.log.author, to="credited",
            fields={"credited_min": 195},
        )  # fmt: skip

        assert day.read()["balance_min"] == 0

    def test_a_township_decides_on_its_own_stations_alone(self, day: Day) -> None:
        record = day.session_record(day.served())
        stranger = day.centre.member(("township_staff", "township:371425105"))
        neighbour = day.centre.member(("township_staff", "township:371425104"))
        for author in (stranger, neighbour):
            day.step(
                record, "part_credit", "township_staff", author=author, to="part_credited",
                fields={"credited_min": 60 if author == stranger else 90}, reason="核定",
            )  # fmt: skip

        assert day.read()["balance_min"] == 90
        assert day.centre.services.readmodel.quarantine_count() == 1


class TestPlaces:
    """Rows 18 and 19."""

    @pytest.mark.parametrize(("began", "flags"), [(-9, {"out_of_fence"}), (2, set())])
    def test_row_18_a_moved_station_is_judged_by_the_version_in_force(
        self, day: Day, began: int, flags: set[str]
    ) -> None:
        day.centre.work()
        place = {"lat": 36.6, "lng": 116.7581, "datum": "WGS-84", "address": "新址", "fence_m": 200}
        valid_from = moment("00:00", YESTERDAY + timedelta(days=began)).isoformat()
        fields = {**place, "valid_from": valid_from}
        day.step(day.station, "move_station", "intake_clerk", fields=fields, reason="迁址")
        day.own("in", "14:05", parts=fix())
        day.own("out", "17:32", parts=fix(clock="17:32"))
        view = day.centre.feed("catalog")[day.station]

        assert day.flags() & {"out_of_fence"} == flags
        assert (view["version"], "to_come" in view) == ((2, False) if began < 0 else (1, True))
        assert day.sessions()[0][1] == 207

    def test_row_18_a_place_to_come_is_the_place_once_its_day_has_come(self, day: Day) -> None:
        day.centre.work()
        place = {"lat": 36.6, "lng": 116.7581, "datum": "WGS-84", "address": "新址", "fence_m": 200}
        now = datetime.now(ZONE)
        fields = {**place, "valid_from": (now + timedelta(days=3)).isoformat()}
        day.step(day.station, "move_station", "intake_clerk", fields=fields, reason="迁址")
        before = day.centre.feed("catalog")[day.station]
        day.work_at(now + timedelta(days=4))
        after = day.centre.feed("catalog")[day.station]

        assert (before["version"], before["address"], before["to_come"][0]["address"]) == (
            1,
            "祝阿镇政府东侧",
            "新址",
        )
        assert (after["version"], after["address"], "to_come" in after) == (2, "新址", False)

    @pytest.mark.parametrize(("area", "flags"), [("36.590000,116.758100", set()), (None, {"out_of_fence"})])
    def test_row_19_work_away_from_the_station_carries_its_area(
        self, day: Day, area: str | None, flags: set[str]
    ) -> None:
        staff = day.centre.member(("township_staff", "county"))
        times = {"starts_at": moment("14:00").isoformat(), "ends_at": moment("17:30").isoformat()}
        body = {"order": day.order, "station": day.station, **times}
        slot = day.centre.desk("slot", body, author=staff, role="township_staff").id
        day.centre.work()
        day.step(slot, "book", "township_staff", to="booked")
        if area:
            day.step(slot, "plan_work", "township_staff", fields={"task": "巡河", "area": area})
        day.own("in", "14:05", parts=fix(2535), slot=slot)
        day.own("out", "17:32", parts=fix(2535, "17:32"), slot=slot)

        assert day.flags() & {"out_of_fence"} == flags
        assert day.sessions()[0][1:3] == (207, 195)


class TestOrdersLife:
    """Rows 22, 23 and 24."""

    @pytest.mark.parametrize(("heard", "credited"), [("12:30", 0), ("08:00", 120)])
    def test_row_22_what_began_before_the_phone_could_know_is_judged_on_its_merit(
        self, day: Day, heard: str, credited: int
    ) -> None:
        day.centre.work()
        fields = {"suspend_ground": "illness", "suspended_in": "assigned"}
        day.step(
            day.order,
            "suspend",
            "prosecutor",
            at=moment("12:00"),
            to="suspended",
            reason="生病",
            fields=fields,
        )
        came = day.own("in", "13:00", beacon=heard)
        day.own("out", "15:00", beacon=heard)
        day.seen("sup_confirm", "15:05", about=came["hash"])

        ((_, reported, minutes, words),) = day.sessions()

        stopped = "这次服务开始时，您的服务安排已经停止：120 分钟只作记录，不计入。"
        assert (reported, minutes, stopped in words) == (120, credited, credited == 0)
        assert day.flags() & {"order_ended_unknown"} == ({"order_ended_unknown"} if credited else set())

    def test_row_23_an_amended_order_reaches_the_phone_whole(self, day: Day) -> None:
        day.centre.work()
        day.step(day.order, "extend_due", "prosecutor", fields={"due_on": "2026-12-30"}, reason="汛情")
        fields = {"daily_cap_min": 120, "weekly_cap_min": 600}
        day.step(day.order, "change_caps", "prosecutor", fields=fields, reason="身体原因")
        day.served()

        view = day.centre.member_feed(day.phone.member)[day.order]

        assert day.sessions()[0][1:3] == (207, 120)
        assert (view["due_on"], view["daily_cap_min"], view["required_min"]) == ("2026-12-30", 120, 1800)

    def test_row_24_what_comes_after_the_decision_changes_nothing_by_itself(
        self, centre: CentreInTest
    ) -> None:
        day = Day(centre, required_min=600)
        for clock in (("08:00", "12:00"), ("13:00", "17:00")):
            came = day.own("in", clock[0])
            day.own("out", clock[1])
            day.seen("sup_confirm", clock[1], about=came["hash"])
            decide(day, came, 300)
        day.unsent = []
        day.own("in", "17:05")
        day.own("out", "18:30")
        late, day.unsent = day.unsent, None
        for action, role, to, fields in (
            ("evaluate", "prosecutor", "evaluating", {}),
            ("pass", "prosecutor", "passed", {}),
            ("decide", "chief_procurator", "decided", DECISION),
        ):
            day.step(day.order, action, role, to=to, fields=fields)
        day.send(*late)

        *decided, last = day.sessions()
        view = day.centre.member_feed(day.phone.member)[day.order]

        assert (last[0], "案件已作决定，重新启动前不再计入。" in last[3]) == ("ended", True)
        assert [row[0] for row in decided] == ["part_credited", "part_credited"]
        assert (view["state"], view["ledger"]["balance_min"]) == ("decided", 600)
        assert "post_decision" in day.flags()


class TestBadInput:
    """Each has its answer, and nothing is lost."""

    def test_a_photo_that_never_came_is_declared_and_not_received(self, centre: CentreInTest) -> None:
        day = Day(centre, level="L3")
        came = day.own("in", "09:00", media=[photo()])
        day.own("out", "11:00")
        day.seen("sup_confirm", "11:05", about=came["hash"])
        now = datetime.now(ZONE)
        waiting = day.sessions(now=now)[0]
        (after,) = day.sessions(now=now + timedelta(days=8))

        assert "等照片上传。请在有网络时打开手机。" in waiting[3]
        assert (after[0], after[2]) == ("confirmed", 120)
        assert "等照片上传。请在有网络时打开手机。" not in after[3]
        assert "media_not_received" in day.flags(now=now + timedelta(days=8))

    def test_two_open_sessions_are_both_kept_and_the_first_ends_where_the_second_begins(
        self, day: Day
    ) -> None:
        other = day.centre.desk("station", station_body(code="YC-01", open_hours="08:00-18:00")).id
        day.own("in", "09:00")
        day.own("in", "10:30", station=other)

        assert [row[1] for row in day.sessions()] == [90, 360]
        assert [row[0] for row in day.sessions()] == ["ended", "ended"]

    def test_a_clock_set_to_2019_is_no_day_in_2019(self, day: Day) -> None:
        day.own("in", "09:00", day=date(2019, 6, 1))
        day.own("out", "11:00", day=date(2019, 6, 1))

        sessions = day.read()["sessions"]

        assert {each["day"] for each in sessions} & {"2019-06-01"} == set()
        assert "skew" in day.flags()

    def test_an_order_that_is_not_known_here_waits_and_nothing_is_lost(self, day: Day) -> None:
        """A participant of another county: their order is not ours until it is transferred to us."""
        body = order_body(day.phone.member, [day.station], verify_level="L1")
        unknown = new_record_id("service_order")
        came = day.own("in", "14:05", order=unknown)
        day.own("out", "17:32", order=unknown)
        before = (day.read()["sessions"], day.centre.services.readmodel.quarantine_count())
        day.centre.desk("service_order", body, record_id=unknown)
        day.centre.work()
        told = day.centre.member_feed(day.phone.member)[unknown]["ledger"]["sessions"]

        assert before == ([], 2)
        assert [each["id"] for each in told] == [f"session:{came['id']}"]
        assert day.centre.services.readmodel.quarantine_count() == 0

    def test_somebody_elses_order_is_refused_and_kept(self, day: Day) -> None:
        stranger = day.centre.member(("participant", "self"))
        order = day.centre.desk("service_order", order_body(stranger, [day.station])).id
        day.own("in", "14:05", order=order)

        assert day.read()["sessions"] == []
        assert day.centre.services.readmodel.quarantine_count() == 1
