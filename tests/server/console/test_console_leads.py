"""Leads at the desk: found, opened, registered, answered; never over what somebody else did meanwhile."""

from __future__ import annotations

import re

import pytest

from server.readmodel import ReadModel
from tests.support.console_rig import Browser, ConsoleRig
from tests.support.entries import ago, photo


def heads_in(page: str) -> str:
    """Return what the open lead's forms name as seen."""
    return re.findall(r'name="base" value="([0-9a-f,]+)"', page)[0]


def act(clerk: Browser, lead: str, action: str, *, htmx: bool = False, **fields: str):  # type: ignore[no-untyped-def]
    base = fields.pop("base", None) or heads_in(clerk.text(f"/console/leads/{lead}"))
    return clerk.post(f"/console/leads/{lead}/steps", htmx=htmx, action=action, base=base, **fields)


class TestTheList:
    """Filters and order are in the address; numbers lead to what they count (LOOK, "Desk")."""

    @pytest.fixture(autouse=True)
    def _leads(self, rig: ConsoleRig, ids) -> None:
        phone = ids.phone
        rig.centre.send(
            phone.lead(title="窨井盖缺失", domain="SAFE", urgency="urgent", township="371425105"),
            phone.lead(title="餐馆油污直排", domain="FD", at=ago(days=2)),
        )
        rig.centre.work()

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("", {"坝坡被开垦种植玉米", "窨井盖缺失", "餐馆油污直排"}),
            ("?domain=SAFE", {"窨井盖缺失"}),
            ("?urgency=urgent", {"窨井盖缺失"}),
            ("?township=371425105", {"窨井盖缺失"}),
            ("?q=油污", {"餐馆油污直排"}),
            ("?q=油 污", {"餐馆油污直排"}),
            ("?state=answered", set()),
            ("?state=open&urgency=normal", {"坝坡被开垦种植玉米", "餐馆油污直排"}),
            ("?day=today", {"坝坡被开垦种植玉米", "窨井盖缺失", "餐馆油污直排"}),
            ("?day=2001-01-01", set()),
            ("?day=nonsense&page=-3&sort=drop", {"坝坡被开垦种植玉米", "窨井盖缺失", "餐馆油污直排"}),
            ('?q=")(*^', {"坝坡被开垦种植玉米", "窨井盖缺失", "餐馆油污直排"}),
        ],
    )
    def test_the_address_says_which_leads_are_shown(self, rig: ConsoleRig, query: str, titles: set[str]):
        page = rig.as_role("intake_clerk").text(f"/console/leads{query}")

        shown = {t for t in ("坝坡被开垦种植玉米", "窨井盖缺失", "餐馆油污直排") if f">{t}</a>" in page}
        assert shown == titles

    def test_sorting_by_urgency_puts_the_urgent_one_first(self, rig: ConsoleRig):
        page = rig.as_role("intake_clerk").text("/console/leads?sort=urgency")

        assert re.findall(r'detail|leads/lead:[^"]+">([^<]+)</a>', page)[0] == "窨井盖缺失"

    def test_an_open_lead_keeps_its_list_beside_it(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        href = re.findall(r'href="(/console/leads/lead:[^"]+)"', clerk.text("/console/leads?domain=FD"))[0]

        page = clerk.text(href.replace("&amp;", "&"))

        assert "domain=FD" in href
        assert 'aria-current="true"' in page
        assert "窨井盖缺失" not in page

    def test_an_empty_list_says_what_will_come(self, rig: ConsoleRig):
        assert "没有符合条件的记录" in rig.as_role("intake_clerk").text("/console/leads?q=没有这样的")

    def test_a_later_lead_is_news_and_the_list_itself_stands_still(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        poll = re.findall(r'hx-get="(/console/leads/news[^"]+)"', clerk.text("/console/leads"))[0]
        poll = poll.replace("&amp;", "&")
        assert clerk.get(poll, htmx=True).status_code == 204

        rig.centre.send(ids.phone.lead(title="新来的一条"))
        rig.centre.work()

        news = clerk.get(poll, htmx=True)
        assert news.status_code == 200
        assert "1 条新线索" in news.text
        assert "新来的一条" not in news.text


class TestALead:
    """One lead with everything that is known of it (DESIGN 2; LOOK, "Desk")."""

    def test_proof_is_checked_and_shown_in_words(self, rig: ConsoleRig, ids):
        page = rig.as_role("intake_clerk").text(f"/console/leads/{ids.lead}")

        for words in ("证据链核对一致", "内容与哈希一致", "签名由登记的设备密钥作出", "与上一条相接"):
            assert words in page
        assert ids.phone.device not in page
        assert ids.phone.log.documents[0]["entry"]["hash"] in page

    def test_proof_fails_aloud_when_the_stored_content_was_changed(self, rig: ConsoleRig, ids):
        model = rig.centre.services.readmodel
        _replace_in_model(model, ids.lead, "坝坡被开垦种植玉米", "坝坡没有被开垦")

        page = rig.as_role("intake_clerk").text(f"/console/leads/{ids.lead}")

        assert "证据链有不一致之处" in page
        assert "内容与哈希不一致" in page

    def test_a_photo_that_has_not_come_is_said_to_be_on_the_phone(self, rig: ConsoleRig, ids):
        lead = ids.phone.lead(media=[photo()], no_photo_reason=None)
        rig.centre.send(lead)
        rig.centre.work()

        page = rig.as_role("intake_clerk").text(f"/console/leads/{lead['entry']['id']}")

        assert "还在手机上，联网后会传来" in page
        assert "<img" not in page

    def test_an_unknown_lead_is_not_found(self, rig: ConsoleRig, ids):
        page = rig.as_role("intake_clerk").text("/console/leads/lead:01j00000000000000000000000", 404)

        assert "没有找到" in page


class TestSteps:
    """What is done goes through the desk's log and counts when it is folded (DESIGN 3, "Desk")."""

    def test_register_and_answer_without_script(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        with rig.working():
            registered = act(clerk, ids.lead, "register")
            answered = act(clerk, ids.lead, "answer", answer="已转交河务局处理。")

        assert (registered.status_code, answered.status_code) == (303, 303)
        page = clerk.text(f"/console/leads/{ids.lead}")
        assert "已转交河务局处理。" in page
        row = rig.centre.services.readmodel.record(ids.lead)
        assert row is not None
        assert (row.state.state, row.state.value("answer")) == ("answered", "已转交河务局处理。")
        assert [step.entry["author"] for step in row.steps] == [clerk.member, clerk.member]

    def test_with_script_the_record_and_its_row_come_back(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        with rig.working():
            answer = act(clerk, ids.lead, "register", htmx=True)

        assert answer.status_code == 200
        assert answer.text.lstrip().startswith("<article")
        assert "已办好" in answer.text
        assert f"<hx-partial hx-target=\"[id='row-{ids.lead}']\"" in answer.text

    def test_until_it_is_folded_it_is_being_processed(self, rig: ConsoleRig, ids, monkeypatch):
        clerk = rig.as_role("intake_clerk")
        monkeypatch.setattr("server.console.steps.WAIT_S", 0.01)

        waiting = act(clerk, ids.lead, "register", htmx=True)

        poll = re.findall(r'hx-get="(/console/leads/[^"]+/steps/[^"]+)"', waiting.text)[0]
        assert waiting.status_code == 202
        assert "正在处理" in waiting.text
        rig.centre.work()
        done = clerk.get(poll.replace("&amp;", "&"), htmx=True)
        assert done.status_code == 200
        assert "已办好" in done.text

    def test_a_lead_that_changed_meanwhile_is_shown_and_not_touched(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        seen = heads_in(clerk.text(f"/console/leads/{ids.lead}"))
        rig.centre.step(ids.lead, "register", to="registered")
        rig.centre.work()

        answer = act(clerk, ids.lead, "return", htmx=True, base=seen, note="请补充地点。")

        assert answer.status_code == 409
        assert "您打开之后，这条记录有了变动" in answer.text
        assert "已登记" in answer.text
        row = rig.centre.services.readmodel.record(ids.lead)
        assert row is not None
        assert len(row.steps) == 1

    def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        rig.centre.step(ids.lead, "register", to="registered")
        rig.centre.work()

        empty = act(clerk, ids.lead, "answer", htmx=True, answer="  ")
        long = act(clerk, ids.lead, "answer", htmx=True, answer="长" * 2001)

        assert (empty.status_code, long.status_code) == (422, 422)
        assert 'aria-invalid="true" aria-describedby="answer-answer-wrong"' in empty.text
        assert 'id="answer-answer-wrong"' in long.text
        assert "长" * 2001 in long.text

    def test_an_action_that_is_not_legal_now_is_refused(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        answer = act(clerk, ids.lead, "close", htmx=True)

        assert answer.status_code == 409
        assert "按现在的状态，不能这样做" in answer.text

    def test_two_answers_that_did_not_see_each_other_are_both_shown_and_neither_counts(
        self, rig: ConsoleRig, ids
    ):
        rig.centre.step(ids.lead, "register", to="registered")
        rig.centre.work()
        # Both look at the same state; the second is entered before the first is folded.
        rig.centre.step(ids.lead, "answer", to="answered", fields={"answer": "已转交河务局。"})
        rig.centre.step(ids.lead, "return", to="returned", fields={"note": "请补拍照片。"})
        rig.centre.work()

        page = rig.as_role("intake_clerk").text(f"/console/leads/{ids.lead}")

        assert "两个人互不知情地做了不同决定" in page
        assert '<li class="prose">已答复</li><li class="prose">已退回补充</li>' in page
        assert 'name="action"' not in page

    def test_a_prosecutor_may_return_but_not_register(self, rig: ConsoleRig, ids):
        page = rig.as_role("prosecutor").text(f"/console/leads/{ids.lead}")

        assert 'name="action" value="return"' in page
        assert 'name="action" value="register"' not in page

    def test_an_open_lead_says_when_somebody_else_changed_it(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        page = clerk.text(f"/console/leads/{ids.lead}")
        poll = re.findall(r'hx-get="(/console/leads/[^"]+/seen/[^"]+)"', page)[0].replace("&amp;", "&")
        assert clerk.get(poll, htmx=True).status_code == 204

        rig.centre.step(ids.lead, "register", to="registered")
        rig.centre.work()

        assert "这条记录有变动" in clerk.get(poll, htmx=True).text


def _replace_in_model(model: ReadModel, record: str, old: str, new: str) -> None:
    """Change a stored document behind the program's back, as a forger with the file would."""
    with model.connections.writing() as connection:
        connection.execute(
            "UPDATE document SET json = CAST(replace(CAST(json AS TEXT), ?, ?) AS BLOB) WHERE id = ?",
            (old, new, record),
        )
