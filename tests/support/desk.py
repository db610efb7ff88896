"""What central staff do at the console, in a real browser, through what is on its pages."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from server.messages import text
from tests.support.browser import Profile
from tests.support.county import PASSWORD

PATIENCE_MS = 30_000


class Desk:
    """One member of staff, signed in on a console of their own."""

    def __init__(self, profile: Profile, origin: str, login: str) -> None:
        self.profile = profile
        self.origin = origin
        self.login = login
        self.page: Page = profile.open()

    def sign_in(self) -> None:
        self.go("/console/sign-in")
        self.page.locator("#login").fill(self.login)
        self.page.locator("#password").fill(PASSWORD)
        self.page.get_by_role("button", name=text("console.sign_in.go")).click()
        self.page.wait_for_url("**/console/**")
        expect(self.page.locator("#login")).to_have_count(0)

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path, wait_until="domcontentloaded")

    def open_lead(self, record: str) -> Locator:
        self.go(f"/console/leads/{record}")
        shown = self.page.locator(f"#record[data-id='{record}']")
        expect(shown).to_be_visible()
        return shown

    def act(self, action: str, **fields: str) -> None:
        """Take a step on the record that is open; wait until the page shows it as done."""
        word = text(f"console.action.{action}")
        section = self.page.locator("#actions .choice").filter(
            has=self.page.locator(f"input[name=action][value={action}]")
        )
        summary = section.locator("summary")
        if summary.count() and section.get_attribute("open") is None:
            summary.click()
        for name, value in fields.items():
            section.locator(f"[name={name}]").fill(value)
        section.get_by_role("button", name=word).click()
        expect(self.page.locator("#record").get_by_text(text(f"console.did.{action}")).first).to_be_visible(
            timeout=PATIENCE_MS
        )

    def open_entry(self, device: str, number: int) -> None:
        """Open what does not count yet, from the list of the quarantine."""
        self.go(f"/console/quarantine?device={device}")
        row = self.page.locator(f"tr[data-id^='entry:{device}:{number:010d}']")
        expect(row).to_be_visible(timeout=PATIENCE_MS)
        row.get_by_role("link").first.click()
        expect(self.page.locator("pre.raw")).to_be_visible()

    def judge_entry(self, device: str, number: int, verdict: str, reason: str) -> None:
        """Admit an entry, or keep it out, with a reason."""
        self.open_entry(device, number)
        self.page.locator(f"input[name=verdict][value={verdict}]").check()
        self.page.locator("[name=reason]").fill(reason)
        self.page.get_by_role("button", name=text("console.quarantine.go")).click()
        self.page.wait_for_url("**/console/quarantine")
