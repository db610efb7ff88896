"""A named person's word on a refused entry is a further receipt of it (DESIGN 3)."""

from __future__ import annotations

import pytest

from server.records.signing import SigningKey
from tests.support.entries import CentreInTest, FieldDevice, LogDocument


@pytest.fixture
def phone(centre: CentreInTest) -> FieldDevice:
    return centre.phone()


def badly_signed(phone: FieldDevice) -> LogDocument:
    document = phone.lead()
    document["entry"]["sig"] = SigningKey.generate().sign(b"other")
    return document


class TestAdmission:
    def test_an_admitted_entry_counts_with_both_receipts(
        self, centre: CentreInTest, phone: FieldDevice
    ) -> None:
        document = badly_signed(phone)
        centre.send(document)
        centre.work()

        admission = centre.admit(document)
        centre.work()

        doc = centre.central(document["entry"]["id"])
        assert doc is not None
        assert [receipt["verdict"] for receipt in doc["receipts"]] == ["refused", "admitted"]
        assert doc["receipts"][1]["admission"] == admission.id
        assert doc["receipts"][1]["reasons"][0]["code"] == "bad_signature"
        assert centre.central(f"entry:{document['_id']}") is None
        assert document["entry"]["id"] in centre.member_feed(phone.member)
        verdict = centre.services.readmodel.verdict(phone.device, 1)
        assert verdict is not None
        assert verdict.verdict == "admitted"

    def test_what_is_kept_out_stays_refused_with_a_second_receipt(
        self, centre: CentreInTest, phone: FieldDevice
    ) -> None:
        document = badly_signed(phone)
        centre.send(document)
        centre.work()

        centre.admit(document, "kept_out")
        centre.work()

        doc = centre.central(f"entry:{document['_id']}")
        assert doc is not None
        assert [receipt["verdict"] for receipt in doc["receipts"]] == ["refused", "refused"]

    def test_kept_out_after_all_counts_no_more_and_leaves_the_phone(
        self, centre: CentreInTest, phone: FieldDevice
    ) -> None:
        document = badly_signed(phone)
        centre.send(document)
        centre.work()
        centre.admit(document)
        centre.work()
        assert document["entry"]["id"] in centre.member_feed(phone.member)

        centre.admit(document, "kept_out")
        centre.work()

        assert centre.services.readmodel.record(document["entry"]["id"]) is None
        assert centre.member_feed(phone.member) == {}
        verdict = centre.services.readmodel.verdict(phone.device, 1)
        assert verdict is not None
        assert verdict.verdict == "refused"

    def test_what_its_schema_does_not_take_cannot_be_shown_and_so_not_admitted(
        self, centre: CentreInTest, phone: FieldDevice
    ) -> None:
        document = phone.lead(title="")
        centre.send(document)
        centre.work()

        admission = centre.admit(document)
        centre.work()

        verdict = centre.services.readmodel.verdict(admission.device, admission.entry)
        assert verdict is not None
        assert (verdict.verdict, verdict.reasons[0]["code"]) == ("refused", "cannot_admit")

    def test_an_accepted_entry_needs_no_admission(self, centre: CentreInTest, phone: FieldDevice) -> None:
        document = phone.lead()
        centre.send(document)
        centre.work()

        admission = centre.admit(document)
        centre.work()

        verdict = centre.services.readmodel.verdict(admission.device, admission.entry)
        assert verdict is not None
        assert verdict.reasons[0]["code"] == "not_refused"

    def test_a_step_on_a_refused_record_counts_once_that_is_admitted(
        self, centre: CentreInTest, phone: FieldDevice
    ) -> None:
        document = badly_signed(phone)
        entry = document["entry"]
        step = phone.step(entry["id"], [entry["hash"]], "supplement", fields={"note": "又去看了一次"})
        centre.send(document, step)
        centre.work()
        assert centre.central(step["entry"]["id"]) is None

        centre.admit(document)
        centre.work()

        row = centre.services.readmodel.record(entry["id"])
        assert row is not None
        assert [h.action for h in row.state.history] == ["supplement"]
