"""Whole feeds of a day of service: what a station and a participant may never find in them (DOMAIN 6)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.server.ledger.day import Day, moment
from tests.support.entries import CentreInTest, order_body

SECRETS = {
    "order_no": "QH-GY-2026-777",
    "case_no": "齐检刑诉〔2026〕777号",
    "charge_code": "危险驾驶",
    "reason": "醉酒后有悔过表现",
}


def text(feed: dict[str, Any]) -> str:
    return orjson.dumps(feed).decode()


class Scene:
    """Two participants at one station, each with a session; bookings, paper, bad weather, an evaluation."""

    def __init__(self, centre: CentreInTest) -> None:
        self.day = Day(centre, order_no=SECRETS["order_no"])
        self.prosecutor = centre.member(("prosecutor", "county"))
        self.other = centre.phone()
        body = {
            **order_body(self.other.member, [self.day.station], display_code="丙-09", verify_level="L1"),
            "case_no": SECRETS["case_no"],
            "prosecutor": self.prosecutor,
            "charge_code": SECRETS["charge_code"],
        }
        self.others_order = centre.desk("service_order", body, schema=2).id
        self.came = self.day.served()
        self.day.sheet("S-001")
        stand_down = {"station": self.day.station, "day": "2026-11-01", "reason": "暴雨"}
        centre.desk("stand_down", stand_down, author=self.prosecutor, role="prosecutor")
        slot = {"starts_at": moment("14:00").isoformat(), "ends_at": moment("17:00").isoformat()}
        place = {"order": self.day.order, "station": self.day.station}
        centre.desk("slot", {**slot, **place}, author=self.prosecutor, role="prosecutor")
        centre.desk("evaluation", {"order": self.day.order}, author=self.prosecutor, role="prosecutor")
        centre.work()
        self._enter_service()

    def _enter_service(self) -> None:
        """The second order goes from its draft to the station, with words that are the office's own."""
        fields = {
            "stage": "investigation", "due_on": "2026-12-20",
            "notice_document": "1号", "notice_served_on": "2026-11-20",
        }  # fmt: skip
        steps: list[tuple[str, str, str, dict[str, Any]]] = [
            ("offer", "prosecutor", "offered", fields),
            ("enter_pledge", "prosecutor", "pledged", {"pledge_ref": "纸1", "pledged_on": "2026-11-21"}),
            ("assign", "prosecutor", "assigned", {"assigned_station": self.day.station}),
        ]
        for action, role, to, given in steps:
            self.day.step(self.others_order, action, role, to=to, fields=given)
        accommodate = {"accommodation": "不做高温作业"}
        self.day.step(
            self.others_order, "accommodate", "prosecutor", fields=accommodate, reason=SECRETS["reason"]
        )

    @property
    def station(self) -> dict[str, Any]:
        return self.day.centre.feed(f"station-{self.day.station[8:]}")

    @property
    def own(self) -> dict[str, Any]:
        return self.day.centre.member_feed(self.day.phone.member)


@pytest.fixture
def scene(centre: CentreInTest) -> Scene:
    return Scene(centre)


class TestStation:
    def test_it_knows_codes_and_tasks_and_nothing_of_person_or_case(self, scene: Scene) -> None:
        said = text(scene.station)
        hidden = [*SECRETS.values(), scene.day.phone.member, scene.other.member, scene.prosecutor]
        hidden += [scene.day.phone.device, scene.day.tablet.device, scene.day.tablet.log.author]

        assert [each for each in hidden if each in said] == []
        assert {"甲-01", "丙-09", "不做高温作业"} <= {
            each for view in scene.station.values() for each in view.values() if isinstance(each, str)
        }

    def test_each_kind_of_view_has_these_members_alone(self, scene: Scene) -> None:
        always = {"_id", "_rev", "type", "state", "state_at", "received_at", "heads", "next", "media"}
        allowed = {
            "service_order": {
                "display_code", "verify_level", "service_types", "accommodation", "start_on", "due_on",
            },
            "slot": {
                "order", "station", "display_code", "starts_at", "ends_at", "task", "area", "area_radius_m",
            },
            "check_event": {
                "kind", "order", "station", "station_version", "slot", "about", "rating", "task_done",
                "display_code", "at", "history",
            },
            "evaluation": {"order", "display_code", "history"},
            "blank_sheet": {"station", "number", "lines"},
            "stand_down": {"station", "day", "reason"},
        }  # fmt: skip
        kinds = {view["type"] for view in scene.station.values()}

        assert kinds == {*allowed} - {"slot"}  # nobody has booked the slot that was asked for yesterday
        for view in scene.station.values():
            assert set(view) - always <= allowed[view["type"]], view["type"]

    def test_an_order_that_went_elsewhere_leaves_the_feed(self, scene: Scene) -> None:
        scene.day.step(scene.others_order, "enter_withdrawal", "prosecutor", to="withdrawn",
                       fields={"paper_ref": "纸2"})  # fmt: skip

        assert scene.others_order not in scene.station


class TestParticipant:
    def test_nothing_of_others_and_no_name_of_who_confirmed(self, scene: Scene) -> None:
        said = text(scene.own)
        tablet = scene.day.tablet
        hidden = [scene.other.member, scene.others_order, "丙-09", scene.prosecutor, tablet.log.author]
        hidden += [tablet.device, scene.day.phone.device, scene.came["sig"]]
        hidden += ["may_not_decide", "confirmed_by", "weight", "doubts"]

        assert [each for each in hidden if each in said] == []
        assert scene.day.order in scene.own

    def test_the_other_reads_their_own_alone(self, scene: Scene) -> None:
        assert [view["type"] for view in scene.day.centre.member_feed(scene.other.member).values()] == [
            "service_order"
        ]


class TestCatalog:
    def test_everybody_reads_stations_and_no_supervisor_of_theirs(self, scene: Scene) -> None:
        by = scene.day.tablet.log.author
        scene.day.step(scene.day.station, "appoint", "intake_clerk", fields={"supervisors": [by]})

        assert by not in text(scene.day.centre.feed("catalog"))
