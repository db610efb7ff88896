"""An agency at the console: its own rectification, by its view, and nothing of the lead (DOMAIN 6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.console_rig import Browser, ConsoleRig

REPORT = "坝坡被开垦种植玉米的地方在下游二百米，附近有一处看护棚。"
LEAD_TITLE = "志愿者写的标题"
FINDING = "现场仍有未清除的根茬"
TYPES = ("rectification", "rectification_measure", "measure_photo", "joint_meeting", "meeting_resolution")
NOT_THEIRS = ("pil_case", "site_visit", "lead", "volunteer", "unit", "service_order", "participant")


class County:
    """A lead, its case, and a rectification for each of two agencies; the first one has been verified."""

    def __init__(self, rig: ConsoleRig) -> None:
        self.rig, self.centre = rig, rig.centre
        self.prosecutor = self.centre.member(("prosecutor", "county"))
        self.phone = self.centre.phone()
        lead = self.phone.lead(title=LEAD_TITLE, description=REPORT)
        self.centre.send(lead)
        self.lead = lead["entry"]["id"]
        self.units = [self.desk("unit", name=name) for name in ("黄河河务局", "水利局")]
        self.case = self.desk(
            "pil_case", title="齐河坝坡开垦案", case_kind="administrative", case_no="齐检行公立〔2026〕9号",
            leads=[self.lead], handlers=[self.prosecutor], filed_on="2026-11-02",
        )  # fmt: skip
        self.own, self.others = (self._rectification(unit) for unit in self.units)
        self.meeting = self.desk(
            "joint_meeting", title="十一月联席会", meeting_kind="joint", convener="县检察院",
            held_at="2026-11-20T09:00:00+08:00", place_text="三楼会议室", units=[self.units[0]],
            agenda=["坝坡恢复"], linked=[self.lead],
        )  # fmt: skip
        self.step("deliver", "delivered", delivered_on="2026-11-03")
        self.step("verify", "verifying")
        self.step("record_finding", None, visited_on="2026-11-10", finding=FINDING)

    def desk(self, type_: str, **body: Any) -> str:
        made = self.centre.desk(type_, body, author=self.prosecutor, role="prosecutor").id
        self.centre.work()
        return made

    def step(self, action: str, to: str | None, **fields: Any) -> None:
        row = self.centre.services.readmodel.record(self.own)
        assert row is not None
        members = {"to": to} if to else {}
        self.desk(
            "step", record=self.own, base=list(row.state.heads), action=action, fields=fields, **members
        )

    def _rectification(self, unit: str) -> str:
        return self.desk(
            "rectification", case=self.case, unit=unit, instrument="recommendation", title=f"整改{unit[-4:]}",
            demands=["清除作物并恢复坝坡"], reply_within="two_months", decided_on="2026-11-02",
        )  # fmt: skip

    @property
    def liaison(self) -> Browser:
        return self.rig.as_role("agency_liaison", self.units[0])


@pytest.fixture
def county(rig: ConsoleRig) -> County:
    return County(rig)


class TestWhatTheAgencySees:
    def test_its_own_record_by_what_the_view_names(self, county: County) -> None:
        page = county.liaison.text(f"/console/records/rectification/{county.own}")

        assert "清除作物并恢复坝坡" in page
        assert "2026-11-03" in page
        hidden = [
            FINDING,
            REPORT,
            LEAD_TITLE,
            "齐河坝坡开垦案",
            county.phone.member,
            county.lead,
            county.case,
        ]
        assert [each for each in hidden if each in page] == []

    def test_on_no_page_is_anything_of_the_lead_the_case_or_another_agency(self, county: County) -> None:
        pages = [county.liaison.text(f"/console/records/{each}") for each in TYPES]
        pages.append(county.liaison.text(f"/console/records/joint_meeting/{county.meeting}"))

        hidden = [REPORT, LEAD_TITLE, "齐河坝坡开垦案", county.phone.member, county.lead, county.others]
        assert [each for each in hidden if any(each in page for page in pages)] == []
        assert county.own in pages[0]
        assert "十一月联席会" in pages[-1]

    def test_another_agencys_record_answers_as_an_unknown_one(self, county: County) -> None:
        for record in (county.others, "rectification:01j00000000000000000000000"):
            assert county.liaison.get(f"/console/records/rectification/{record}").status_code == 404

    @pytest.mark.parametrize("type_", NOT_THEIRS)
    def test_no_other_kind_of_record_is_open_to_it(self, county: County, type_: str) -> None:
        assert county.liaison.get(f"/console/records/{type_}").status_code in (403, 404)

    @pytest.mark.parametrize(
        "path", ["leads", "check-events", "devices", "members", "participants", "stations"]
    )
    def test_nor_any_other_section(self, county: County, path: str) -> None:
        assert county.liaison.get(f"/console/{path}/").status_code in (403, 404)

    def test_the_prosecutor_sees_the_whole(self, county: County) -> None:
        page = county.rig.as_role("prosecutor").text(f"/console/records/rectification/{county.own}")

        assert FINDING in page
        assert "齐河坝坡开垦案" in page
