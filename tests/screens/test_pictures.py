"""The pictures of README, made from what really runs; UPDATE_SCREENSHOTS=1 writes them beside this file."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.screens.eye import keep_picture
from tests.screens.test_phone_screens import speak

LIMIT_BYTES = 250_000
LOADED = "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"


@pytest.fixture
def pictures(tmp_path):
    return Path(__file__).parent if os.environ.get("UPDATE_SCREENSHOTS") else tmp_path


def take(page, path):
    """Save the screen in 256 colours: drawn screens lose nothing by it, and a reader's time is spared."""
    page.wait_for_function(LOADED)
    keep_picture(page, path)
    stream = io.BytesIO()
    Image.open(path).convert("RGB").quantize(256).save(stream, "PNG", optimize=True)
    path.write_bytes(stream.getvalue())
    assert 5_000 < path.stat().st_size < LIMIT_BYTES, path.stat().st_size


class TestPictures:
    def test_of_the_phone(self, regular, pictures):
        phone = regular.phone
        speak(phone, "zh")
        phone.page.set_viewport_size({"width": 360, "height": 740})
        screens = {"home": "", "mine": "mine", "lead": f"lead/{regular.draft.removeprefix('lead:')}"}
        for name, path in screens.items():
            phone.go(f"/app/{path}")
            phone.page.mouse.move(0, 0)
            expect(phone.page.locator("h1")).to_be_visible()
            take(phone.page, pictures / f"phone-{name}.png")

    def test_of_the_console(self, desk, pictures):
        desk.go("/console/language/zh")
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.go("/console/leads")
        take(desk.page, pictures / "console-leads.png")
        self._open_one_with_photos(desk)
        take(desk.page, pictures / "console-lead.png")

    @staticmethod
    def _open_one_with_photos(desk):
        desk.go("/console/leads?state=answered")
        links = [link.get_attribute("href") for link in desk.page.locator("tbody th a").all()]
        for link in links:
            desk.go(link)
            if desk.page.locator("#record .photos img").count() > 1:
                desk.page.locator("#record .photos img").last.scroll_into_view_if_needed()
                desk.page.wait_for_function(LOADED)
                desk.page.evaluate("scrollTo(0, 0)")
                return
        raise AssertionError("no answered lead has two photos")
