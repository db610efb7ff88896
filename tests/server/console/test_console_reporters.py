"""Who reported a lead stands nowhere; the intake clerk opens it, for a reason that the audit keeps."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from server.console.permissions import TABLE
from server.identity.reporters import Reporters
from tests.support.console_rig import ConsoleRig
from tests.support.entries import FieldDevice, ago

NAME = "曲晓燕"
TITLE = "险工段护坡石被撬走"
ABOUT_PEOPLE = ("members.", "devices.", "tablets.")
"""Pages about people and their phones: they name members, and nothing of what these reported."""


@dataclass(frozen=True)
class Reported:
    lead: str
    phone: FieldDevice


@pytest.fixture
def reported(rig: ConsoleRig, ids) -> Reported:  # type: ignore[no-untyped-def]
    """A lead with a supplement, that two steps were taken on, by a volunteer of this name."""
    centre = rig.centre
    member = centre.services.directory.add_member(NAME).id
    centre.services.directory.add_grant(member, "volunteer", "self", ago(days=400))
    phone = centre.phone(member)
    lead = phone.lead(title=TITLE)
    more = phone.step(
        lead["entry"]["id"], [lead["entry"]["hash"]], "supplement", fields={"note": "又少了两块"}
    )
    centre.send(lead, more)
    centre.work()
    centre.step(lead["entry"]["id"], "register", to="registered")
    centre.work()
    return Reported(lead["entry"]["id"], phone)


def lead_paths(app: Flask, lead: str) -> dict[str, str]:
    """Every address of the console that can be asked for, about this lead where it takes a record."""
    found: dict[str, str] = {}
    values = {"record_id": lead, "record_type": "lead", "mark": "0", "device": "desk-0", "entry": 1}
    values |= {"hash_": "0", "name": "en", "format_": "csv", "session_id": "0", "device_id": "d0"}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console") and "GET" in (rule.methods or ()):
            name = {"service_reports.file": "ledger", "orders.paper": "placement_letter"}.get(rule.endpoint)
            wanted = {**values, **({"name": name} if name else {})}
            found[rule.endpoint] = adapter.build(rule.endpoint, wanted).split("?")[0]
    for format_ in ("xlsx", "csv", "geojson", "kml"):
        found[f"export {format_}"] = f"/console/leads/export/{format_}"
    found["search by name"] = f"/console/leads?q={NAME}&state="
    found["search by words"] = "/console/leads?q=护坡"
    return {name: path for name, path in found.items() if name not in ("sign_in.language",)}


class TestNobodySeesWhoReported:
    """No view, page, list or export names who reported (DOMAIN 0.10, 6; ARCHITECTURE, "Reporter")."""

    @pytest.mark.parametrize("role", sorted(TABLE))
    def test_in_no_answer_of_the_console(self, rig: ConsoleRig, ids, reported: Reported, role: str):
        browser = rig.as_role(role, ids.station if role == "supervisor" else None)
        secrets = (NAME, reported.phone.member, reported.phone.device)
        asked = 0
        for endpoint, path in lead_paths(rig.app, reported.lead).items():
            text = browser.get(path).get_data().decode("utf-8", "replace")
            asked += 1
            if endpoint.startswith(ABOUT_PEOPLE):
                assert TITLE not in text, endpoint
                assert reported.lead not in text.replace(path, ""), endpoint
            elif endpoint != "search by name":
                assert [secret for secret in secrets if secret in text] == [], endpoint
        assert asked > 60

    def test_a_search_for_the_reporter_finds_no_lead(self, rig: ConsoleRig, reported: Reported):
        page = rig.as_role("intake_clerk").text(f"/console/leads?q={NAME}")

        assert "没有符合条件的记录" in page

    def test_the_page_says_that_a_volunteer_reported(self, rig: ConsoleRig, reported: Reported):
        page = rig.as_role("prosecutor").text(f"/console/leads/{reported.lead}")

        assert "<dd>志愿者</dd>" in page
        assert "查看报告人" not in page

    def test_a_step_that_is_refused_shows_no_reporter_either(self, rig: ConsoleRig, reported: Reported):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.post(f"/console/leads/{reported.lead}/steps", action="close", base="0" * 64)

        assert answer.status_code == 409
        assert NAME not in answer.text
        assert reported.phone.member not in answer.text


class TestOpening:
    """Each opening has a reason and a row in the audit."""

    def test_the_clerk_opens_it_and_that_is_written_down(self, rig: ConsoleRig, reported: Reported):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.post(f"/console/leads/{reported.lead}/reporter", why="核实现场位置")

        assert answer.status_code == 200
        assert f'<dd class="prose">{NAME}</dd>' in answer.text
        (row,) = [r for r in rig.centre.services.audit.rows() if r.kind == "reporter_opened"]
        assert (row.actor, row.about) == (clerk.member, reported.lead)
        assert row.params == {"reason": "核实现场位置"}
        assert NAME not in clerk.text(f"/console/leads/{reported.lead}")

    def test_without_a_reason_nothing_is_opened(self, rig: ConsoleRig, reported: Reported):
        answer = rig.as_role("intake_clerk").post(f"/console/leads/{reported.lead}/reporter", why=" ")

        assert answer.status_code == 422
        assert NAME not in answer.text
        assert [r for r in rig.centre.services.audit.rows() if r.kind == "reporter_opened"] == []

    @pytest.mark.parametrize("role", sorted(set(TABLE) - {"intake_clerk"}))
    def test_nobody_else_opens_it(self, rig: ConsoleRig, ids, reported: Reported, role: str):
        browser = rig.as_role(role, ids.station if role == "supervisor" else None)

        answer = browser.post(f"/console/leads/{reported.lead}/reporter", why="想知道")

        assert answer.status_code == 403
        assert NAME not in answer.text


FORM = {
    "title": "村口化工桶露天堆放",
    "description": "村口空地露天堆放几十只化工桶，雨天有刺鼻液体流入水沟。",
    "domain": "ECO",
    "urgency": "normal",
    "observed_at": "2026-11-20T09:30",
    "place_text": "仁里集镇某村村口",
    "township": "",
    "name": "穆桂芝",
    "phone": "13800000731",
    "address": "某村三组",
    "note": "晚上方便接电话",
}


class TestTakenDownAtTheDesk:
    """Somebody comes to the desk: the lead is a lead, who came is sealed beside it."""

    @pytest.fixture(autouse=True)
    def _codes(self, rig: ConsoleRig, ids) -> None:  # type: ignore[no-untyped-def]
        codes = [{"code": "ECO", "zh": "生态环境", "en": "Environment"}]
        rig.centre.desk(
            "code_table", {"table": "domain", "version": 2024, "valid_from": "2024-01-01", "codes": codes}
        )
        rig.centre.work()

    def test_it_is_a_lead_like_any_other_and_names_nobody(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        with rig.working():
            answer = clerk.post("/console/leads/new", **FORM)

        assert answer.status_code == 303
        page = clerk.text(answer.location)
        assert "村口化工桶露天堆放" in page
        assert "<dd>来访人</dd>" in page
        lead = answer.location.rpartition("/")[2]
        stored = str(rig.centre.central(lead))
        assert [v for v in ("穆桂芝", "13800000731", "某村三组") if v in page + stored] == []

    def test_the_reporter_is_sealed_and_journaled(self, rig: ConsoleRig, tmp_path):  # type: ignore[no-untyped-def]
        services = rig.centre.services
        with rig.working():
            lead = rig.as_role("intake_clerk").post("/console/leads/new", **FORM).location.rpartition("/")[2]

        stored = services.couch.ensure("accounts").get(f"reporter:{lead.partition(':')[2]}")
        journal = next(tmp_path.rglob("people.jsonl")).read_text("utf-8")
        assert "穆桂芝" not in str(stored)
        assert f"reporter:{lead.partition(':')[2]}" in journal
        assert "穆桂芝" not in journal
        found = Reporters(services.directory.accounts, services.key_ring).open(lead)
        assert found is not None
        assert (found.name, found.phone) == ("穆桂芝", "13800000731")

    def test_it_is_opened_like_a_volunteers(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        with rig.working():
            location = clerk.post("/console/leads/new", **FORM).location

        answer = clerk.post(f"{location}/reporter", why="告知办理结果")

        assert "穆桂芝" in answer.text
        assert "13800000731" in answer.text

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"description": "太短"}, "description"),
            ({"domain": "NONE"}, "domain"),
            ({"observed_at": "2999-01-01T00:00"}, "observed_at"),
            ({"place_text": ""}, "place_text"),
            ({"title": "长" * 61}, "title"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_written(
        self, rig: ConsoleRig, change: dict[str, str], field: str
    ):
        answer = rig.as_role("intake_clerk").post("/console/leads/new", **{**FORM, **change})

        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in answer.text
        assert "穆桂芝" in answer.text
        assert rig.centre.services.directory.accounts.of_kind("reporter") == []
