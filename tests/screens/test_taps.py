"""How often one taps for what one does every day (LOOK, "Checked"): a lead with a photo 8, a check-in 3."""

from __future__ import annotations

from playwright.sync_api import expect

from server.messages import text
from tests.screens.regular import take_photos

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
            self.tap(self.page.locator("label.camera"))
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
