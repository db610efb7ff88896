"""The quarantine: nothing is lost, the reason is in words, and a named person decides (DESIGN 3)."""

from __future__ import annotations

from tests.support.console_rig import ConsoleRig
from tests.support.entries import opaque


class TestQuarantine:
    """Refused, held and opaque entries, each with its reason."""

    def test_each_entry_has_its_reason_in_words(self, rig: ConsoleRig, ids):
        held = ids.phone.write("lead:01j00000000000000000000001", "volunteer", {}, schema=7)
        rig.centre.send(held, opaque(ids.phone.device, b"\xff\xfe<not json>", "not_json"))
        rig.centre.work()

        page = rig.as_role("prosecutor").text("/console/quarantine")

        assert "校验值与内容不一致" in page
        assert "新版程序（线索，第 7 版）" in page
        assert "无法读取的数据" in page

    def test_what_was_refused_counts_once_a_named_person_admits_it(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        path = f"/console/quarantine/{ids.refused}"
        assert "改过的标题" in clerk.text(path)

        with rig.working():
            answer = clerk.post(f"{path}/decision", verdict="admitted", reason="已与报告人核实")

        assert answer.status_code == 303
        assert clerk.get(path).status_code == 404
        assert "改过的标题" in clerk.text("/console/leads")

    def test_what_is_kept_out_stays_with_the_reason(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        path = f"/console/quarantine/{ids.refused}"

        with rig.working():
            answer = clerk.post(f"{path}/decision", verdict="kept_out", reason="重复提交")

        assert answer.status_code == 303
        assert "重复提交" in clerk.text(path)
        assert "改过的标题" not in clerk.text("/console/leads")

    def test_a_decision_without_a_reason_is_not_taken(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.post(f"/console/quarantine/{ids.refused}/decision", verdict="admitted", reason=" ")

        assert answer.status_code == 422
        assert 'id="reason-wrong"' in answer.text
        assert "改过的标题" not in clerk.text("/console/leads")

    def test_a_clerk_does_not_see_what_concerns_service_orders(self, rig: ConsoleRig, ids):
        late = ids.phone.check_event("service_order:01j00000000000000000000000", ids.station)
        rig.centre.send(late)
        rig.centre.work()
        path = f"/console/quarantine/entry:{late['_id']}"

        assert rig.as_role("prosecutor").get(path).status_code == 200
        assert rig.as_role("intake_clerk").get(path).status_code == 404
        assert late["_id"] not in rig.as_role("intake_clerk").text("/console/quarantine")
