"""A station's code read by the camera, without a network, by ZXing in its worker (CLIENT, "Choices")."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.support.browser import Profile
from tests.support.centre import centre
from tests.support.county import enrolment_code
from tests.support.offered_service import await_state, offer_service, take_step
from tests.support.participant_phone import ParticipantPhone
from tests.support.qr_film import write_film

HEAD = "ab" * 32
SCANNER_HERE = """
new Promise((done) => {
  const look = () => {
    const found = performance.getEntriesByType("resource").some(({ name, responseEnd }) => /zxing_reader/.test(name) && responseEnd > 0);
    if (found) done(); else setTimeout(look, 100);
  };
  look();
})
"""  # noqa: E501


@pytest.fixture
def placed(world):
    """An order that asks for a photo."""
    offered = offer_service(world.data, world.county.prosecutor, verify_level="L3")
    await_state(world.data, offered.order, "offered")
    return offered


@pytest.fixture
def phone(world, placed, tmp_path):
    film = write_film(tmp_path / "code.y4m", f"LD1:{placed.station.partition(':')[2]}:048213:{HEAD}")
    profile = Profile(world.driver, world.folder / "scanning", page_mode=world.page_mode, camera=film)
    world.profiles.append(profile)
    made = ParticipantPhone(profile, world.origin)
    made.open()
    made.enrol(enrolment_code(world.data, placed.member))
    made.sign_pledge(typed_name="林晓梅")
    await_state(world.data, placed.order, "pledged")
    take_step(world.data, placed, "assign", "assigned", assigned_station=placed.station)
    made.see_order()
    made.expect_order_state("assigned")
    return made


class TestScanning:
    def test_code_and_photo_are_taken_without_a_network_and_go_with_the_check_in(self, world, placed, phone):
        phone.go("/app/check")
        phone.page.evaluate(SCANNER_HERE)
        world.proxy.is_refusing = True
        world.proxy.reset_all()

        phone.go("/app/check")
        phone.page.locator(".scan[data-enhanced]").wait_for()
        phone.page.get_by_role("button", name=text("phone.scan.open")).click()
        expect(phone.page.get_by_label(text("phone.check.code"))).to_have_value("048213")
        expect(phone.page.locator(".scan output")).to_have_text(text("phone.scan.found"))
        expect(phone.page.locator(".scan video")).to_have_count(0)
        phone.page.get_by_role("button", name=text("phone.service.photo.open")).click()
        phone.page.get_by_role("button", name=text("phone.service.photo.take"), exact=True).click()
        expect(phone.page.locator(".shot img")).to_be_visible()
        came = phone.seal("in")

        world.proxy.is_refusing = False
        phone.go("/app/sync")
        expect(phone.status()).to_contain_text(text("phone.status.all_sent"), timeout=60_000)
        with centre(world.data) as seen:
            body = seen.record(came)["entry"]["body"]
            assert seen.stored_hashes(came) == [file["sha256"] for file in body["media"]]
        code = body["code"]
        assert len(body["media"]) == 1
        assert (code["value"], code["is_scanned"], code["head"]) == ("048213", True, HEAD)
