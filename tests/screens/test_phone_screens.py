"""Every phone screen in both languages and themes, at 320 and 360 px and in large text (LOOK, "Checked")."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.screens.eye import Eye
from tests.screens.place import LONG_ENGLISH, LONG_TITLE
from tests.support.field_phone import WORKER_HAS_TAKEN

LANGUAGES = ("zh", "en")


def speak(phone, language):
    """Choose the language as a person does."""
    phone.page.goto(f"{phone.origin}/app/settings", wait_until="domcontentloaded")
    phone.page.locator(f"input[name=language][value={language}]").check(force=True)
    expect(phone.page.locator("h1")).to_have_text(text("phone.settings.title", language))


class TestBeforeAndJustAfterEnrolment:
    """Somebody who has nothing yet: each empty screen says what comes next."""

    def test_no_screen_of_a_newcomer_annoys(self, look, newcomer):
        eye = Eye(newcomer.page, is_phone=True)
        for language in LANGUAGES:
            speak(newcomer, language)
            newcomer.go("/app/enrol")
            eye.look(f"{language} enrol")
            newcomer.page.locator("#code").fill("12345")
            newcomer.page.get_by_role("button", name=text("phone.enrol.submit", language)).click()
            expect(newcomer.page.locator("#code-note")).to_have_text(
                text("phone.enrol.ten_digits", language, n=5)
            )
            eye.look(f"{language} enrol, wrong code")
        speak(newcomer, "zh")
        newcomer.go("/app/enrol")
        newcomer.page.locator("#code").fill(look.code(look.place.newcomer))
        newcomer.page.get_by_role("button", name=text("phone.enrol.submit")).click()
        newcomer.page.wait_for_url("**/app/welcome")
        newcomer.page.evaluate(WORKER_HAS_TAKEN)
        for language in LANGUAGES:
            speak(newcomer, language)
            for path in ("welcome", "", "check", "mine", "sync", "settings", "mine/lead:0"):
                newcomer.go(f"/app/{path}")
                eye.look(f"{language} newcomer {path or 'home'}")
        eye.expect_nothing()

    def test_names_as_long_as_they_may_be_fit(self, newcomer):
        speak(newcomer, "zh")
        eye = Eye(newcomer.page, is_phone=True)
        records = [newcomer.report_lead(title) for title in (LONG_TITLE, LONG_ENGLISH, "W" * 60)]
        newcomer.report_lead(LONG_TITLE, submit=False)
        newcomer.page.locator("header a").first.click()
        newcomer.page.wait_for_url("**/app/")
        eye.look("home, long names")
        for path in ("mine", "sync", *(f"mine/{record}" for record in records)):
            newcomer.go(f"/app/{path}")
            eye.look(f"long names, {path.partition(':')[0]}")
        eye.expect_nothing()


@pytest.mark.parametrize("language", LANGUAGES)
class TestInDailyUse:
    def test_no_screen_of_a_phone_in_use_annoys(self, regular, language):
        phone = regular.phone
        speak(phone, language)
        eye = Eye(phone.page, is_phone=True)
        screens = {"home": "", "check in": "check", "mine": "mine", "sync": "sync", "settings": "settings"}
        screens |= {name: f"mine/{record}" for name, record in regular.records.items()}
        for name, path in screens.items():
            phone.go(f"/app/{path}")
            eye.look(f"{language} {name}")
        self._look_at_forms(regular, eye, language)
        eye.expect_nothing()

    @staticmethod
    def _look_at_forms(regular, eye, language):
        phone = regular.phone
        phone.go(f"/app/lead/{regular.draft.removeprefix('lead:')}")
        expect(phone.page.locator("#photos img")).to_have_count(2)
        eye.look(f"{language} lead with photos")
        phone.go("/app/")
        phone.page.get_by_role("button", name=text("phone.lead.begin", language)).click()
        phone.page.wait_for_url(re.compile(r"/app/lead/[0-9a-z]{26}"))
        for summary in phone.page.locator("summary").all():
            summary.click()
        eye.look(f"{language} lead, empty")
        phone.page.get_by_role("button", name=text("phone.lead.submit", language)).click()
        expect(phone.page.locator(".warning")).to_be_visible()
        eye.look(f"{language} lead with problems")
        phone.page.get_by_role("button", name=text("phone.lead.discard", language)).click()
        phone.page.wait_for_url("**/app/")
