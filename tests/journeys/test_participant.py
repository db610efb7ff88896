"""The whole life of a participant's phone, without a network wherever the person acts (DOMAIN 3.2 to 3.6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.messages import text
from tests.support.browser import Profile
from tests.support.centre import centre
from tests.support.county import enrolment_code
from tests.support.offered_service import await_state, offer_service, take_step
from tests.support.participant_phone import ParticipantPhone

PATIENCE_MS = 60_000


@pytest.fixture
def offered(world):
    return offer_service(world.data, world.county.prosecutor)


@pytest.fixture
def phone(world, offered):
    profile = Profile(world.driver, world.folder / "participant", page_mode=world.page_mode)
    world.profiles.append(profile)
    made = ParticipantPhone(profile, world.origin)
    made.open()
    made.enrol(enrolment_code(world.data, offered.member))
    return made


class Network:
    def __init__(self, proxy):
        self.proxy = proxy

    def cut(self):
        self.proxy.is_refusing = True
        self.proxy.reset_all()

    def mend(self, phone):
        self.proxy.is_refusing = False
        phone.go("/app/sync")
        phone.page.get_by_role("button", name=text("phone.sync.now")).click()
        expect(phone.status()).to_contain_text(text("phone.status.all_sent"), timeout=PATIENCE_MS)


@pytest.fixture
def network(world):
    return Network(world.proxy)


def serve_a_day(phone):
    """From check-in to check-out, a break and a word in between."""
    came = phone.record("in", code="123456")
    expect(phone.page.locator("svg.qr")).to_be_visible()
    for kind in ("break_start", "break_end", "mid_check", "out"):
        phone.record(kind)
    phone.go("/app/")
    return came


def entry_at(seen, device, number):
    document = seen.services.couch.open("logs").get_many([f"{device}:{number:010d}"])
    return document[f"{device}:{number:010d}"]["entry"]


def what(entry):
    return entry["body"].get("action") or entry["body"].get("kind") or entry["type"]


class TestALifeOfAParticipantsPhone:
    def test_everything_is_done_without_a_network_and_reaches_the_centre(
        self, world, offered, phone, network
    ):
        network.cut()
        if not world.page_mode:
            phone.close()
            phone.open()  # from the worker alone
        phone.sign_pledge()
        phone.expect_order_state("pledged")

        network.mend(phone)
        await_state(world.data, offered.order, "pledged")
        take_step(world.data, offered, "assign", "assigned", assigned_station=offered.station)
        phone.see_order()
        phone.expect_order_state("assigned")

        network.cut()
        phone.ask_for_time()
        expect(phone.page.locator(".rows li")).to_contain_text(text("phone.service.slots.here_requested"))
        came = serve_a_day(phone)
        network.mend(phone)
        phone.expect_where(came, "received")
        phone.wait_for_session()

        network.cut()
        phone.state_own_side("签退时屏幕没电了，督导员看见我在。")
        phone.withdraw()
        phone.expect_order_state("withdrawn")
        network.mend(phone)
        await_state(world.data, offered.order, "withdrawn")
        self._look_at_the_centre(world, offered, came)

    @staticmethod
    def _look_at_the_centre(world, offered, came):
        with centre(world.data) as seen:
            device = seen.device_of(offered.member)
            written = [entry_at(seen, device, number) for number in sorted(seen.verdicts(device))]
            signature, pledge, _slot, came_in, *_ = written
            assert set(seen.verdicts(device).values()) == {"accepted"}
            assert len(seen.stored_hashes(signature["id"])) == 1
        day = ["in", "break_start", "break_end", "mid_check", "out"]
        expected = ["signature", "pledge", "slot", *day, "explain", "withdraw"]
        assert [what(entry) for entry in written] == expected
        assert came_in["id"] == came
        assert pledge["body"]["fields"]["pledge_ref"] == signature["id"]
