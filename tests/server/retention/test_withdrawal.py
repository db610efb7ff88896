"""Who withdraws: seen at once, the phone purged at once, what happened kept (DOMAIN 3.2; 6, "Retention")."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.records.names import new_record_id
from tests.server.ledger.day import Day, moment
from tests.support.entries import CentreInTest, FieldDevice, open_centre


@pytest.fixture
def centre(tmp_path: Path):
    with open_centre(tmp_path / "data") as opened:
        yield opened


def withdraw(centre: CentreInTest) -> tuple[FieldDevice, str, str]:
    """Check in, and withdraw on the phone; returns phone, order and check event."""
    phone = centre.phone()
    station, order = centre.station_and_order(phone.member)
    centre.work()
    event = phone.check_event(order, station)
    heads = list(centre.services.readmodel.record(order).state.heads)
    body = {"record": order, "base": heads, "action": "withdraw", "to": "withdrawn", "fields": {}}
    centre.send(event, phone.write(new_record_id("step"), "participant", body))
    centre.work()
    return phone, order, event["entry"]["id"]


def kinds(centre: CentreInTest, phone: FieldDevice) -> list[str]:
    return [order["kind"] for order in centre.services.directory.device(phone.device).orders]


class TestWithdrawal:
    def test_the_phone_is_ordered_to_wipe_at_once_and_once(self, centre):
        phone, order, _event = withdraw(centre)

        assert centre.services.readmodel.record(order).state.state == "withdrawn"
        assert kinds(centre, phone) == ["wipe"]
        centre.work()
        assert kinds(centre, phone) == ["wipe"]

    def test_what_happened_is_kept_as_case_material(self, centre):
        _phone, _order, event = withdraw(centre)

        assert centre.central(event)["parts"]["fix"]["value"]["datum"] == "WGS-84"

    def test_positions_go_from_the_phone_once_a_backup_holds_them(self, centre, monkeypatch):
        phone, _order, _event = withdraw(centre)
        monkeypatch.setattr(type(centre.services.readmodel), "backed_up_through", lambda *_: 1)

        centre.work()

        [erase] = [o for o in centre.services.directory.device(phone.device).orders if o["kind"] == "erase"]
        assert erase["entries"] == [{"entry": 1, "parts": ["fix"], "files": []}]

    def test_a_phone_that_is_needed_for_another_order_keeps_what_it_has(self, centre):
        phone = centre.phone()
        centre.station_and_order(phone.member)
        _station, order = centre.station_and_order(phone.member)
        centre.work()
        heads = list(centre.services.readmodel.record(order).state.heads)
        body = {"record": order, "base": heads, "action": "withdraw", "to": "withdrawn", "fields": {}}
        centre.send(phone.write(new_record_id("step"), "participant", body))
        centre.work()

        assert centre.services.readmodel.record(order).state.state == "withdrawn"
        assert kinds(centre, phone) == []


class TestFeedAfterWithdrawal:
    """What is pulled after the wipe says that the person has left, and no more (DOMAIN 6)."""

    LEFT = frozenset({
        "_id", "_rev", "type", "state", "state_at", "received_at", "heads", "next", "media",
        "order_no", "required_min", "notice",
    })  # fmt: skip

    def test_nothing_of_the_order_is_left_but_that_it_was_left(self, day):
        withdrawn_after_service(day)
        feed = day.centre.member_feed(day.phone.member)

        assert {view["type"] for view in feed.values()} == {"service_order"}
        order = feed[day.order]
        assert (order["state"], order.keys() - self.LEFT) == ("withdrawn", set())

    def test_nor_after_the_order_is_archived(self, day):
        withdrawn_after_service(day)
        day.step(day.order, "archive", "prosecutor", to="archived")

        feed = day.centre.member_feed(day.phone.member)
        assert (list(feed), feed[day.order].keys() - self.LEFT) == ([day.order], set())

    def test_the_case_keeps_it_all_and_whoever_is_taken_back_reads_it_again(self, day):
        before = withdrawn_after_service(day)
        model = day.centre.services.readmodel
        assert model.record(day.order).body["start_on"] == before[day.order]["start_on"]
        day.step(day.order, "reopen", "prosecutor", to="reopened", reason="本人要求恢复")

        feed = day.centre.member_feed(day.phone.member)
        assert {view["type"] for view in feed.values()} == {view["type"] for view in before.values()}
        assert feed[day.order]["ledger"]["sessions"][0]["state"] == "confirmed"


@pytest.fixture
def day(centre):
    return Day(centre)


def withdrawn_after_service(day: Day) -> dict:
    """A served and confirmed session, a slot; then the participant leaves. Returns the feed before that."""
    day.served()
    slot = {"order": day.order, "station": day.station}
    times = {"starts_at": moment("08:00").isoformat(), "ends_at": moment("09:00").isoformat()}
    day.send(day.phone.write(new_record_id("slot"), "participant", {**slot, **times}))
    day.centre.work()
    before = day.centre.member_feed(day.phone.member)
    assert {view["type"] for view in before.values()} == {
        "service_order",
        "service_session",
        "slot",
        "check_event",
    }
    day.step(day.order, "withdraw", "participant", to="withdrawn")
    return before
