"""What somebody who serves does with the phone, through what is on its screen alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.field_phone import PATIENCE_MS, FieldPhone, say

STROKES = ((0.2, 0.3), (0.3, 0.7), (0.45, 0.3), (0.6, 0.7), (0.8, 0.4))


class ParticipantPhone(FieldPhone):
    """A phone of somebody who has been offered an order."""

    def wait_until_settled(self) -> None:
        """Wait until the offer and what is to be read are here."""
        expect(self.page.get_by_text(say("phone.service.now.offered"))).to_be_visible(timeout=PATIENCE_MS)

    def see_order(self) -> None:
        self.go("/app/service/order")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(say("phone.service.order.title"))

    def expect_order_state(self, state: str) -> None:
        words = say(f"phone.service.order.state.{state}")
        expect(self.page.locator(".standing strong")).to_have_text(words, timeout=PATIENCE_MS)

    def sign_pledge(self, *, typed_name: str | None = None) -> None:
        """Read, say that no lawyer is there, sign by finger or by name."""
        self.see_order()
        self.page.get_by_role("link", name=say("phone.service.order.to_pledge")).click()
        expect(self.page.locator(".paper")).to_have_count(2)
        self.page.locator("input[name=lawyer][value=no]").check(force=True)
        if typed_name is None:
            self.draw_signature()
        else:
            self.page.get_by_text(say("phone.service.sign.or_type")).click()
            self.page.get_by_role("textbox", name=say("phone.service.sign.name")).fill(typed_name)
        self.page.get_by_role("button", name=say("phone.service.pledge.submit")).click()

    def draw_signature(self) -> None:
        canvas = self.page.locator(".signature canvas")
        canvas.scroll_into_view_if_needed()
        self.page.locator(".signature[data-enhanced]").wait_for()
        box = canvas.bounding_box()
        assert box is not None
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in STROKES]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for x, y in points[1:]:
            self.page.mouse.move(x, y, steps=6)
        self.page.mouse.up()
        self.page.locator(".signature[data-signed]").wait_for()

    def ask_for_time(self, day: int = 1, start: str = "09:00", end: str = "12:00") -> None:
        """Ask for a time on the n-th day that is offered."""
        self.go("/app/service/slots")
        self.page.get_by_role("link", name=say("phone.service.slots.ask")).click()
        self.page.locator("#day").select_option(index=day + 1)
        self.page.locator("#from").select_option(start)
        self.page.locator("#to").select_option(end)
        self.page.get_by_role("button", name=say("phone.service.slots.submit")).click()

    def record(self, kind: str, code: str | None = None) -> str:
        """Check in, out or in between as the screen offers it, and return the record's id."""
        self.go("/app/check")
        expect(self.page.locator("#check")).to_be_visible()
        button = self.page.get_by_role("button", name=say(f"phone.check.{kind}"), exact=True)
        if button.count() == 0:
            self.page.get_by_role("link", name=say(f"phone.service.check.instead_{kind}")).click()
        if code is not None:
            self.page.get_by_label(say("phone.check.code")).fill(code)
        return self.seal(kind)

    def seal(self, kind: str) -> str:
        """Press the button of the form that is open, and return the record's id."""
        self.page.get_by_role("button", name=say(f"phone.check.{kind}"), exact=True).click()
        expect(self.page.get_by_text(say("phone.mine.saved"))).to_be_visible()
        return "check_event:" + self.page.url.replace("%3A", ":").partition("check_event:")[2][:26]

    def wait_for_session(self) -> None:
        """Wait until the centre has told what it makes of a stay."""
        self.go("/app/ledger")
        expect(self.page.get_by_role("link", name=say("phone.service.hours.open"))).to_be_visible(
            timeout=2 * PATIENCE_MS
        )

    def state_own_side(self, statement: str) -> None:
        """Open the newest session from the hours and say one's own side of it."""
        self.go("/app/ledger")
        self.page.get_by_role("link", name=say("phone.service.hours.open")).first.click()
        self.page.get_by_label(say("phone.service.session.statement")).fill(statement)
        self.page.get_by_role("button", name=say("phone.service.session.explain")).click()
        expect(self.page.locator(".standing")).to_contain_text("等中心收到")

    def withdraw(self) -> None:
        """Two taps from the order."""
        self.see_order()
        self.page.get_by_role("link", name=say("phone.service.order.to_withdraw")).click()
        self.page.get_by_role("button", name=say("phone.service.withdraw.submit")).click()
