"""Participants at the console: registered once, by code everywhere, opened with a reason (DOMAIN 3.1, 6)."""

from __future__ import annotations

import re

import pytest

from server.records.signing import SigningKey
from tests.support.console_rig import ConsoleRig
from tests.support.entries import TOWNSHIP

ZHAO = {
    "name": "赵某某",
    "id_no": "37142519910302001 8",
    "birth_date": "1991-03-02",
    "phone": "13812345678",
    "residence": TOWNSHIP,
    "limits": "不做高温作业",
    "act_on": "2026-09-01",
}
YOUNG = {**ZHAO, "id_no": "371425200809020015", "birth_date": "2008-09-02"}


@pytest.fixture(autouse=True)
def townships(rig: ConsoleRig) -> None:
    codes = [{"code": TOWNSHIP, "zh": "祝阿镇", "en": "Zhu'a"}]
    table = {"table": "township", "version": 2024, "valid_from": "2024-01-01", "codes": codes}
    rig.centre.services.desk.append("code_table", table, author="system", role="system")
    rig.centre.work()


def registered(rig: ConsoleRig) -> str:
    with rig.working():
        answer = rig.as_role("prosecutor").post("/console/participants/new", **ZHAO)
    assert answer.status_code == 303, answer.text
    rig.centre.work()
    return answer.location


class TestRegistering:
    def test_a_participant_is_shown_by_code_and_number_and_never_by_name(self, rig):
        path = registered(rig)

        page = rig.as_role("prosecutor").text(path)

        assert re.search(r"<h1>[甲乙丙丁戊己庚辛壬癸]-\d{2}</h1>", page)
        assert re.search(r'class="number">QH-\d{4}-0001<', page)
        assert "不做高温作业" in page
        everywhere = page + rig.as_role("prosecutor").text("/console/participants")
        for secret in ("赵某某", "371425199103020018", "13812345678", "1991-03-02"):
            assert secret not in everywhere
            assert secret not in str(rig.centre.services.couch.ensure("central").all_docs(include_docs=True))
        assert "赵某某" not in rig.as_role("intake_clerk").text("/console/members")

    def test_under_18_at_the_act_is_refused_with_the_reason_and_nothing_is_written(self, rig):
        prosecutor, accounts = rig.as_role("prosecutor"), rig.centre.services.couch.ensure("accounts")
        prosecutor.text("/console/participants/new")
        before = accounts.info().doc_count, rig.centre.services.couch.ensure("logs").info().update_seq

        answer = prosecutor.post("/console/participants/new", **YOUNG)

        assert answer.status_code == 422
        assert 'id="birth_date-wrong"' in answer.text
        assert "行为时（2026-09-01）不满十八周岁" in answer.text
        assert 'value="371425200809020015"' in answer.text  # nothing typed is lost
        assert (
            accounts.info().doc_count,
            rig.centre.services.couch.ensure("logs").info().update_seq,
        ) == before

    def test_the_same_person_twice_is_told_with_the_code_that_stands(self, rig):
        code = re.findall(r"<h1>([^<]+)</h1>", rig.as_role("prosecutor").text(registered(rig)))[0]

        answer = rig.as_role("prosecutor").post("/console/participants/new", **ZHAO)

        assert answer.status_code == 422
        assert f"此人已经登记，代号 {code}" in answer.text

    def test_only_the_prosecutor_registers_and_stations_and_clerks_see_none(self, rig, ids):
        assert rig.as_role("chief_procurator").get("/console/participants/new").status_code == 403
        for role in ("intake_clerk", "township_staff", "security_officer", "auditor"):
            assert rig.as_role(role).get("/console/participants").status_code == 403
        assert rig.as_role("supervisor", ids.station).get("/console/participants").status_code == 403

    def test_the_generic_form_does_not_begin_a_participant_without_an_identity(self, rig):
        assert rig.as_role("prosecutor").get("/console/records/participant/new").status_code == 403


class TestIdentity:
    def test_it_opens_for_a_named_person_with_a_reason_that_the_audit_keeps(self, rig):
        path, prosecutor = registered(rig), rig.as_role("prosecutor")

        page = prosecutor.post(f"{path}/identity", reason="制作承诺书").text

        assert "赵某某" in page
        assert "371425199103020018" in page
        row = next(r for r in rig.centre.services.audit.rows(limit=5) if r.kind == "identity_opened")
        assert (row.actor, row.about) == (prosecutor.member, path.rpartition("/")[2])
        assert "制作承诺书" in str(row)

    def test_without_a_reason_it_stays_closed(self, rig):
        answer = rig.as_role("prosecutor").post(f"{registered(rig)}/identity", reason=" ")

        assert answer.status_code == 422
        assert "赵某某" not in answer.text
        assert "identity_opened" not in {row.kind for row in rig.centre.services.audit.rows(limit=20)}


class TestPhone:
    def test_a_code_for_the_phone_is_made_on_the_participant_s_page(self, rig):
        path = registered(rig)

        page = rig.as_role("prosecutor").post(f"{path}/code").text

        code = re.findall(r'id="enrolment-code">(\d{5}) (\d{5})<', page)[0]
        member = "m" + path.rpartition(":")[2]
        keys = [SigningKey.generate().public_jwk() for _ in "sa"]
        device = rig.centre.services.enrolment.redeem(
            "".join(code), sign_key=keys[0], agree_key=keys[1], label="手机", app="test"
        )
        assert device.member == member
