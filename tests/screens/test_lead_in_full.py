"""A lead with everything in a real browser: the fold, clip, slip, words after sending (DOMAIN 3.8)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.screens.eye import Eye
from tests.screens.test_phone_screens import speak
from tests.support.clips import webm

PATIENCE_MS = 20_000


def choose_clip(phone, path):
    phone.page.locator("#clip summary").click()
    phone.page.locator("input[type=file][data-clip]").set_input_files(path)


class TestClip:
    def test_of_two_seconds_is_kept_and_of_three_minutes_refused(self, regular, tmp_path):
        phone = regular.phone
        speak(phone, "zh")
        short, long = tmp_path / "short.webm", tmp_path / "long.webm"
        short.write_bytes(webm(2))
        long.write_bytes(webm(180))
        phone.begin_lead()

        choose_clip(phone, long)
        expect(phone.page.locator("#clip .error")).to_contain_text(
            "这段视频长 3 分 0 秒", timeout=PATIENCE_MS
        )
        phone.page.locator("input[type=file][data-clip]").set_input_files(short)

        expect(phone.page.locator("#clip")).to_contain_text("视频 2 秒", timeout=PATIENCE_MS)
        phone.page.get_by_role("button", name=text("phone.lead.discard")).click()


@pytest.mark.parametrize("language", ["zh", "en"])
class TestScreens:
    def test_none_of_a_lead_in_full_annoys(self, regular, language):
        phone = regular.phone
        speak(phone, language)
        eye = Eye(phone.page, is_phone=True)
        record = regular.records["on_phone"]
        base = f"/app/lead/{record.removeprefix('lead:')}"
        for name in ("supplement", "withdraw", "slip"):
            phone.go(f"{base}/{name}")
            eye.look(f"{language} {name}")
        phone.go("/app/")
        phone.page.get_by_role("button", name=text("phone.lead.begin", language)).click()
        phone.page.wait_for_url(re.compile(r"/app/lead/[0-9a-z]{26}"))
        expect(phone.page.locator(".if-urgent")).to_be_hidden()
        phone.page.locator("input[name=urgency][value=urgent]").check(force=True)
        expect(phone.page.locator(".if-urgent")).to_be_visible()
        for summary in phone.page.locator("summary").all():
            summary.click()
        eye.look(f"{language} lead, all unfolded")
        phone.page.get_by_role("button", name=text("phone.lead.discard", language)).click()
        phone.page.wait_for_url("**/app/")
        eye.expect_nothing()

    def test_a_supplement_stands_with_its_lead_at_once(self, regular, language):
        phone = regular.phone
        speak(phone, language)
        record = regular.records["on_phone"]
        phone.go(f"/app/mine/{record}")
        phone.page.get_by_role("link", name=text("phone.lead_told.supplement", language)).click()
        phone.page.get_by_label(text("phone.lead_told.supplement_note", language)).fill(
            f"又塌了一处 {language}"
        )
        phone.page.get_by_role("button", name=text("phone.lead_told.supplement_send", language)).click()

        phone.page.wait_for_url(re.compile("said"))
        expect(phone.page.locator(".history")).to_contain_text(f"又塌了一处 {language}")
