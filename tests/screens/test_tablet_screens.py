"""Every screen of the tablet in both languages and themes, upright and lying (LOOK, "Tablet", "Checked")."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.screens.eye import TABLET_WIDTHS, Eye
from tests.screens.place import LONG_NAME
from tests.support.field_phone import PATIENCE_MS
from tests.support.tablet import Operator, StationOffice, Tablet

PLACES = ("roster", "records", "sheets", "stand-down")


@pytest.fixture
def people(look) -> tuple[StationOffice, Operator]:
    office = StationOffice(look.data, look.place.station)
    return office, office.supervisor(LONG_NAME, "258036")


@pytest.fixture
def tablet(look, people) -> Iterator[Tablet]:
    office, _ = people
    profile = look.profile("tablet")
    one = Tablet(profile, look.origin)
    one.open()
    one.enrol(office.tablet_code())
    yield one
    assert profile.problems == []
    profile.close()


def speak(tablet: Tablet, language: str) -> None:
    go(tablet, "records")
    tablet.page.locator(f"input[name=language][value={language}]").check(force=True)
    expect(tablet.page.locator("h1")).to_have_text(text("phone.station.place.records", language))


def go(tablet: Tablet, path: str) -> None:
    tablet.page.goto(f"{tablet.origin}/app/station/{path}", wait_until="domcontentloaded")


class TestTabletScreens:
    def test_no_screen_annoys(self, tablet, people):
        office, operator = people
        eye = Eye(tablet.page, is_phone=True, widths=TABLET_WIDTHS)
        for path in ("", "open", "begin"):
            go(tablet, path)
            eye.look(f"zh nobody {path or 'code'}")
        go(tablet, "open")
        tablet.begin(office.operator_code(operator.member), operator.pin)
        expect(tablet.page.locator("a.tile").first).to_be_visible(timeout=PATIENCE_MS)
        for language in ("zh", "en"):
            speak(tablet, language)
            self._look_at_all(tablet, eye, language)
        eye.expect_nothing()

    @staticmethod
    def _look_at_all(tablet: Tablet, eye: Eye, language: str) -> None:
        for path in PLACES:
            go(tablet, path)
            eye.look(f"{language} {path}")
        go(tablet, "roster")
        person = tablet.page.locator("a.tile").first.get_attribute("href") or ""
        for path in ("", "open", "begin", person.removeprefix("/app/station/")):
            go(tablet, path)
            eye.look(f"{language} {path.split('/')[0] or 'code'}")
        for kind in ("sup_confirm", "sup_deny", "in"):
            go(tablet, f"act/{kind}/{person.rpartition('/')[2]}")
            eye.look(f"{language} {kind}")
            if language != "zh":
                continue  # what is wrong stands in the same places
            tablet.page.locator("#act > button.main").click()
            tablet.page.locator("[aria-invalid]").first.wait_for()
            eye.look(f"{language} {kind}, something wrong")
