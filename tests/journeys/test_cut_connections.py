"""The connection is cut in push, pull and photo, again and again."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import expect

from server.messages import text
from tests.support.centre import centre
from tests.support.photos import write_photo
from tests.support.soak import scaled

PUSH, PHOTO, PULL = "POST /db/logs/_bulk_docs", "PATCH /sync/media/", "/db/member-"
CUTS = [
    ((PUSH, "request", 30), (PHOTO, "request", 700), (PULL, "response", 0), (PUSH, "response", 1)),
    ((PUSH, "request", 900), (PHOTO, "request", 20_000), (PULL, "response", 90), (PHOTO, "response", 0)),
    ((PUSH, "response", 0), (PHOTO, "request", 55_000), (PULL, "response", 240), (PULL, "request", 10)),
    ((PUSH, "response", 120), (PHOTO, "request", 5_000), (PHOTO, "response", 40), (PULL, "response", 420)),
    ((PUSH, "request", 1_700), (PHOTO, "request", 90_000), (PULL, "request", 60), (PUSH, "response", 260)),
]


class TestCutConnections:
    def test_after_twenty_cuts_everything_has_arrived_once_and_whole(self, world, enrolled, tmp_path):
        phone = enrolled()
        leads: dict[str, str] = {}
        rounds = CUTS * scaled(1, 10)
        for number, cuts in enumerate(rounds):
            planned = [world.proxy.cut(*cut) for cut in cuts]
            digest = write_photo(tmp_path / "photo.jpg", seed=100 + number)
            lead = phone.report_lead(f"第{number + 1}处", [tmp_path / "photo.jpg"])
            leads[lead] = digest
            phone.expect_where(lead, "received", timeout_ms=60_000)
            expect(phone.page.locator("#live figcaption").first).to_contain_text(
                text("phone.media.verified"), timeout=60_000
            )
            self._use_up(phone, planned)
        expect(phone.status()).to_contain_text(text("phone.status.all_sent"), timeout=60_000)
        assert len(world.proxy.log) == 20 * scaled(1, 10)
        self._check(world, leads)

    @staticmethod
    def _use_up(phone, planned):
        """Ask for passes until every planned cut has happened: a small answer may be over before its byte."""
        for _ in range(40):
            if all(cut.is_done for cut in planned):
                return
            phone.go("/app/sync")
            phone.page.get_by_role("button", name=text("phone.sync.now")).click()
            phone.page.wait_for_timeout(250)
        raise AssertionError([str(cut) for cut in planned if not cut.is_done])

    @staticmethod
    def _check(world, leads):
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
            for lead, digest in leads.items():
                assert seen.stored_hashes(lead) == [digest]
            assert Counter(seen.verdicts(device).values()) == {"accepted": len(leads)}
            entries = [log_id for log_id in seen.log_ids(device) if not log_id.startswith("media:")]
            assert entries == [f"{device}:{n:010d}" for n in range(1, len(leads) + 1)]
