"""Record where there is no network, sync, see it at the centre, and hear back (DESIGN 1)."""

from __future__ import annotations

from playwright.sync_api import expect

from server.messages import text
from tests.support.centre import centre
from tests.support.photos import write_photo

ANSWER = "已会同河务局现场核实，责令七日内清除作物并恢复坝坡。感谢您的报告。"


class TestMainJob:
    def test_a_lead_and_a_check_in_made_without_network_reach_the_centre_and_its_answer_the_phone(
        self, world, enrolled, tmp_path
    ):
        hashes = [write_photo(tmp_path / f"{n}.jpg", seed=n) for n in (1, 2)]
        phone = enrolled()
        world.server.kill()
        if not world.page_mode:
            phone.close()
            phone.open()  # from the worker alone: the server is gone
        lead = phone.report_lead("坝坡被开垦种植玉米", [tmp_path / "1.jpg", tmp_path / "2.jpg"])
        phone.expect_where(lead, "on_phone")
        check = phone.check_in()
        phone.expect_where(check, "on_phone")
        expect(phone.status()).to_contain_text(text("phone.status.unsent", n=2))

        if world.page_mode:
            draft = phone.report_lead("写到一半的线索", submit=False)
        world.server.start()
        if world.page_mode:
            phone.page.reload()  # without a worker a reload needs the server; nothing that was typed is gone
            phone.expect_draft(draft, "写到一半的线索")

        phone.expect_where(check, "received")
        with centre(world.data) as seen:
            assert seen.record(check) is not None
        self._handle(world, lead)
        phone.expect_where(lead, "received")
        expect(phone.page.locator("blockquote", has_text=ANSWER)).to_be_visible(timeout=30_000)
        expect(phone.status()).to_contain_text(text("phone.status.all_sent"))
        with centre(world.data) as seen:
            assert seen.stored_hashes(lead) == hashes

    @staticmethod
    def _handle(world, lead):
        desk = world.desk()
        desk.sign_in()
        shown = desk.open_lead(lead)
        expect(shown.locator(".photos img")).to_have_count(2, timeout=30_000)
        loaded = "images => images.every(image => image.complete && image.naturalWidth > 0)"
        for image in shown.locator(".photos img").all():
            image.scroll_into_view_if_needed()
        desk.page.wait_for_function(f"() => ({loaded})([...document.querySelectorAll('.photos img')])")
        expect(shown.locator(".proof summary")).to_contain_text(text("console.proof.holds"))
        desk.act("register")
        desk.act("answer", answer=ANSWER)
