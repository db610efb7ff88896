"""A day of three participants and a tablet, no network till evening: any order of arrival says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.spot_checks.draw import holds
from tests.journeys.service_day.console import Console
from tests.journeys.service_day.devices import jump
from tests.journeys.service_day.lived import BING, JIA, YI, Lived
from tests.journeys.service_day.moments import AFTER, at
from tests.journeys.service_day.office import evening, lent_of, session_of
from tests.journeys.service_day.place import ORDERS
from tests.journeys.service_day.replay import Batches, at_random, in_turn, replayed
from tests.journeys.service_day.words import BALANCES, HOURS
from tests.support.centre import until

NAME_OF = {order: name for name, order in ORDERS.items()}


def sessions(told: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return state, reported and computed minutes, and doubts, by participant and beginning."""
    found = {}
    for row in told["sessions"]:
        begins = told["records"][f"record of {row['id']}"]["fields"]["started_at"][11:16]
        doubts = " ".join(sorted({flag["code"] for flag in row["flags"]}))
        found[NAME_OF[row["order"]], begins] = (
            row["state"],
            row["reported_min"],
            row["credited_min"],
            doubts,
            row["waits_for"],
        )
    return found


@pytest.fixture(scope="module")
def tablet_first(day: Lived, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return replayed(day, tmp_path_factory.mktemp("tablet-first") / "data", in_turn(*day.logs))


class TestWhatTheDaySays:
    """DOMAIN 4, rows 5, 6, 8, 9, 11, 15 and 31, of one day; each minute by hand."""

    def test_before_anybody_looked(self, tablet_first: dict[str, Any]) -> None:
        told = tablet_first["as it came"]

        assert sessions(told) == {
            # 182 minutes, ten of the forty of a break taken off, rounded down to a quarter of an hour.
            (JIA, "09:00"): ("confirmed", 182, 165, "", []),
            (JIA, "14:00"): ("disputed", 120, 120, "denied", ["review_of_dispute"]),
            # A clock an hour ahead, known as such: nothing is doubted, nothing is lost.
            (YI, "08:30"): ("confirmed", 180, 180, "", []),
            (YI, "14:00"): ("confirmed", 120, 120, "only_station", []),
            # What was signed on the lent phone waits for a person: the station's own record stands meanwhile.
            (BING, "10:02"): ("confirmed", 89, 75, "only_station", []),
            # Ended by closing time, borne out until the word in mid-session: 13:00 to 14:40.
            (BING, "13:00"): ("confirmed", 300, 90, "forgotten_out", []),
        }
        assert [ledger["balance_min"] for ledger in told["ledgers"].values()] == [0, 0, 0]

    def test_once_the_lent_phone_is_admitted_both_are_flagged(self, tablet_first: dict[str, Any]) -> None:
        told = tablet_first["evening"]

        assert sessions(told) == {
            (JIA, "09:00"): ("confirmed", 182, 165, "device_shared", []),
            (JIA, "14:00"): ("disputed", 120, 120, "denied device_shared", ["review_of_dispute"]),
            (YI, "08:30"): ("confirmed", 180, 180, "", []),
            (YI, "14:00"): ("confirmed", 120, 120, "only_station", []),
            (BING, "10:00"): ("confirmed", 90, 90, "device_shared no_code no_fix", []),
            (BING, "13:00"): ("confirmed", 300, 90, "device_changed forgotten_out", []),
        }
        flagged = sorted(
            r["fields"]["started_at"][11:16] for r in told["records"].values() if r["state"] == "flagged"
        )
        assert flagged == ["09:00", "10:00"]
        (dispute,) = [row for row in told["sessions"] if row["state"] == "disputed"]
        assert dispute["due_on"] == "2026-03-18"  # five working days after Wednesday

    def test_queues_hold_what_waits_for_whom(self, tablet_first: dict[str, Any]) -> None:
        pages = tablet_first["evening"]["pages"]
        count = {
            path.partition("queue=")[2]: page.partition("共 ")[2].partition(" 条")[0]
            for path, page in pages.items()
            if "queue=" in path
        }

        assert count == {
            "to_decide": "5",
            "to_confirm": "0",
            "incomplete": "0",
            "disputed": "1",
            "settled": "0",
            "all": "6",
        }

    def test_persons_decisions_make_the_ledger(self, tablet_first: dict[str, Any]) -> None:
        told = tablet_first["decided"]

        assert {n: (led["balance_min"], led["remaining_min"]) for n, led in told["ledgers"].items()} == {
            JIA: (165, 1635),
            YI: (270, 1530),
            BING: (180, 1620),
        }
        assert {n: sorted(e["minutes"] for e in led["ledger"]) for n, led in told["ledgers"].items()} == {
            JIA: [165],
            YI: [120, 150],
            BING: [90, 90],
        }

    def test_the_draw_of_the_next_week_and_the_months_reports(self, tablet_first: dict[str, Any]) -> None:
        told = tablet_first["a week later"]

        (check,) = told["spot checks"]
        assert (NAME_OF[check["order"]], check["day"], check["weight"]) == (JIA, "2026-03-18", 16)
        assert [int(line.rpartition(" ")[2]) for line in check["pool"]] == [16, 3, 11]
        assert holds(check)
        report = "/console/supervision/reports/{}/csv?month=2026-03"
        assert told["pages"][report.format("stations")].endswith(
            "祝阿镇公益服务站,6,3,16.5,10.2,0.1,0,16.7,0.0,0,0.0"
        )
        assert (
            "有疑点的服务,5,83.3 换过手机,1,16.7 多人共用一部手机,3,50.0"
            in told["pages"][report.format("integrity")]
        )
        assert "乙-02,服务中,30.0,5.0,4.5,25.5,2026-04-20" in told["pages"][report.format("ledger")]


class TestAnyOrderOfArrival:
    """DOMAIN 4 (b): arrival order never decides substance."""

    @pytest.mark.parametrize("order", ["phones first", 1, 2, 3, 4, 5])
    def test_ledger_flags_queues_draw_and_reports_are_the_same(
        self, day: Lived, tmp_path: Path, tablet_first: dict[str, Any], order: str | int
    ) -> None:
        batches: Batches = (
            at_random(order, *day.logs) if isinstance(order, int) else in_turn(*reversed(day.logs))
        )

        told = replayed(day, tmp_path / "data", batches)

        for when, whole in told.items():
            for name, said in whole.items():
                assert said == tablet_first[when][name], (when, name)


class TestWhatParticipantsRead:
    """DOMAIN 4, rows 8 and 20; issue: the arithmetic shown to the participant in plain words."""

    def test_hours_after_decisions_an_objection_and_a_third_persons_answer(self, day: Lived) -> None:
        console = self._decided(day)
        assert {name: day.phones[name].hours(str(minutes)) for name, minutes in BALANCES.items()} == HOURS

        record = str(session_of(day.house, YI, "08:30")["record"])
        self._objects_offline(day, record)
        # Who decided at first does not answer; a third person does.
        assert console.decide("township", record, "credit_after_review", 180, "核实属实").status_code == 409
        assert (
            console.decide("third", record, "credit_after_review", 180, "督导员证实在整理资料").status_code
            == 303
        )
        day.phones[YI].send()
        read = day.phones[YI].hours("已核定 300 分钟")
        assert read[read.index("已核定", 6) + 1 :][:3] == [
            "08:30 签到，11:30 签退，共 180 分钟。",
            "已核定 180 分钟。",
            "按 2026.1 版规则计算。",
        ]

    @staticmethod
    def _decided(day: Lived) -> Console:
        """The next morning: decided at the console, and the phones have a network."""
        console, moment = Console(day.app, day.house), at("09:00", AFTER)
        evening(day.house, lent_of([document for log in day.logs for document in log]))
        day.clock.set(moment)
        console.decide_all()
        for phone in day.phones.values():
            jump(phone.page, moment, ahead=phone.ahead)
            phone.send()
        return console

    @staticmethod
    def _objects_offline(day: Lived, record: str) -> None:
        yi = day.phones[YI]
        yi.cut()
        yi.object_to(record, "那半小时是督导员安排我在屋里整理资料。")
        yi.cut(is_off=False)
        yi.send()

        def is_disputed() -> bool:
            day.house.work()
            row = day.house.services.readmodel.record(record)
            return row is not None and row.state.state == "disputed"

        until(is_disputed)
        assert "已收到您的异议，等另一人复核。" in yi.hours("等另一人复核")
