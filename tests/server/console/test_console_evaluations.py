"""Evaluations at the console: station, township, prosecutor; another reviews an objection (DOMAIN 3.7)."""

from __future__ import annotations

import re

import pytest

from server.records.names import new_record_id
from tests.server.console.test_console_papers import begin_order, pdf, text_of
from tests.support.console_rig import Browser, ConsoleRig

SCORES = {"attendance": "95", "attitude": "80", "work_quality": "88", "rule_keeping": "100"}
COMMENT = {"grade": "qualified", "station_comment": "按时到岗，干活踏实"}


@pytest.fixture
def evaluation(rig: ConsoleRig) -> str:
    order = begin_order(rig)
    made = rig.centre.desk("evaluation", {"order": order}).id
    rig.centre.work()
    return made


def act(rig: ConsoleRig, browser: Browser, evaluation: str, action: str, status: int = 303, **fields: str):
    path = f"/console/evaluations/{evaluation}"
    base = re.findall(r'name="base" value="([0-9a-f,]+)"', browser.text(path))
    with rig.working():
        answer = browser.post(f"{path}/steps", action=action, base=base[0] if base else "0" * 64, **fields)
    assert answer.status_code == status, answer.text[:2000]
    rig.centre.work()
    return answer


def supervisor(rig: ConsoleRig, evaluation: str) -> Browser:
    model = rig.centre.services.readmodel
    order = model.record(model.record(evaluation).body["order"])
    return rig.as_role("supervisor", order.body["stations"][0])


def accepted(rig: ConsoleRig, evaluation: str) -> None:
    act(rig, supervisor(rig, evaluation), evaluation, "submit", **SCORES, **COMMENT)
    act(rig, rig.as_role("township_staff"), evaluation, "review", township_comment="属实")
    act(rig, rig.as_role("prosecutor"), evaluation, "accept")


class TestEvaluation:
    def test_station_township_and_prosecutor_each_take_their_step(self, rig, evaluation):
        accepted(rig, evaluation)

        state = rig.centre.services.readmodel.record(evaluation).state
        assert state.state == "prosecutor_accepted"
        assert state.value("total") == 90.9
        assert re.fullmatch("[0-9a-f]{64}", state.value("evidence_hash"))
        page = rig.as_role("prosecutor").text(f"/console/evaluations/{evaluation}")
        assert "95×30% + 80×20% + 88×30% + 100×20% = 90.9" in page
        assert "是综合考虑的因素之一，不替代依法作出的决定" in page
        assert "按权重得分对应“优秀”" in page  # the station said qualified: told, not changed

    def test_the_station_sees_code_and_points_and_nothing_of_the_case(self, rig, evaluation):
        browser = supervisor(rig, evaluation)

        page = browser.text(f"/console/evaluations/{evaluation}")

        order = rig.centre.services.readmodel.record(evaluation).body["order"]
        body = rig.centre.services.readmodel.record(order).body
        assert body["display_code"] in page
        for hidden in (body["order_no"], body["case_no"], "危险驾驶", "赵某某"):
            assert hidden not in page
        other = rig.as_role("supervisor", "station:01j00000000000000000000000")
        assert other.get(f"/console/evaluations/{evaluation}").status_code == 404

    def test_points_out_of_range_are_told_beside_the_field(self, rig, evaluation):
        wrong = {**SCORES, "attitude": "101"}

        answer = act(rig, supervisor(rig, evaluation), evaluation, "submit", 422, **wrong, **COMMENT)

        assert 'id="submit-attitude-wrong"' in answer.text
        assert "按时到岗，干活踏实" in answer.text

    def test_the_desk_fills_in_the_evidence_whatever_is_sent(self, rig, evaluation):
        act(rig, supervisor(rig, evaluation), evaluation, "submit", **SCORES, **COMMENT)
        act(rig, rig.as_role("township_staff"), evaluation, "review")
        page = rig.as_role("prosecutor").text(f"/console/evaluations/{evaluation}")
        assert 'name="evidence_hash"' not in page

        act(rig, rig.as_role("prosecutor"), evaluation, "accept", evidence_hash="f" * 64, total="100")

        state = rig.centre.services.readmodel.record(evaluation).state
        assert (state.value("evidence_hash") != "f" * 64, state.value("total")) == (True, 90.9)

    def test_who_accepted_it_does_not_review_the_objection(self, rig, evaluation):
        accepted(rig, evaluation)
        self._object(rig, evaluation)
        first, second = rig.as_role("prosecutor"), rig.stranger("prosecutor")
        second.sign_in()
        assert "异议由另一位检察官复核" in first.text(f"/console/evaluations/{evaluation}")
        review = {"grade": "excellent", "reason": "加权得分为优秀"}

        act(rig, first, evaluation, "review_objection", 409, **review)
        act(rig, second, evaluation, "review_objection", **review)

        assert rig.centre.services.readmodel.record(evaluation).state.state == "reviewed"

    def test_a_review_that_came_past_the_console_by_who_accepted_is_shown_without_effect(
        self, rig, evaluation
    ):
        accepted(rig, evaluation)
        self._object(rig, evaluation)
        row = rig.centre.services.readmodel.record(evaluation)
        (accepter,) = [line.author for line in row.state.history if line.action == "accept"]
        body = {"record": evaluation, "base": list(row.state.heads), "action": "review_objection"}
        fields = {"to": "reviewed", "fields": {"grade": "unqualified"}, "reason": "维持"}
        rig.centre.desk("step", {**body, **fields}, author=accepter, role="prosecutor")
        rig.centre.work()

        state = rig.centre.services.readmodel.record(evaluation).state
        assert (state.state, state.value("grade")) == ("objection", "qualified")
        page = rig.as_role("prosecutor").text(f"/console/evaluations/{evaluation}")
        assert "未生效" in page
        assert "这一步须由另一位工作人员办理" in page

    def test_the_report_prints_points_advice_and_evidence(self, rig, evaluation):
        accepted(rig, evaluation)
        row = rig.centre.services.readmodel.record(evaluation)

        text = text_of(pdf(rig, row.body["order"], "assessment_report"))

        for said in (
            "90.9",
            "出勤×30%",
            "按时到岗",
            "属实",
            "不替代依法作出的决定",
            row.state.value("evidence_hash")[:20],
        ):
            assert said in text

    @staticmethod
    def _object(rig: ConsoleRig, evaluation: str) -> None:
        model = rig.centre.services.readmodel
        row = model.record(evaluation)
        member = model.record(row.body["order"]).body["participant"]
        phone = rig.centre.phone(member)
        body = {"record": evaluation, "base": list(row.state.heads), "action": "object", "to": "objection"}
        fields = {"fields": {"statement": "我觉得应当是优秀"}}
        rig.centre.send(phone.write(new_record_id("step"), "participant", {**body, **fields}))
        rig.centre.work()
        assert model.record(evaluation).state.state == "objection"
