"""Whatever a phone can send is text wherever it is shown, in real browsers (ATTACKS 7, case 45)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.journeys.forging import forge_source
from tests.screens.eye import Eye
from tests.server.console.test_console_hostile_text import CORPUS, MARK
from tests.support.entries import lead_body
from tests.support.field_phone import FieldPhone

# Counts whatever of the corpus runs, in every document of the browser.
TRAP = f"globalThis.ran = 0; globalThis.{MARK} = () => {{ globalThis.ran += 1; }};"
# Controls and directions of writing are not what this is about.
TEXTS = tuple(words for words in CORPUS if words.isprintable())


def trap(page):
    """Let nothing of the corpus run unseen: neither a call nor a request."""
    asked = []
    page.add_init_script(TRAP)
    page.on("request", lambda request: asked.append(request.url) if MARK in request.url else None)
    return asked


@pytest.fixture(scope="module")
def hostile(look, desk):
    """A phone whose owner writes nothing but markup, and what it recorded."""
    look.cut_off(False)
    desk.go("/console/language/zh")
    phone = FieldPhone(look.profile("hostile"), look.origin)
    phone.open("/app/enrol")
    asked = trap(phone.page)
    phone.page.locator("#code").fill(look.code(look.place.long_named))
    phone.page.get_by_role("button", name=text("phone.enrol.submit")).click()
    phone.page.wait_for_url("**/app/welcome")
    phone.page.evaluate(forge_source())
    records = {}
    for words in TEXTS:
        role = "participant" if "script" in words else "volunteer"
        body = lead_body(**_everywhere(words))
        made = phone.page.evaluate("change => forge.append(change)", {"role": role, "body": body})
        records[words] = made["id"]
    last = next(reversed(records.values()))
    phone.expect_where(last, "received")
    yield phone, records
    assert asked == []
    phone.profile.close()
    assert phone.profile.problems == []


def _everywhere(words):
    long_enough = f"{words} {'坝坡被开垦' * 5}"
    return {"title": words, "description": long_enough, "place_text": words, "no_photo_reason": words}


def expect_text(page, words):
    expect(page.locator("h1", has_text=words).first).to_be_visible()
    assert page.evaluate("globalThis.ran") == 0


class TestStoredScripts:
    def test_the_phone_shows_them_as_text(self, hostile):
        phone, records = hostile
        for path in ("/app/", "/app/mine", "/app/sync"):
            phone.go(path)
            expect(phone.page.locator("h1")).to_be_visible()
            assert phone.page.evaluate("globalThis.ran") == 0
        for words, record in records.items():
            phone.go(f"/app/mine/{record}")
            expect_text(phone.page, words)

    def test_they_and_the_longest_names_fit_on_the_phone(self, hostile):
        phone, _records = hostile
        eye = Eye(phone.page, is_phone=True)
        for path in ("/app/mine", "/app/check"):
            phone.go(path)
            eye.look(f"hostile {path}")
        eye.expect_nothing()

    def test_a_draft_on_the_phone_shows_them_as_text(self, hostile):
        phone, _records = hostile
        for words in TEXTS:
            phone.begin_lead()
            for name in ("title", "description", "place_text"):
                phone.page.locator(f"#{name}").fill(words)
            phone.page.locator("header a").first.click()
            expect(phone.page.locator("main strong", has_text=words).first).to_be_visible()
            assert phone.page.evaluate("globalThis.ran") == 0

    def test_the_console_shows_them_as_text(self, hostile, desk):
        _phone, records = hostile
        asked = trap(desk.page)
        desk.go("/console/leads")
        for words, record in records.items():
            if "script" not in words:
                expect(desk.page.locator("tbody th a", has_text=words).first).to_be_visible()
                desk.open_lead(record)
                expect_text(desk.page, words)
                desk.go("/console/leads")
        desk.go("/console/quarantine")
        refused = [a.get_attribute("href") for a in desk.page.locator("tbody th a").all()]
        assert len(refused) >= len([words for words in TEXTS if "script" in words])
        for link in refused:
            desk.go(link)
            assert desk.page.evaluate("globalThis.ran") == 0
        assert asked == []
        assert desk.profile.problems == []
