"""A service order on the console: only legal steps, dates checked against the review, each date explained."""

from __future__ import annotations

import re

import pytest

from tests.support.console_rig import Browser, ConsoleRig
from tests.support.entries import order_body

REVIEW = {
    "stage": "review",
    "review_from": "2026-11-23",
    "review_track": "ordinary",
    "notice_document": "告知书1号",
    "notice_served_on": "2026-11-23",
}


@pytest.fixture
def order(rig: ConsoleRig, ids) -> str:
    more = {"case_no": "齐检刑〔2026〕1号", "prosecutor": ids.phone.member, "charge_code": "危险驾驶"}
    body = order_body(ids.phone.member, [ids.station], **more)
    made = rig.centre.services.desk.append("service_order", body, author="system", role="system", schema=2)
    rig.centre.work()
    return made.id


def act(browser: Browser, order: str, action: str, **fields: str):
    page = browser.text(f"/console/records/service_order/{order}")
    base = re.findall(r'name="base" value="([0-9a-f,]+)"', page)[0]
    return browser.post(f"/console/records/service_order/{order}/steps", action=action, base=base, **fields)


def offered(page: str) -> list[str]:
    return re.findall(r'name="action" value="([a-z_]+)"', page)


class TestOrder:
    def test_a_draft_offers_what_the_prosecutor_may_do_and_is_on_nobody_s_phone(self, rig, ids, order):
        page = rig.as_role("prosecutor").text(f"/console/records/service_order/{order}")

        assert offered(page) == ["offer", "extend_due", "change_stations", "change_caps"]
        assert order not in rig.centre.member_feed(ids.phone.member)
        assert ids.phone.member not in page

    @pytest.mark.parametrize(
        ("due_on", "status"),
        # The month ends on Wednesday 23 December 2026; three working days before it is Friday the 18th.
        [("2026-12-18", 303), ("2026-12-19", 422)],
    )
    def test_three_working_days_are_left_before_the_review_ends(self, rig, ids, order, due_on, status):
        with rig.working():
            answer = act(rig.as_role("prosecutor"), order, "offer", **REVIEW, due_on=due_on)

        assert answer.status_code == status
        assert ('id="offer-due_on-wrong"' in answer.text) == (status == 422)
        if status == 422:
            assert "最晚只能到 2026-12-18" in answer.text
            assert 'value="2026-12-19"' in answer.text

    def test_the_due_date_is_explained_on_hover_and_in_print(self, rig, ids, order):
        prosecutor = rig.as_role("prosecutor")
        with rig.working():
            act(prosecutor, order, "offer", **REVIEW, due_on="2026-12-11")

        page = prosecutor.text(f"/console/records/service_order/{order}")

        review = page[page.index('data-clock="review"') :]
        title = re.findall(r'title="([^"]+)"', review)[0]
        lines = re.findall(r"<li>([^<]+)</li>", review[: review.index("</ol>")])
        assert lines == [
            "依据：《中华人民共和国刑事诉讼法》第172条",
            "起算：审查起诉收案日期为2026年11月23日；当日不计入",
            "从2026年11月23日起1个月，至2026年12月23日",
            "到期日：2026年12月23日",
        ]
        assert title.split("\n") == lines
        assert rig.centre.member_feed(ids.phone.member)[order]["due_on"] == "2026-12-11"

    def test_an_order_in_review_says_which_of_its_dates_are_missing(self, rig, ids, order):
        answer = act(rig.as_role("prosecutor"), order, "offer", stage="review", due_on="2026-12-11")

        wrong = re.findall(r'id="offer-([a-z_]+)-wrong"', answer.text)
        assert wrong == ["notice_document", "notice_served_on"]

    def test_whoever_may_not_act_is_offered_nothing(self, rig, ids, order):
        page = rig.as_role("chief_procurator").text(f"/console/records/service_order/{order}")

        assert offered(page) == []

    def test_english_says_the_same(self, rig, ids, order):
        prosecutor = rig.as_role("prosecutor")
        with rig.working():
            act(prosecutor, order, "offer", **REVIEW, due_on="2026-12-11")
        prosecutor.client.set_cookie("language", "en", domain="localhost")

        page = prosecutor.text(f"/console/records/service_order/{order}")

        assert "Criminal Procedure Law, article 172" in page
        assert "1 month from 23 Nov 2026: to 23 Dec 2026" in page


class TestLead:
    def test_a_lead_says_by_when_it_must_be_answered_and_why(self, rig, ids):
        page = rig.as_role("intake_clerk").text(f"/console/leads/{ids.lead}")

        clocks = re.findall(r'data-clock="([a-z_]+)"', page)
        assert sorted(clocks) == ["acknowledgement", "answer"]
        assert "线索答复服务标准（本院内部标准，非法定期限）" in page
