"""Every screen of somebody who serves: both languages and themes, narrow, large text (LOOK, "Checked")."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.screens.eye import Eye
from tests.screens.place import LONG_STATION
from tests.support.offered_service import await_state, evaluate, offer_service, take_step
from tests.support.participant_phone import ParticipantPhone

LANGUAGES = ("zh", "en")
LONG_TYPES = ["环境整治", "交通引导", "河道巡护与沿岸垃圾清理", "法治宣传", "敬老服务"]


def speak(phone, language):
    phone.page.goto(f"{phone.origin}/app/settings", wait_until="domcontentloaded")
    phone.page.locator(f"input[name=language][value={language}]").check(force=True)
    expect(phone.page.locator("h1")).to_have_text(text("phone.settings.title", language))


@pytest.fixture(scope="module")
def serving(look, desk):
    """A phone of a participant who has an offer with a long station and a photo asked for."""
    offered = offer_service(
        look.data,
        look.place.prosecutor,
        station_name=LONG_STATION,
        service_types=LONG_TYPES,
        verify_level="L3",
    )
    look.cut_off(False)
    phone = ParticipantPhone(look.profile("participant"), look.origin)
    phone.open()
    phone.enrol(look.code(offered.member))
    yield phone, offered
    phone.profile.close()
    assert phone.profile.problems == []


class TestTheOffer:
    def test_no_screen_of_an_offer_annoys(self, serving):
        phone, offered = serving
        order = f"service/order/{offered.order.partition(':')[2]}"
        eye = Eye(phone.page, is_phone=True)
        for language in LANGUAGES:
            speak(phone, language)
            for path in (
                "",
                "check",
                "service/order",
                f"{order}/notice",
                f"{order}/decline",
                "service/slots",
            ):
                phone.go(f"/app/{path}")
                eye.look(f"{language} offer {path.rpartition('/')[2] or 'home'}")
            phone.go(f"/app/{order}/pledge")
            phone.page.locator(".signature[data-enhanced]").wait_for()
            eye.look(f"{language} offer pledge")
            phone.page.get_by_role("button", name=text("phone.service.pledge.submit", language)).click()
            expect(phone.page.locator("#signature-note")).to_have_text(
                text("phone.service.sign.missing", language)
            )
            eye.look(f"{language} offer pledge, nothing signed")
        eye.expect_nothing()


class TestTheService:
    def test_no_screen_of_a_service_annoys(self, look, serving):
        phone, offered = serving
        speak(phone, "zh")
        phone.sign_pledge(typed_name="林晓梅")
        await_state(look.data, offered.order, "pledged")
        take_step(look.data, offered, "assign", "assigned", assigned_station=offered.station)
        phone.go("/app/service/order")
        phone.expect_order_state("assigned")
        eye = Eye(phone.page, is_phone=True)
        for language in LANGUAGES:
            speak(phone, language)
            for path in ("check", "service/slots", "service/slots/new", "ledger"):
                phone.go(f"/app/{path}")
                eye.look(f"{language} before {path.rpartition('/')[2]}")
        self._serve(phone, eye, offered)
        self._look_back(look, phone, eye, offered)
        eye.expect_nothing()

    @staticmethod
    def _serve(phone, eye, offered):
        speak(phone, "zh")
        phone.ask_for_time()
        came = phone.record("in", code="482913")
        order = f"service/order/{offered.order.partition(':')[2]}"
        screens = ("", "check", "check?kind=in", "check?kind=mid_check", f"service/checked/{came}")
        for language in LANGUAGES:
            speak(phone, language)
            for path in (*screens, "service/slots", "service/order", f"{order}/withdraw"):
                phone.go(f"/app/{path}")
                eye.look(f"{language} serving {path.rpartition('/')[2].partition(':')[0] or 'home'}")

    @staticmethod
    def _look_back(look, phone, eye, offered):
        speak(phone, "zh")
        phone.record("out")
        phone.wait_for_session()
        session = phone.page.get_by_role("link", name=text("phone.service.hours.open")).get_attribute("href")
        evaluation = evaluate(look.data, offered).partition(":")[2]
        phone.go("/app/")
        expect(phone.page.get_by_text(text("phone.service.now.evaluation"))).to_be_visible(timeout=60_000)
        for language in LANGUAGES:
            speak(phone, language)
            for path in ("/app/ledger", session, f"/app/service/evaluation/{evaluation}"):
                phone.go(path)
                for summary in phone.page.locator("main summary").all():
                    summary.click()
                eye.look(f"{language} after {path.split('/')[-2]}")
