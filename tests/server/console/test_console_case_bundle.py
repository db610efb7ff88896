"""A case's evidence taken out at the console: what is in it, who may, what is written down (DOMAIN 6)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.bundle.verifier import check
from tests.support.console_rig import ConsoleRig

REASON = "移送法院，卷宗第三册"


class County:
    """A case of two leads, one of them merged into the other, with a visit, a point and a measure."""

    def __init__(self, rig: ConsoleRig) -> None:
        self.rig, self.centre = rig, rig.centre
        self.prosecutor = self.centre.member(("prosecutor", "county"))
        phones = [self.centre.phone() for _ in range(3)]
        leads = [phone.lead(title=f"线索{number}") for number, phone in enumerate(phones)]
        self.centre.send(*leads)
        self.centre.work()
        self.leads = [lead["entry"]["id"] for lead in leads]
        self.centre.step(self.leads[0], "register", to="registered")
        self.centre.step(self.leads[1], "register", to="registered")
        self.centre.work()
        self.centre.step(
            self.leads[1], "merge_into", to="merged_into",
            fields={"primary_lead": self.leads[0], "merged_from": "registered", "is_merged": True},
            reason="同一处",
        )  # fmt: skip
        self.centre.work()
        unit = self.desk("unit", name="黄河河务局")
        self.case = self.desk(
            "pil_case", title="齐河坝坡开垦案", case_kind="administrative", case_no="齐检行公立〔2026〕9号",
            leads=[self.leads[0]], handlers=[self.prosecutor], filed_on="2026-11-02",
        )  # fmt: skip
        self.visit = self.desk(
            "site_visit", title="联合勘查", nature="investigation", about=self.case, planned_on="2026-11-20",
            place_text="南坦险工下游", team=[self.prosecutor],
        )  # fmt: skip
        self.point = self.desk(
            "survey_point", visit=self.visit, point_no="A-1", lat=36.79, lng=116.75, datum="WGS-84",
            method="rtk", accuracy_m=0.02, taken_at="2026-11-20T09:30:00+08:00",
        )  # fmt: skip
        self.rectification = self.desk(
            "rectification", case=self.case, unit=unit, instrument="recommendation", title="恢复坝坡",
            demands=["清除作物"], reply_within="two_months", decided_on="2026-11-02",
        )  # fmt: skip
        self.measure = self.desk(
            "rectification_measure", rectification=self.rectification, what="回填", who="养护科",
            due_on="2026-12-01",
        )  # fmt: skip

    def desk(self, type_: str, **body: Any) -> str:
        made = self.centre.desk(type_, body, author=self.prosecutor, role="prosecutor").id
        self.centre.work()
        return made

    def take_out(
        self, role: str, why: str = REASON, record: str = "", type_: str = "pil_case"
    ) -> TestResponse:
        path = f"/console/records/{type_}/{record or self.case}/bundle"
        return self.rig.as_role(role).post(path, why=why)


@pytest.fixture
def county(rig: ConsoleRig) -> County:
    return County(rig)


class TestTheBundleOfACase:
    def test_it_holds_the_whole_case_and_is_found_right(self, county: County, tmp_path: Path) -> None:
        answer = county.take_out("prosecutor")
        path = tmp_path / "case.zip"
        path.write_bytes(answer.data)

        assert answer.status_code == 200
        assert [finding for finding in check(str(path), None) if finding[1]] == []
        held = {entry["record"] for entry in _entries(path)}
        whole = [
            county.case,
            *county.leads[:2],
            county.visit,
            county.point,
            county.rectification,
            county.measure,
        ]
        assert held >= set(whole)
        assert county.leads[2] not in held

    def test_who_took_it_out_and_why_is_written_down(self, county: County) -> None:
        county.take_out("prosecutor")

        (row,) = [r for r in county.centre.services.audit.rows() if r.kind == "evidence_taken_out"]
        assert (row.about, row.params["reason"], row.params["count"]) == (county.case, REASON, 7)

    def test_without_a_reason_nothing_leaves(self, county: County) -> None:
        answer = county.take_out("prosecutor", why=" ")

        assert answer.status_code == 422
        assert [r for r in county.centre.services.audit.rows() if r.kind == "evidence_taken_out"] == []

    @pytest.mark.parametrize("role", ["intake_clerk", "township_staff", "security_officer", "auditor"])
    def test_nobody_else_may(self, county: County, role: str) -> None:
        assert county.take_out(role).status_code in (403, 404)

    def test_of_other_records_there_is_none(self, county: County) -> None:
        answer = county.take_out("prosecutor", record=county.rectification, type_="rectification")

        assert answer.status_code == 404


def _entries(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("entries/")]
        entries = [json.loads(archive.read(name))["entry"] for name in names]
    return [{"record": entry["body"].get("record", entry["id"])} for entry in entries]
