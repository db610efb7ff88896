"""A new workflow is a new file, nothing else: ingest judges it, the fold folds it, the console asks."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.workflows import declarations
from tests.support.console_rig import Browser, ConsoleRig

PERMIT = """
initial = "asked"
states = ["asked", "granted", "refused"]
merge_by = ["prosecutor"]
read_by = ["prosecutor", "township_staff"]
number = "齐检许〔{year}〕{number}号"

[record]
written_by = ["township_staff"]
about = { townships = ["township"] }

[record.fields]
title = { kind = "text", required = true, min_length = 2, max_length = 40 }
township = { kind = "text", required = true, pattern = "[0-9]{9}", max_length = 9 }
asked_on = { kind = "date", required = true }
people = { kind = "integer", min = 1, max = 50, required = true }

[actions.grant]
from = ["asked"]
to = "granted"
by = ["prosecutor"]
allots_number = true
fields.level = { kind = "choice", choices = ["low", "high"], required = true }
fields.until = { kind = "date", required = true }
fields.guided = { kind = "flag" }
order = ["until", "level"]

[actions.grant.fields.places]
kind = "list"
items = { kind = "reference", of = "station" }
required = true
min_length = 1
max_length = 3

[actions.refuse]
from = ["asked"]
to = "refused"
by = ["prosecutor"]
needs_reason = true

[clocks.answer]
starts = { field = "asked_on" }
counts = { working_days = 5 }
until = { states = ["granted", "refused"] }
law = { name = "administrative_licensing_law", article = "42" }

[checks.until_too_late]
field = "until"
not_after = ["answer"]
asked_of = ["grant"]
"""
NEW = {"title": "堤防参观许可", "township": "371425104", "asked_on": "2026-09-24", "people": "12"}


@pytest.fixture(autouse=True)
def permit_workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drop the file beside the others; no Python knows of it."""
    folder = tmp_path / "workflows"
    shutil.copytree(declarations.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "visit_permit.toml").write_text(PERMIT, "utf-8")
    monkeypatch.setattr(declarations, "FOLDER", folder)


def begin(rig: ConsoleRig, browser: Browser, **changes: str) -> str:
    with rig.working():
        answer = browser.post("/console/records/visit_permit/new", **{**NEW, **changes})
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def act(browser: Browser, record: str, action: str, **fields: str | list[str]):
    page = browser.text(f"/console/records/visit_permit/{record}")
    base = re.findall(r'name="base" value="([0-9a-f,]+)"', page)[0]
    path = f"/console/records/visit_permit/{record}/steps"
    return browser.post(path, action=action, base=base, **fields)


def inputs(page: str) -> list[str]:
    return re.findall(r'<(?:input|select|textarea) id="new-([a-z_]+)"', page)


