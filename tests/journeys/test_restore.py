"""An older backup is restored: nothing is lost, and nothing false is said meanwhile (DESIGN 2 and 3)."""

from __future__ import annotations

from playwright.sync_api import expect

from server.messages import text
from tests.support.centre import centre
from tests.support.photos import write_photo

ANSWER = "已责令清除作物，坝坡七日内恢复。"


class TestRestore:
    def test_what_an_older_backup_lacks_comes_back_from_the_phone_and_from_the_desks_journal(
        self, world, enrolled, tmp_path
    ):
        phone = enrolled()
        backup = tmp_path / "before.age"
        world.server.command("backup", str(backup))
        photo = write_photo(tmp_path / "photo.jpg", seed=7)
        lead = phone.report_lead("备份之后的线索", [tmp_path / "photo.jpg"])
        phone.expect_where(lead, "received")
        desk = world.desk()
        desk.sign_in()
        desk.open_lead(lead)
        desk.act("register")
        desk.act("answer", answer=ANSWER)
        expect(phone.page.locator("blockquote", has_text=ANSWER)).to_be_visible(timeout=30_000)

        for keep_logs in (True, False):
            self._restore(world, backup, keep_logs)
            self._nothing_false_is_said(world, phone, lead, keep_logs)
            world.server.stop()
            world.server.start()
            phone.expect_where(lead, "received", timeout_ms=60_000)
            expect(phone.page.locator("blockquote", has_text=ANSWER)).to_be_visible(timeout=60_000)
            expect(phone.page.locator("#live figcaption").first).to_contain_text(
                text("phone.media.verified"), timeout=60_000
            )
            with centre(world.data) as seen:
                assert seen.stored_hashes(lead) == [photo]

    @staticmethod
    def _restore(world, backup, keep_logs):
        world.server.stop()
        world.server.command("restore", str(backup), *(["--keep-logs"] if keep_logs else []))
        with centre(world.data) as seen:
            lead_ids = [
                i for i in seen.log_ids(seen.device_of(world.county.both)) if not i.startswith("media:")
            ]
            assert len(lead_ids) == (1 if keep_logs else 0)

    @staticmethod
    def _nothing_false_is_said(world, phone, lead, keep_logs):
        """The web alone: the restored server has judged nothing yet in its new epoch."""
        world.server.start("web")
        expect(phone.page.locator("#live .standing-received")).to_have_count(0, timeout=60_000)
        expect(phone.page.locator("blockquote", has_text=ANSWER)).to_have_count(0, timeout=60_000)
        with centre(world.data) as seen:
            assert seen.record(lead) is None
