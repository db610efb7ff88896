"""Held entries wait for something named, and are judged when it arrives (DESIGN 3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.demo.device_log import DeviceLog
from server.ingest import ingest as ingest_module
from server.records import registry
from server.records.names import new_record_id, new_ulid
from tests.support.entries import CentreInTest, FieldDevice, lead_body, order_body, station_body


class TestHeld:
    def test_a_check_event_waits_for_its_order_and_counts_when_that_arrives(
        self, centre: CentreInTest
    ) -> None:
        phone = centre.phone()
        station = centre.desk("station", station_body()).id
        order = new_record_id("service_order")
        document = phone.check_event(order, station)
        centre.send(document)
        centre.work()
        held = centre.central(f"entry:{document['_id']}")
        assert held is not None
        assert (held["receipts"][0]["verdict"], held["waits_for"]) == ("held", [order])

        centre.desk("service_order", order_body(phone.member, [station]), record_id=order)
        centre.work()

        counted = centre.central(document["entry"]["id"])
        assert counted is not None
        assert [receipt["verdict"] for receipt in counted["receipts"]] == ["held", "accepted"]
        assert "waits_for" not in counted
        assert centre.central(f"entry:{document['_id']}") is None
        assert counted["parts"] == document["parts"]

    def test_one_arrival_sets_a_whole_row_free(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        first = phone.step(lead["entry"]["id"], [lead["entry"]["hash"]], "supplement", fields={"note": "一"})
        second = phone.step(
            lead["entry"]["id"], [first["entry"]["hash"]], "supplement", fields={"note": "二"}
        )
        centre.send(second)
        centre.work()
        centre.send(first)
        centre.work()
        assert centre.services.readmodel.quarantine_count("held") == 2

        centre.send(lead)
        centre.work()

        row = centre.services.readmodel.record(lead["entry"]["id"])
        assert row is not None
        assert [step["fields"]["note"] for step in (h.entry["body"] for h in row.steps)] == ["二", "一"]
        assert [h.fields["note"] for h in row.state.history] == ["一", "二"]
        assert centre.services.readmodel.quarantine_count() == 0

    def test_a_step_on_an_unknown_base_is_held_naming_it(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        missing = "a" * 64
        step = phone.step(lead["entry"]["id"], [missing], "supplement", fields={"note": "补充"})
        centre.send(lead, step)
        centre.work()

        doc = centre.central(f"entry:{step['_id']}")

        assert doc is not None
        assert doc["waits_for"] == [f"hash:{missing}"]

    def test_a_duplicate_is_no_base(self, centre: CentreInTest) -> None:
        phone, body = centre.phone(), lead_body()
        first = phone.write(new_record_id("lead"), "volunteer", body)
        second = phone.write(first["entry"]["id"], "volunteer", body)
        centre.send(first, second)
        centre.work()
        # Which of the two is the record is the order in which the store tells of them.
        accepted = centre.central(first["entry"]["id"])
        assert accepted is not None
        base = (first if accepted["log"] == second["_id"] else second)["entry"]["hash"]
        step = phone.step(first["entry"]["id"], [base], "supplement", fields={"note": "补充"})
        centre.send(step)
        centre.work()

        doc = centre.central(f"entry:{step['_id']}")

        assert doc is not None
        assert doc["waits_for"] == [f"hash:{base}"]

    def test_what_an_unknown_device_sent_waits_until_it_is_known(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        stranger = FieldDevice("d" + new_ulid(), phone.member, phone.key, phone.log)
        stranger.log = DeviceLog(stranger.device, phone.member, phone.key)
        lead = stranger.lead()
        centre.send(lead)
        centre.work()
        doc = centre.central(f"entry:{lead['_id']}")
        assert doc is not None
        assert doc["waits_for"] == [f"device:{stranger.device}"]

        directory = centre.services.directory
        directory.register_devices([replace(directory.device_at_once(phone.device), id=stranger.device)])
        centre.work()

        assert centre.central(lead["entry"]["id"]) is not None

    def test_an_unknown_type_and_a_newer_schema_are_held_not_refused(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        unknown = phone.write(new_record_id("drone_flight"), "volunteer", {"pilot": "张某"})
        newer = phone.write(new_record_id("lead"), "volunteer", {"future": True}, schema=3)
        centre.send(unknown, newer)
        centre.work()

        rows = {row.number: row for row in centre.services.readmodel.quarantine()}

        assert (rows[1].verdict, rows[1].waits_for) == ("held", ["schema:drone_flight:1"])
        assert (rows[2].verdict, rows[2].waits_for) == ("held", ["schema:lead:3"])

    def test_a_program_that_knows_the_schema_judges_it_again(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        document = phone.write(new_record_id("lead"), "volunteer", lead_body(), schema=3)
        centre.send(document)
        centre.work()
        lead = registry.RECORD_TYPES["lead"]
        monkeypatch.setitem(lead.schemas, 3, lead.schemas[1])  # type: ignore[index]  # a newer build's

        assert ingest_module.Ingest(centre.services).run_once() is True

        doc = centre.central(document["entry"]["id"])
        assert doc is not None
        assert [receipt["verdict"] for receipt in doc["receipts"]] == ["held", "accepted"]

    def test_the_other_entries_of_the_phone_go_on(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        held = phone.write(new_record_id("lead"), "volunteer", {"future": True}, schema=3)
        lead = phone.lead()
        centre.send(held, lead)
        centre.work()

        verdict = centre.services.readmodel.verdict(phone.device, 2)

        assert verdict is not None
        assert (verdict.verdict, verdict.flags) == ("accepted", [])
