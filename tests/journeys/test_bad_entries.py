"""What is wrong with an entry is said on phone and console, and stops nothing else (DESIGN 2 and 3)."""

from __future__ import annotations

from playwright.sync_api import expect

from server.messages import text
from tests.journeys.forging import forge_source
from tests.support.centre import centre

BODY = {
    "domain": "ECO",
    "domain_version": 2024,
    "title": "坝坡被开垦",
    "description": "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝。",
    "observed_at": "2026-11-20T10:00:00+08:00",
    "place_text": "祝阿镇险工段",
    "urgency": "normal",
    "no_photo_reason": "测试",
}


class TestBadEntries:
    def test_each_kind_of_wrong_is_shown_with_its_reason_and_the_others_go_on(self, world, enrolled):
        phone = enrolled()
        phone.page.evaluate(forge_source())
        made = self._forge_all(phone)

        phone.expect_where(made["good"]["id"], "received", timeout_ms=60_000)
        phone.expect_where(made["after"]["id"], "received", timeout_ms=60_000)
        gap = text("flag.gap", entry=made["after"]["entry"] - 1)
        expect(phone.page.locator("#live")).to_contain_text(gap)
        for kind, reason in (
            ("signature", "bad_signature"),
            ("role", "wrong_role"),
            ("surrogate", "unreadable"),
        ):
            phone.expect_where(made[kind]["id"], "needs_you", timeout_ms=60_000)
            words = text(f"reason.{reason}", role=text("console.role.participant"))
            expect(phone.page.locator("#live .standing")).to_contain_text(words)
        phone.expect_where(made["future"]["id"], "at_centre_checking", timeout_ms=60_000)
        self._centre_has_each(world, made)
        self._console_shows_each(world, made)

    @staticmethod
    def _forge_all(phone):
        def forge(**change):
            return phone.page.evaluate("change => forge.append(change)", {"body": BODY} | change)

        return {
            "good": forge(),
            "signature": forge(breakSignature=True),
            "role": forge(role="participant"),
            "future": forge(schema=99),
            "surrogate": phone.page.evaluate(
                "body => forge.append({ body: { ...body, title: 'half \\ud83c' }, brokenText: true })", BODY
            ),
            "after": forge(skip=1),
        }

    @staticmethod
    def _centre_has_each(world, made):
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
            verdicts = seen.verdicts(device)
            by_kind = {kind: verdicts.get(one["entry"]) for kind, one in made.items()}
            opaque = seen.record(f"entry:{device}:{made['surrogate']['entry']:010d}")
        assert by_kind | {"surrogate": None} == {
            "good": "accepted",
            "signature": "refused",
            "role": "refused",
            "future": "held",
            "surrogate": None,
            "after": "accepted",
        }
        assert opaque is not None
        assert opaque["receipts"][-1]["verdict"] == "refused"
        assert opaque["opaque"]["base64"]

    @staticmethod
    def _console_shows_each(world, made):
        desk = world.desk("officer")
        desk.sign_in()
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
        for kind in ("signature", "role", "future", "surrogate"):
            desk.open_entry(device, made[kind]["entry"])

    def test_admitting_a_refused_entry_makes_it_count(self, world, enrolled):
        phone = enrolled()
        phone.page.evaluate(forge_source())
        forged = phone.page.evaluate("body => forge.append({ role: 'participant', body })", BODY)
        phone.expect_where(forged["id"], "needs_you")
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
        desk = world.desk("clerk")
        desk.sign_in()

        desk.judge_entry(device, forged["entry"], "admitted", "身份写错，内容属实")

        phone.expect_where(forged["id"], "received")
        desk.open_lead(forged["id"])
        with centre(world.data) as seen:
            record = seen.record(forged["id"])
        assert [receipt["verdict"] for receipt in record["receipts"]] == ["refused", "admitted"]

    def test_a_fork_is_shown_on_both_sides_and_the_phone_must_enrol_again(self, world, enrolled):
        phone = enrolled()
        phone.page.evaluate(forge_source())
        first = phone.page.evaluate("body => forge.append({ body })", BODY)
        phone.expect_where(first["id"], "received")
        phone.page.evaluate(forge_source())
        second = phone.page.evaluate(
            "([entry, body]) => forge.fork({ entry, body })", [first["entry"], BODY | {"title": "另一条"}]
        )
        assert second["status"] == 201
        assert second["rows"][0]["error"] == "forbidden"

        expect(phone.page.get_by_text(text("phone.status.must_re_enrol"))).to_be_visible(timeout=30_000)
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
            log = seen.record(f"log:{device}")
        assert log["fork"]["entry"] == first["entry"]
        desk = world.desk("officer")
        desk.sign_in()
        desk.go(f"/console/devices/{device}")
        expect(desk.page.get_by_text(text("console.devices.fork_text")).first).to_be_visible()
