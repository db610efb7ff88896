"""Who withdraws: seen at once, the phone purged at once, what happened kept (DOMAIN 3.2; 6, "Retention")."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.records.names import new_record_id
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
