"""What a person does with the phone, through what is on its screen alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from server.messages import text
from tests.support.browser import Profile

PATIENCE_MS = 30_000
# One promise: what asks again and again would need eval, which the page's policy forbids.
WORKER_HAS_TAKEN = """
new Promise((done) => {
  if (navigator.serviceWorker.controller) done();
  else navigator.serviceWorker.addEventListener("controllerchange", () => done(), { once: true });
})
"""
DESCRIPTION = "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝，雨季有塌陷危险。"


def say(key: str, **params: object) -> str:
    return text(key, "zh", **params)


class FieldPhone:
    """One phone in one browser profile; `page` is new after each `open`."""

    def __init__(self, profile: Profile, origin: str) -> None:
        self.profile = profile
        self.origin = origin
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        assert self._page is not None, "the browser is closed"
        return self._page

    def open(self, path: str = "/app/") -> None:
        self._page = self.profile.open()
        self.go(path)

    def close(self) -> None:
        self.profile.close()
        self._page = None

    def go(self, path: str) -> None:
        """Go to a screen: by its address, or by tapping where the page itself must answer."""
        if self.profile.page_mode and "/app/" in self.page.url:
            self._tap_to(path)
        else:
            self.page.goto(self.origin + path, wait_until="domcontentloaded")

    def _tap_to(self, path: str) -> None:
        """Tap back until the tabs are there, then the tab, then the link on it."""
        tab = next((t for t in ("/app/mine", "/app/sync") if path.startswith(t)), "/app/")
        while self.page.locator(f"nav a[href='{tab}']").count() == 0:
            self.page.locator("header a").first.click()
            self.page.locator("nav a, header a").first.wait_for()
        self.page.locator(f"nav a[href='{tab}']").click()
        if path != tab:
            self.page.locator(f"main a[href='{path}']").first.click()
        self.page.wait_for_url(f"**{path}")

    def enrol(self, code: str) -> None:
        """Type the code; afterwards the worker has what it needs to start without a network."""
        self.page.goto(self.origin + "/app/enrol", wait_until="domcontentloaded")
        self.page.get_by_label(say("phone.enrol.code")).fill(code)
        self.page.get_by_role("button", name=say("phone.enrol.submit")).click()
        expect(self.page.get_by_role("link", name=say("phone.welcome.start"))).to_be_visible(
            timeout=PATIENCE_MS
        )
        if not self.profile.page_mode:
            self.page.evaluate(WORKER_HAS_TAKEN)
        self.page.get_by_role("link", name=say("phone.welcome.start")).click()
        # The screen that has the tabs, not the welcome that still stands while it comes.
        self.page.locator("nav a[href='/app/']").wait_for()
        self.wait_until_settled()

    def wait_until_settled(self) -> None:
        """Wait until the first feeds are here: the form then has its codes and its station."""
        expect(self.status()).to_contain_text(say("phone.status.all_sent"), timeout=PATIENCE_MS)
        self.go("/app/check")
        expect(self.page.get_by_label(say("phone.check.code"))).to_be_visible(timeout=PATIENCE_MS)
        self.go("/app/")

    def status(self) -> Locator:
        return self.page.locator("#status")

    def report_lead(self, title: str, photos: Sequence[Path] = (), *, submit: bool = True) -> str:
        """Record a lead and return its record id."""
        self.begin_lead()
        for number, photo in enumerate(photos, start=1):
            self.page.locator("input[type=file][data-photos]").set_input_files(photo)
            expect(self.page.locator("#photos figure")).to_have_count(number)
        if not photos:
            self.page.get_by_text(say("phone.lead.no_photo"), exact=True).click()
            self.page.get_by_label(say("phone.lead.no_photo_reason")).fill("天黑，拍不清")
        self.page.get_by_label(re.compile("生态环境")).check(force=True)
        self.page.get_by_label(say("phone.lead.title_field")).fill(title)
        self.page.get_by_label(say("phone.lead.description")).fill(DESCRIPTION)
        self.page.get_by_label(say("phone.lead.place_text")).fill("祝阿镇险工段下游二百米")
        draft = f"lead:{self.page.url.rsplit('/', 1)[1]}"
        if submit:
            self.page.get_by_role("button", name=say("phone.lead.submit")).click()
            expect(self.page.get_by_text(say("phone.mine.saved"))).to_be_visible()
        return draft

    def expect_draft(self, draft: str, title: str) -> None:
        """Look for a draft on the first screen and in its form."""
        self.go("/app/")
        self.page.locator(f"main a[href='/app/lead/{draft.removeprefix('lead:')}']").click()
        expect(self.page.get_by_label(say("phone.lead.title_field"))).to_have_value(title)

    def begin_lead(self) -> None:
        self.go("/app/")
        self.page.get_by_role("button", name=say("phone.lead.begin")).click()
        self.page.wait_for_url(re.compile(r"/app/lead/[0-9a-z]{26}"))

    def check_in(self, code: str = "123456") -> str:
        """Check in with a typed code and return the record id."""
        self.go("/app/check")
        self.page.get_by_label(say("phone.check.code")).fill(code)
        self.page.get_by_role("button", name=say("phone.check.in")).click()
        expect(self.page.get_by_text(say("phone.mine.saved"))).to_be_visible()
        return re.search(r"check_event:[0-9a-z]{26}", self.page.url.replace("%3A", ":"))[0]  # type: ignore[index]

    def expect_where(self, record: str, where: str, *, timeout_ms: float = PATIENCE_MS) -> None:
        """Look at one record until it says where it is; nothing is reloaded meanwhile."""
        if record not in self.page.url.replace("%3A", ":"):
            self.go(f"/app/mine/{record}")
        expect(self.page.locator(f"#live .standing-{where}")).to_be_visible(timeout=timeout_ms)