class TestNewWorkflow:
    def test_from_the_form_through_ingest_and_fold_to_the_due_date(self, rig: ConsoleRig, ids):
        staff, prosecutor = rig.as_role("township_staff"), rig.as_role("prosecutor")
        assert inputs(staff.text("/console/records/visit_permit/new")) == [
            "title",
            "township",
            "asked_on",
            "people",
        ]

        record = begin(rig, staff)

        row = rig.centre.services.readmodel.record(record)
        assert row is not None
        assert (row.state.state, row.body["people"]) == ("asked", 12)
        page = prosecutor.text(f"/console/records/visit_permit/{record}")
        # Five working days after 24 September 2026, over 中秋 and 国庆.
        assert "2026年10月9日" in page
        assert "从2026年9月24日起5个工作日，至2026年10月9日" in page
        assert "9月25日至9月27日（中秋节）、10月1日至10月7日（国庆节）" in page
        assert "administrative_licensing_law第42条" in page

    def test_a_step_s_form_has_its_fields_in_order_and_its_values_are_real_values(self, rig, ids):
        record = begin(rig, rig.as_role("township_staff"))
        prosecutor = rig.as_role("prosecutor")
        page = prosecutor.text(f"/console/records/visit_permit/{record}")

        assert re.findall(r'id="grant-([a-z]+)"', page) == ["until", "level", "guided", "places"]
        assert '<select id="grant-places" name="places" multiple' in page
        assert f'<option value="{ids.station}">祝阿镇公益服务站</option>' in page
        with rig.working():
            done = act(
                prosecutor, record, "grant", until="2026-10-09", level="low", places=ids.station, guided="on"
            )

        row = rig.centre.services.readmodel.record(record)
        assert (done.status_code, row.state.state) == (303, "granted")
        assert row.steps[0].entry["body"]["fields"] == {
            "until": "2026-10-09",
            "level": "low",
            "places": [ids.station],
            "guided": True,
        }
        year = datetime.now(UTC).year
        assert row.number == f"齐检许〔{year}〕1号"
        assert 'data-clock="answer"' in prosecutor.text(f"/console/records/visit_permit/{record}")

    def test_every_wrong_field_is_named_beside_it_at_once(self, rig: ConsoleRig, ids):
        staff = rig.as_role("township_staff")

        answer = staff.post("/console/records/visit_permit/new", title="长" * 41, people="many")

        assert answer.status_code == 422
        wrong = re.findall(r'id="new-([a-z_]+)-wrong"', answer.text)
        assert wrong == ["title", "township", "asked_on", "people"]
        assert "长" * 41 in answer.text

    def test_a_date_that_a_check_forbids_is_refused_beside_its_field(self, rig: ConsoleRig, ids):
        record = begin(rig, rig.as_role("township_staff"))

        answer = act(
            rig.as_role("prosecutor"), record, "grant", until="2026-10-10", level="low", places=ids.station
        )

        assert answer.status_code == 422
        assert 'id="grant-until-wrong"' in answer.text

    def test_only_whom_the_file_names_reads_writes_and_acts(self, rig: ConsoleRig, ids):
        record = begin(rig, rig.as_role("township_staff"))
        path = f"/console/records/visit_permit/{record}"

        assert rig.as_role("intake_clerk").get(path).status_code == 403
        assert rig.as_role("township_staff", "township:371425105").get(path).status_code == 404
        assert rig.as_role("prosecutor").get("/console/records/visit_permit/new").status_code == 403
        assert 'name="action"' not in rig.as_role("township_staff").text(path)
        assert act_without_page(rig.as_role("township_staff"), path) == 409

    def test_what_its_schema_does_not_take_is_refused_by_ingest(self, rig: ConsoleRig, ids):
        wrong = rig.centre.desk(
            "visit_permit",
            {**NEW, "people": 999},
            author=rig.as_role("township_staff").member,
            role="township_staff",
        )
        rig.centre.work()

        verdict = rig.centre.services.readmodel.verdict(wrong.device, wrong.entry)
        assert verdict is not None
        assert (verdict.verdict, verdict.reasons[1]) == (
            "refused",
            {"code": "too_big", "params": {"max": 50, "field": "people"}},
        )

    def test_the_list_offers_its_states_and_what_is_due_next(self, rig: ConsoleRig, ids):
        record = begin(rig, rig.as_role("township_staff"))

        page = rig.as_role("prosecutor").text("/console/records/visit_permit")

        assert record in page
        assert '<option value="granted">granted</option>' in page
        assert "2026年10月9日" in page
        assert record in rig.as_role("township_staff").text("/console/records/visit_permit?state=asked")
        assert record not in rig.as_role("township_staff", "township:371425105").text(
            "/console/records/visit_permit"
        )


def act_without_page(browser: Browser, path: str) -> int:
    return browser.post(f"{path}/steps", action="grant", base="0" * 64).status_code


def test_a_file_with_a_mistake_stops_the_program_and_names_the_place(tmp_path: Path):
    (tmp_path / "visit_permit.toml").write_text(PERMIT.replace('to = "granted"', 'to = "gone"'), "utf-8")

    with pytest.raises(declarations.DeclarationError, match=r"visit_permit\.grant: unknown state 'gone'"):
        declarations.workflows(tmp_path)
