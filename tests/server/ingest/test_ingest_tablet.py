"""A station tablet is a device of several people: author and tablet both need the grant (DESIGN 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.records.names import new_record_id
from tests.support.entries import CentreInTest, FieldDevice, LogDocument, ago


class Station:
    """A check event at a station, a supervisor with a grant for it, and a tablet without one."""

    def __init__(self, centre: CentreInTest) -> None:
        self.centre = centre
        phone = centre.phone()
        self.id, order = centre.station_and_order(phone.member)
        self.event = phone.check_event(order, self.id)["entry"]
        centre.send(*phone.log.documents)
        self.scope = f"station:{self.id.partition(':')[2]}"
        self.supervisor = centre.member(("supervisor", self.scope))
        self.tablet = self._tablet(centre.phone(centre.member()))

    def _tablet(self, phone: FieldDevice) -> FieldDevice:
        directory = self.centre.services.directory
        device = directory.device_at_once(phone.device)
        assert device is not None
        tablet = replace(device, id=device.id[:-6] + "000000", kind="tablet")
        directory.register_devices([tablet])
        phone.device = phone.log.device = tablet.id
        phone.log.author = self.supervisor
        return phone

    def confirmation(self) -> LogDocument:
        body = {
            "record": self.event["id"],
            "base": [self.event["hash"]],
            "action": "confirm",
            "to": "confirmed",
            "fields": {},
        }
        return self.tablet.write(new_record_id("step"), "supervisor", body)

    def verdict(self) -> tuple[str, list[str]]:
        self.centre.send(self.confirmation())
        self.centre.work()
        found = self.centre.services.readmodel.verdict(self.tablet.device, 1)
        assert found is not None
        return found.verdict, [reason["code"] for reason in found.reasons]


@pytest.fixture
def station(centre: CentreInTest) -> Station:
    return Station(centre)


class TestTablet:
    def test_with_both_grants_the_step_counts_and_the_receipt_names_both(self, station: Station) -> None:
        directory = station.centre.services.directory
        directory.add_grant(station.tablet.device, "supervisor", station.scope, ago(days=300))

        assert station.verdict() == ("accepted", [])
        row = station.centre.services.readmodel.record(station.event["id"])
        assert row is not None
        assert row.state.state == "confirmed"
        holders = (station.supervisor, station.tablet.device)
        grants = [grant.id for holder in holders for grant in directory.grants(holder)]
        assert row.steps[0].receipts[0]["grants"] == grants

    def test_the_supervisors_grant_alone_is_not_enough(self, station: Station) -> None:
        assert station.verdict() == ("refused", ["tablet_not_of_station"])

    def test_a_tablet_of_another_station_is_not_enough(self, station: Station) -> None:
        other = "station:" + "0" * 26
        station.centre.services.directory.add_grant(station.tablet.device, "supervisor", other, ago(days=300))

        assert station.verdict() == ("refused", ["tablet_not_of_station"])

    def test_who_does_not_supervise_there_writes_nothing_by_the_stations_tablet(self, station: Station):
        directory = station.centre.services.directory
        directory.add_grant(station.tablet.device, "supervisor", station.scope, ago(days=300))
        station.tablet.log.author = station.centre.member(("volunteer", "self"))

        assert station.verdict() == ("refused", ["no_grant"])

    def test_the_supervisors_own_phone_signs_for_nobody_else(self, station: Station):
        phone = station.centre.phone(station.supervisor)
        phone.log.author = station.centre.member(("supervisor", station.scope))
        station.tablet = phone

        assert station.verdict() == ("refused", ["not_your_device"])

    def test_a_grant_that_ended_before_the_entry_was_made_does_not_count(self, station: Station):
        directory = station.centre.services.directory
        directory.add_grant(station.tablet.device, "supervisor", station.scope, ago(days=300))
        directory.end_grant(directory.grants(station.supervisor)[0].id, ago(days=310))

        assert station.verdict() == ("refused", ["no_grant"])

    def test_a_grant_that_may_have_ended_before_is_a_doubt(self, station: Station):
        directory = station.centre.services.directory
        directory.add_grant(station.tablet.device, "supervisor", station.scope, ago(days=300))
        directory.end_grant(directory.grants(station.supervisor)[0].id, ago(minutes=5))

        assert station.verdict() == ("accepted", [])
        row = station.centre.services.readmodel.record(station.event["id"])
        assert row is not None
        assert "grant_partial" in [flag["code"] for flag in row.steps[0].receipts[0]["flags"]]
