"""Spot checks: drawn once a day by the machine, seen by nobody at the station, recorded by named persons."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.readmodel.list_sql import Slice
from server.readmodel.spot_check_queries import SpotCheckQuestion, spot_check_rows
from server.spot_checks import SpotCheckDraw
from server.spot_checks.draw import holds
from tests.server.ledger.day import ZONE, Day, moment
from tests.server.supervision.offices import offered
from tests.support.console_rig import ConsoleRig
from tests.support.entries import ago

CHECKS = "/console/supervision/spot-checks"
A_WEEK_LATER = moment("09:00") + timedelta(weeks=1)
EVERY = Slice("day", limit=50)


def draw(rig: ConsoleRig, at: datetime = A_WEEK_LATER) -> list[bool]:
    """Let a worker come by twice, and one more that has just been started."""
    services = rig.centre.services
    first = SpotCheckDraw(services, now=lambda: at)
    told = [first.run_once(), first.run_once()]
    rig.centre.work()
    told.append(SpotCheckDraw(services, now=lambda: at).run_once())
    rig.centre.work()
    return told


def drawn(rig: ConsoleRig) -> list[Any]:
    return spot_check_rows(rig.centre.services.readmodel, SpotCheckQuestion(), EVERY)[0]


@pytest.fixture
def habit(rig: ConsoleRig, day: Day) -> Day:
    """Somebody who served a week ago, and so is expected."""
    day.served()
    rig.centre.work()
    return day


class TestDrawing:
    """Written by the system at the desk once a day: idempotent, deterministic, provable."""

    def test_once_a_day_and_no_more(self, rig: ConsoleRig, habit: Day) -> None:
        assert draw(rig) == [True, False, False]
        assert len(drawn(rig)) == 1
        assert draw(rig, A_WEEK_LATER + timedelta(hours=5)) == [False, False, False]

    def test_the_next_time_is_another_day(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        draw(rig, A_WEEK_LATER + timedelta(weeks=1))

        assert len({row.day for row in drawn(rig)}) == 2

    def test_nothing_before_six_in_the_morning(self, rig: ConsoleRig, habit: Day) -> None:
        early = A_WEEK_LATER.astimezone(ZONE).replace(hour=5, minute=59)

        assert draw(rig, early) == [False, False, False]

    def test_nobody_is_drawn_who_is_not_expected(self, rig: ConsoleRig, habit: Day) -> None:
        assert draw(rig, A_WEEK_LATER + timedelta(days=1)) == [False, False, False]

    def test_the_draw_can_be_repeated_from_what_is_written_down(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        body = rig.centre.services.readmodel.body(drawn(rig)[0].id)

        assert body is not None
        assert holds(body)
        assert "刚才重抽了一遍，结果相同" in rig.as_role("prosecutor").text(f"{CHECKS}/{drawn(rig)[0].id}")

    def test_the_same_day_gives_the_same_record_after_a_lost_read_model(
        self, rig: ConsoleRig, habit: Day
    ) -> None:
        draw(rig)
        before = [(row.id, row.order, row.day) for row in drawn(rig)]
        rig.centre.services.readmodel.rebuild("")
        rig.centre.work()

        assert draw(rig) == [False, False, False]
        assert [(row.id, row.order, row.day) for row in drawn(rig)] == before


class TestUnannounced:
    """Nobody at the station sees it before, nor does the participant (DOMAIN 5, rank 2)."""

    def test_no_feed_of_anybody_holds_it(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        couch = rig.centre.services.couch
        names = [
            name
            for audience in ("catalog", "member", "station", "township", "unit")
            for name in couch.names(audience)
        ]

        held = [row.id for name in names for row in couch.open(name).all_docs() if "spot_check" in row.id]
        assert names
        assert held == []

    def test_the_station_s_supervisor_is_refused(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        supervisor = rig.as_role("supervisor", habit.station)

        assert supervisor.get(CHECKS).status_code == 403
        assert supervisor.get(f"{CHECKS}/{drawn(rig)[0].id}").status_code == 403
        assert "抽查" not in supervisor.text("/console/supervision/alerts")

    def test_township_staff_who_also_supervise_there_see_it_only_when_it_is_over(
        self, rig: ConsoleRig, habit: Day
    ) -> None:
        draw(rig)
        both, check = rig.as_role("township_staff"), drawn(rig)[0].id
        assert check in both.text(CHECKS)
        rig.centre.services.directory.add_grant(both.member, "supervisor", habit.station, ago(days=9))

        assert check not in both.text(CHECKS)
        assert both.get(f"{CHECKS}/{check}").status_code == 404
        assert check not in both.text("/console/supervision/deadlines")


class TestRecording:
    def test_what_was_found_is_recorded_by_a_person(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        check, township = drawn(rig)[0].id, rig.as_role("township_staff")
        page = township.text(f"{CHECKS}/{check}")
        base = re.findall(r'name="base" value="([0-9a-f,]+)"', page)[0]
        looked_at = (A_WEEK_LATER + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
        with rig.working():
            answer = township.post(
                f"{CHECKS}/{check}/steps",
                action="record_done",
                base=base,
                looked_at=looked_at,
                found="other_person",
                finding="由其弟代替",
            )
        rig.centre.work()

        assert offered(page) == ["record_done", "record_not_met", "record_could_not"]
        assert answer.status_code == 303
        assert drawn(rig)[0].state == "done"
        found = rig.as_role("prosecutor").text(f"{CHECKS}?found=other_person")
        assert check in found

    def test_the_chief_looks_and_records_nothing(self, rig: ConsoleRig, habit: Day) -> None:
        draw(rig)
        chief, check = rig.as_role("chief_procurator"), drawn(rig)[0].id

        assert offered(chief.text(f"{CHECKS}/{check}")) == []
        assert chief.post(f"{CHECKS}/{check}/steps", action="record_done").status_code == 403
