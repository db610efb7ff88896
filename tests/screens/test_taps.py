"""How often one taps for what one does every day (LOOK, "Checked"): a lead with a photo 8, a check-in 3."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.screens.regular import take_photos
from tests.screens.test_phone_screens import speak

LEAD_TAPS = 8
CHECK_IN_TAPS = 3
# Shutter and "use this photo" of the phone's own camera, which no test sees.
CAMERA_TAPS = 2
# Tap two links at once, and let the answer to the first be the last to come.
SLOW_FIRST = """
async ([first, second]) => {
  const late = new Promise((resolve) => addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const answer = ctx.fetch ?? fetch.bind(globalThis);
    ctx.fetch = async (...request) => {
      const response = await answer(...request);
      await new Promise((done) => setTimeout(done, 600));
      setTimeout(resolve, 200);
      return response;
    };
  }, { once: true }));
  document.querySelector(first).click();
  document.querySelector(second).click();
  await late;
}
"""

# Tap a link whose answer is slow, and let news come meanwhile,
# for which the screen renews itself, as where it waits for a first feed.
NEWS_MEANWHILE = """
async (link) => {
  const waiting = document.createElement("p");
  const when = "liandong:changed from:body";
  const how = { get: "/app/settings", trigger: when, target: "body", swap: "innerHTML" };
  for (const [name, value] of Object.entries(how)) waiting.setAttribute(`hx-${name}`, value);
  document.querySelector("main").append(waiting);
  htmx.process(waiting);
  const over = [];
  const slower = ({ detail: { ctx } }) => {
    const answer = ctx.fetch ?? fetch.bind(globalThis);
    const waitMs = over.length === 0 ? 400 : 100;
    over.push(new Promise((resolve) => {
      ctx.fetch = async (...request) => {
        const response = await answer(...request);
        await new Promise((done) => setTimeout(done, waitMs));
        setTimeout(resolve, 200);
        return response;
      };
    }));
  };
  addEventListener("htmx:config:request", slower);
  document.querySelector(link).click();
  htmx.trigger(document.body, "liandong:changed");
  await Promise.all(over);
  removeEventListener("htmx:config:request", slower);
  return over.length;
}
"""


@pytest.fixture(autouse=True)
def in_chinese(regular):
    """Whatever language another screen was looked at in before."""
    speak(regular.phone, "zh")


class Thumb:
    """Counts; to type one taps a field first."""

    def __init__(self, page):
        self.page = page
        self.taps = 0

    def tap(self, locator):
        self.taps += 1
        locator.tap()

    def write(self, label, words):
        field = self.page.get_by_label(text(label))
        self.tap(field)
        self.page.keyboard.type(words)
        expect(field).to_have_value(words)

    def take_photo(self, photo):
        self.taps += CAMERA_TAPS
        with self.page.expect_file_chooser() as chooser:
            self.tap(self.page.locator("label.camera").first)
        chooser.value.set_files(photo)
        expect(self.page.locator("#photos img")).to_have_count(1)


class TestTaps:
    def test_a_lead_with_a_photo_takes_eight_at_most(self, regular, tmp_path):
        phone = regular.phone
        phone.go("/app/")
        thumb = Thumb(phone.page)

        thumb.tap(phone.page.get_by_role("button", name=text("phone.lead.begin")))
        thumb.take_photo(take_photos(tmp_path, 1)[0])
        thumb.tap(phone.page.get_by_label("生态环境和资源保护"))
        thumb.write("phone.lead.title_field", "坝坡被开垦种植玉米")
        thumb.write("phone.lead.description", "坝坡外侧约三十米被开垦，种了玉米，雨季有塌陷危险。")
        expect(phone.page.locator("[data-position] output")).to_contain_text("±8")
        thumb.tap(phone.page.get_by_role("button", name=text("phone.lead.submit")))

        expect(phone.page.get_by_text(text("phone.mine.saved"))).to_be_visible()
        assert thumb.taps <= LEAD_TAPS

    def test_a_check_in_with_the_code_takes_three_at_most(self, regular):
        phone = regular.phone
        phone.go("/app/")
        thumb = Thumb(phone.page)

        thumb.tap(phone.page.get_by_role("link", name=text("phone.check.title")))
        thumb.write("phone.check.code", "482913")
        thumb.tap(phone.page.locator(".action .main"))

        expect(phone.page.get_by_text(text("phone.mine.saved"))).to_be_visible()
        assert thumb.taps <= CHECK_IN_TAPS


class TestTheLastTapDecides:
    def test_a_screen_asked_for_earlier_never_replaces_the_one_tapped_last(self, regular):
        phone = regular.phone
        phone.go("/app/")

        phone.page.evaluate(SLOW_FIRST, ["header a[href='/app/settings']", "nav a[href='/app/mine']"])

        expect(phone.page.get_by_role("heading", level=1)).to_have_text(text("phone.mine.title"))
        assert phone.page.url.endswith("/app/mine")

    def test_nor_does_a_screen_that_renews_itself_because_something_came(self, regular):
        """Seen in CI: the tablet's catalog came right after the tap on 工作, and the display stayed."""
        phone = regular.phone
        phone.go("/app/")

        asked = phone.page.evaluate(NEWS_MEANWHILE, "nav a[href='/app/mine']")

        assert asked >= 2, "the screen has to have asked for itself too"
        expect(phone.page.get_by_role("heading", level=1)).to_have_text(text("phone.mine.title"))
        assert phone.page.url.endswith("/app/mine")
