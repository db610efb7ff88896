"""What the people of a station do with its tablet, through what is on its screen alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from server.opening import open_services
from server.settings import Settings
from tests.support.browser import Profile
from tests.support.field_phone import PATIENCE_MS, WORKER_HAS_TAKEN, say

TABLET_SIZE = {"width": 800, "height": 1280}


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who acts at the tablet."""

    member: str
    name: str
    pin: str


class StationOffice:
    """What the office does for a station's tablet, as the console does it; the server may be running."""

    def __init__(self, data: Path, station: str) -> None:
        self._settings = Settings(data=data)
        self.station = station

    def tablet_code(self) -> str:
        services = open_services(self._settings)
        try:
            return services.enrolment.make_tablet_code(self.station, by="system").code
        finally:
            services.couch.close()

    def supervisor(self, name: str, pin: str) -> Operator:
        services = open_services(self._settings)
        try:
            member = services.directory.add_member(name).id
            long_ago = datetime.now(UTC) - timedelta(days=400)
            services.directory.add_grant(member, "supervisor", self.station, long_ago)
            return Operator(member, name, pin)
        finally:
            services.couch.close()

    def operator_code(self, member: str) -> str:
        services = open_services(self._settings)
        try:
            return services.enrolment.make_operator_code(member, self.station, by="system").code
        finally:
            services.couch.close()

    def end_grants(self, member: str) -> None:
        services = open_services(self._settings)
        try:
            for grant in services.directory.grants(member):
                services.directory.end_grant(grant.id, datetime.now(UTC))
        finally:
            services.couch.close()


class Tablet:
    """One tablet in one browser profile."""

    def __init__(self, profile: Profile, origin: str) -> None:
        self.profile = profile
        self.origin = origin
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        assert self._page is not None, "the browser is closed"
        return self._page

    def open(self) -> None:
        self._page = self.profile.open()
        self.page.set_viewport_size(TABLET_SIZE)
        self.page.goto(self.origin + "/app/", wait_until="domcontentloaded")

    def close(self) -> None:
        self.profile.close()
        self._page = None

    def enrol(self, code: str) -> None:
        """Type the station's code; afterwards the tablet shows the rotating code."""
        self.page.goto(self.origin + "/app/enrol", wait_until="domcontentloaded")
        self.page.get_by_label(say("phone.enrol.code")).fill(code)
        self.page.get_by_role("button", name=say("phone.enrol.submit")).click()
        expect(self.digits()).to_be_visible(timeout=PATIENCE_MS)
        if not self.profile.page_mode:
            self.page.evaluate(WORKER_HAS_TAKEN)

    def digits(self) -> Locator:
        return self.page.locator("#station-code .digits")

    def work(self) -> None:
        self.page.get_by_role("link", name=say("phone.station.work")).click()

    def begin(self, code: str, pin: str) -> None:
        """Use a person's code and choose their PIN; the tablet then stands open for them."""
        self.page.get_by_role("link", name=say("phone.station.begin")).click()
        self.page.get_by_label(say("phone.station.begin_code"), exact=True).fill(code)
        self.page.get_by_role("button", name=say("phone.station.begin_submit")).click()
        self.page.locator("#choose [name=pin]").fill(pin)
        self.page.locator("#choose [name=again]").fill(pin)
        self.page.get_by_role("button", name=say("phone.station.choose_submit")).click()
        self.expect_roster()

    def unlock(self, operator: Operator, pin: str | None = None) -> None:
        """Open the tablet from its display."""
        self.work()
        self.page.locator("#open").get_by_label(operator.name, exact=True).check()
        self.page.locator("#open [name=pin]").fill(pin or operator.pin)
        self.page.get_by_role("button", name=say("phone.station.open_submit")).click()

    def expect_roster(self) -> None:
        expect(self.page.get_by_role("heading", name=say("phone.station.roster"))).to_be_visible(
            timeout=PATIENCE_MS
        )

    def lock(self) -> None:
        self.page.get_by_role("button", name=say("phone.station.lock")).click()
        expect(self.digits()).to_be_visible(timeout=PATIENCE_MS)

    def tile(self, code: str) -> Locator:
        return self.page.locator("a.tile", has_text=code)

    def choose(self, code: str, kind: str) -> None:
        """Tap a person, then what is to be done."""
        self.place("roster")
        self.tile(code).click()
        self.page.locator(f"a[href*='/act/{kind}/']").click()
        self.page.locator("#act").wait_for()

    def seal(self, operator: Operator, pin: str | None = None) -> None:
        """Say who acts, give the PIN, send the form."""
        self.page.locator("#act .who").get_by_label(operator.name, exact=True).check()
        self.page.locator("#act [name=pin]").fill(pin or operator.pin)
        self.page.locator("#act > button.main").click()

    def expect_saved(self, count: int = 1) -> None:
        expect(self.page.get_by_text(say("phone.station.saved", n=count))).to_be_visible(timeout=PATIENCE_MS)

    def place(self, name: str) -> None:
        self.page.locator("nav.tablet-places").get_by_text(
            say(f"phone.station.place.{name}"), exact=True
        ).click()
        heading = say("phone.station.roster") if name == "roster" else say(f"phone.station.place.{name}")
        expect(self.page.get_by_role("heading", name=heading)).to_be_visible(timeout=PATIENCE_MS)

    def written(self) -> list[str]:
        return self.page.locator(".written li").all_inner_texts()

    def put_photo(self, file: Path) -> None:
        """As the camera's button does: the picture is a file of the form."""
        self.page.locator("input[name=photo]").set_input_files(str(file))
