"""Every console page in both languages, both themes, at 360, 768 and 1280 px (LOOK, "Checked")."""

from __future__ import annotations

import pytest

from server.messages import text
from tests.screens.eye import Eye


def pages(place):
    """Every page that is reached by an address, by name."""
    return {
        "dashboard": "/console/dashboard",
        "leads": "/console/leads",
        "leads, long titles": "/console/leads?q=Embankment",
        "leads, nothing found": "/console/leads?q=zzzz",
        "lead, answered": f"/console/leads/{place.answered}",
        "lead, long title": f"/console/leads/{place.long_title}",
        "check events": "/console/check-events",
        "quarantine": "/console/quarantine",
        "entry": f"/console/quarantine/{place.refused}",
        "devices": "/console/devices",
        "enrol": "/console/devices/enrol",
        "members": "/console/members",
        "member": f"/console/members/{place.long_named}",
        "new member": "/console/members/new",
        "stations": "/console/stations",
        "station": f"/console/stations/{place.station}",
        "station code": f"/console/stations/{place.station}/code",
        "sessions": "/console/sessions",
        "no such page": "/console/leads/lead:00000000000000000000000000",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
class TestPages:
    def test_no_page_annoys_in_any_size_and_theme(self, look, desk, language):
        desk.go(f"/console/language/{language}")
        eye = Eye(desk.page, is_phone=False)
        for name, path in pages(look.place).items():
            desk.go(path)
            eye.look(name)
        for name, path in (("check event", "/console/check-events"), ("device", "/console/devices")):
            desk.go(path)
            desk.go(desk.page.locator("tbody th a").first.get_attribute("href"))
            eye.look(name)
        eye.expect_nothing()

    def test_the_enrolment_code_can_be_read_and_scanned(self, look, desk, language):
        desk.go(f"/console/language/{language}")
        desk.go(f"/console/devices/enrol?member={look.place.newcomer}")
        desk.page.get_by_role("button", name=text("console.devices.make_code", language)).click()
        desk.page.locator("#enrolment-code").wait_for()
        eye = Eye(desk.page, is_phone=False)
        eye.look("code")
        eye.expect_nothing()
