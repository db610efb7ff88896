"""Monthly reports: the numbers of DOMAIN 8, each with the question that finds its records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from server.reports.integrity_report import integrity_report
from server.reports.ledger_report import ledger_report, risk_of
from server.reports.report import Table
from server.reports.station_report import station_report
from tests.unit.reports.months import month, order, session


def values(table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in table.rows]


def stations(**changes: Any) -> Table:
    return station_report(month(**changes), "zh", lambda member: member[2:]).tables[0]


class TestStationReport:
    """DOMAIN 8, report 3: sessions, delay, denial, fence, spot checks, who confirms everything."""

    def test_each_station_and_the_sum_of_all(self) -> None:
        assert values(stations()) == [
            ["祝阿镇公益服务站", 3, 2, 9.0, 8.2, 2.0, 0, 0.0, 33.3, 1, 33.3],
            ["潘店镇公益服务站", 2, 2, 6.0, 2.8, 4.0, 0, 50.0, 0.0, 1, 50.0],
            ["合计", 5, 2, 15.0, 11.0, 2.5, 0, 20.0, 20.0, 2, 40.0],
        ]

    def test_every_number_names_the_question_that_finds_its_records(self) -> None:
        row = stations().rows[0]

        assert row[1].query == {"station": "station:a", "month": "2026-11", "queue": "all"}
        assert row[8].query["flag"] == "out_of_fence"
        assert [cell.to for cell in row] == ["none", *["sessions"] * 8, "spot_checks", "spot_checks"]

    def test_too_few_spot_checks_are_said_by_more_than_a_colour(self) -> None:
        many = tuple(session(n % 28 + 1) for n in range(40))

        row = stations(sessions=many).rows[0]

        assert (row[10].value, row[10].tone) == (2.5, "needs-you")

    def test_a_station_without_sessions_is_named_below(self) -> None:
        notes = station_report(month(), "zh", str).notes

        assert "本月没有服务的站点：焦庙镇公益服务站。" in notes

    def test_who_confirmed_everything_is_listed_and_who_ever_denied_is_not(self) -> None:
        all_confirmed = tuple(session(n + 1) for n in range(10))
        denied_once = (*all_confirmed[:9], session(10, denied_by=("m-zhang",)))

        told = [
            values(station_report(month(sessions=each), "zh", lambda m: m[2:]).tables[1])
            for each in (all_confirmed, all_confirmed[:9], denied_once)
        ]

        assert told == [[["zhang", "祝阿镇公益服务站", 10, 0]], [], []]

    def test_an_empty_month_is_a_report_too(self) -> None:
        report = station_report(month(sessions=(), before=(), spot_checks=()), "en", str)

        assert [values(table) for table in report.tables] == [[], []]


class TestIntegrityReport:
    """DOMAIN 8, report 4: doubts by kind, proxy findings, phones, clocks, late entries."""

    def test_the_main_figures(self) -> None:
        table = integrity_report(month(), "zh").tables[0]

        assert {row[0]: row[1:] for row in values(table) if row[1]} == {
            "有疑点的服务": [2, 40.0],
            "手机时间有问题": [1, 20.0],
            "补录": [1, 20.0],
            "抽查发现由他人代替": [1, None],
            "抽查没有见到": [1, None],
            "抽查": [2, None],
        }

    def test_doubts_by_kind_beside_the_month_before(self) -> None:
        assert values(integrity_report(month(), "zh").tables[1]) == [
            ["补录", 1, 20.0, 0],
            ["围栏之外", 1, 20.0, 0],
            ["时间不准", 1, 20.0, 1],
        ]


class TestLedgerReport:
    """DOMAIN 8, report 1: required, reported, credited, days left, standing, absences, disputes."""

    def test_an_order_in_hours_and_days(self) -> None:
        report = ledger_report(
            [order()], "2026-11", "zh", date(2026, 11, 24), daily_cap_min=360, working_days=weekdays
        )

        assert values(report.tables[0]) == [
            ["甲-01", "服务中", 30.0, 15.0, 14.0, 16.0, date(2026, 12, 20), 26, "正常", 1, 0]
        ]

    @pytest.mark.parametrize(
        ("remaining_min", "due_on", "risk"),
        [
            (0, date(2026, 11, 1), "done"),
            (60, date(2026, 11, 23), "over"),
            (721, date(2026, 11, 26), "cannot"),  # two days of six hours are left
            (433, date(2026, 11, 26), "tight"),
            (432, date(2026, 11, 26), "on_track"),
        ],
    )
    def test_how_an_order_stands_is_what_is_possible(
        self, remaining_min: int, due_on: date, risk: str
    ) -> None:
        found = risk_of(
            order(remaining_min=remaining_min, due_on=due_on),
            date(2026, 11, 24),
            daily_cap_min=360,
            working_days=weekdays,
        )

        assert found == risk


def weekdays(start: date, end: date) -> int:
    days = ((start + timedelta(days=n)).weekday() for n in range(1, (end - start).days + 1))
    return sum(day < 5 for day in days)
