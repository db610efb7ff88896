"""The browsers of the day: each page has a clock of its own, and no network from morning to evening."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, Playwright, Route, expect

from tests.journeys.forging import forge_source
from tests.journeys.service_day.moments import acted
from tests.support.browser import Profile
from tests.support.field_phone import PATIENCE_MS, say
from tests.support.participant_phone import ParticipantPhone
from tests.support.tablet import Operator, Tablet

# A receiver's samples differ a little, and are timed by the clock of the phone that this page plays.
RECEIVER = """
(() => {
  const real = navigator.geolocation.watchPosition.bind(navigator.geolocation);
  let n = 0;
  navigator.geolocation.watchPosition = (take, ...rest) => real((position) => {
    for (let i = 0; i < 5; i += 1) {
      const { latitude, longitude, accuracy } = position.coords;
      n += 1;
      const coords = { latitude: latitude + (n % 7) * 1e-6, longitude, accuracy, altitude: 26.5 };
      take({ coords, timestamp: Date.now() + i * 900 - 3600 });
    }
  }, ...rest);
})();
"""


def open_with_clock(profile: Profile, moment: datetime) -> Page:
    """Open a browser whose pages live at this moment; where no worker can sync, the page itself does."""
    page = profile.open()
    assert profile.context is not None
    profile.context.clock.install(time=moment)
    profile.context.add_init_script(RECEIVER)
    # The worker's clock would be the machine's; without one the page syncs, by its own.
    profile.context.route("**/sync-worker*", _refuse)
    return page


def _refuse(route: Route) -> None:
    route.abort()


def jump(page: Page, moment: datetime, *, ahead: timedelta = timedelta()) -> None:
    """Let the page's clock go on to this moment, by which it may be wrong."""
    now_ms = page.evaluate("Date.now()")
    wanted_ms = round((moment + ahead).timestamp() * 1000)
    assert wanted_ms > now_ms, "a day goes on"
    page.clock.fast_forward(wanted_ms - now_ms)


class DayPhone(ParticipantPhone):
    """A participant's phone, whose clock may be ahead."""

    def __init__(
        self, driver: Playwright, folder: Path, origin: str, *, ahead: timedelta = timedelta()
    ) -> None:
        super().__init__(Profile(driver, folder, page_mode=True), origin)
        self.ahead = ahead

    def begin(self, moment: datetime, code: str) -> None:
        self._page = open_with_clock(self.profile, moment + self.ahead)
        self.go("/app/")
        self.enrol(code)

    def wait_until_settled(self) -> None:
        expect(self.status()).to_contain_text(say("phone.status.all_sent"), timeout=PATIENCE_MS)

    def cut(self, *, is_off: bool = True) -> None:
        assert self.profile.context is not None
        self.profile.context.set_offline(is_off)

    def do(self, kind: str, clock: str, code: str | None = None) -> str:
        """Record it at this time of the day and return the six characters to read out, or nothing."""
        jump(self.page, acted(clock), ahead=self.ahead)
        self.record(kind, code)
        return self.page.locator(".code.big").inner_text() if kind in ("in", "out") else ""

    def lend(self, clock: str, author: str, kind: str, body: dict[str, object]) -> None:
        """Let somebody else's check-in be signed by this phone, which no screen of ours does."""
        jump(self.page, acted(clock), ahead=self.ahead)
        self.page.evaluate(forge_source())
        wanted = {"type": "check_event", "role": "participant", "author": author}
        self.page.evaluate("wanted => forge.append(wanted)", {**wanted, "body": {"kind": kind, **body}})

    def send(self) -> None:
        self.go("/app/sync")
        self.page.get_by_role("button", name=say("phone.sync.now")).click()

    def hours(self, balance: str) -> list[str]:
        """Return the lines of "My hours" once it says this balance."""
        self.go("/app/ledger")
        expect(self.page.locator("#live")).to_contain_text(balance, timeout=PATIENCE_MS)
        return [line.strip() for line in self.page.locator("#live").inner_text().splitlines() if line.strip()]

    def object_to(self, record: str, statement: str) -> None:
        """Open a session from the hours and object to what was decided, without a network."""
        self.go("/app/ledger")
        self.page.locator(f"main a[href$='{record.partition(':')[2]}']").click()
        self.page.get_by_label(say("phone.service.session.statement")).fill(statement)
        self.page.get_by_role("button", name=say("phone.service.session.dispute")).click()
        expect(self.page.locator(".standing")).to_contain_text("等中心收到")


class DayTablet(Tablet):
    """The station's tablet, locked by itself whenever nobody was there for two minutes."""

    def __init__(self, driver: Playwright, folder: Path, origin: str) -> None:
        super().__init__(Profile(driver, folder, page_mode=True), origin)

    def start(self, moment: datetime, code: str) -> None:
        self._page = open_with_clock(self.profile, moment)
        self.page.set_viewport_size({"width": 800, "height": 1280})
        self.page.goto(self.origin + "/app/", wait_until="domcontentloaded")
        self.enrol(code)

    def cut(self, *, is_off: bool = True) -> None:
        assert self.profile.context is not None
        self.profile.context.set_offline(is_off)

    def show(self, clock: str, code: str) -> str:
        """Wait until the display shows this code, as it must at this time, and return it."""
        jump(self.page, acted(clock))
        expect(self.digits()).to_have_text(f"{code[:3]} {code[3:]}", timeout=PATIENCE_MS)
        return code

    def say_word(
        self,
        clock: str,
        operator: Operator,
        code: str,
        kind: str,
        *,
        photo: Path | None = None,
        **fields: str,
    ) -> None:
        """Unlock, choose who and what, fill in, give the PIN."""
        jump(self.page, acted(clock))
        expect(self.digits()).to_be_visible(timeout=PATIENCE_MS)
        self.unlock(operator)
        self.expect_roster()
        self.choose(code, kind)
        for name, value in fields.items():
            self.page.locator(f"#act [name={name}]").fill(value)
        if photo is not None:
            self.put_photo(photo)
        self.seal(operator)
        self.expect_saved()
        self.lock()

    def write_sheet(
        self, clock: str, operator: Operator, number: str, code: str, times: tuple[str, str], scan: Path
    ) -> None:
        """Type one line of a paper sheet, its picture beside it."""
        jump(self.page, acted(clock))
        expect(self.digits()).to_be_visible(timeout=PATIENCE_MS)
        self.unlock(operator)
        self.expect_roster()
        self.place("sheets")
        self.page.locator("#sheet [name=number]").fill(number)
        self.put_photo(scan)
        self.page.get_by_role("button", name=say("phone.station.sheet_begin")).click()
        line = self.page.locator("#line")
        line.locator("[name=order]").select_option(label=code)
        for name, value in zip(("came", "went", "came_again", "went_again"), times * 2, strict=True):
            line.locator(f"[name={name}]").fill(value)
        line.get_by_role("button").click()
        expect(self.page.locator(".sheet-lines li", has_text=code)).to_be_visible()
        self.seal(operator)
        self.expect_saved()
        self.lock()

    def send(self, moment: datetime) -> None:
        jump(self.page, moment)
        expect(self.digits()).to_be_visible(timeout=PATIENCE_MS)
        self.cut(is_off=False)
