"""What ingest says of single entries (DESIGN 3; issue: each ends as flagged, held or refused, visible)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.identity.instants import instant
from server.records.names import new_record_id
from server.records.signing import SigningKey
from sync.peer import Document
from tests.support.entries import (
    CentreInTest,
    FieldDevice,
    LogDocument,
    ago,
    lead_body,
    opaque,
    open_centre,
    station_body,
)


def judged(centre: CentreInTest, document: LogDocument) -> tuple[str, list[str], Document]:
    """Send one document; return the verdict, its reason codes, and where it stands now."""
    centre.send(document)
    centre.work()
    home = centre.services.readmodel.home_of(document["_id"])
    assert home is not None
    doc = centre.central(home)
    assert doc is not None
    last = doc["receipts"][-1]
    return last["verdict"], [reason["code"] for reason in last["reasons"]], doc


def resigned(phone: FieldDevice, document: LogDocument, **changes: Any) -> LogDocument:
    """The same place in the log with other members, sealed by the phone's own key."""
    from server.records.entry import seal

    entry = {name: value for name, value in document["entry"].items() if name not in ("hash", "sig")}
    return {**document, "entry": seal({**entry, **changes}, phone.key)}


class TestAccepted:
    """An entry in order stands in central under its record's id, unaltered, with its receipt."""

    def test_a_lead_stands_under_its_id_with_the_signed_entry_unaltered(self, centre: CentreInTest) -> None:
        document = centre.phone().lead()

        verdict, reasons, doc = judged(centre, document)

        assert (verdict, reasons) == ("accepted", [])
        assert doc["_id"] == document["entry"]["id"]
        assert doc["entry"] == document["entry"]
        assert doc["log"] == document["_id"]

    def test_the_receipt_names_rules_grants_and_times(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        [volunteer] = [g for g in centre.services.directory.grants(phone.member) if g.role == "volunteer"]

        _, _, doc = judged(centre, phone.lead())

        [receipt] = doc["receipts"]
        assert receipt["rules"] == "1"
        assert receipt["grants"] == [volunteer.id]
        assert receipt["flags"] == []
        assert receipt["received_at"].endswith("Z")

    def test_a_check_event_keeps_its_parts_beside_the_entry(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        document = phone.check_event(order, station)

        verdict, _, doc = judged(centre, document)

        assert verdict == "accepted"
        assert doc["parts"] == document["parts"]


class TestRefused:
    """Refused entries are kept under `entry:` with the reason, and count for nothing."""

    def test_a_broken_signature(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        document = phone.lead()
        forged = SigningKey.generate().sign(bytes.fromhex(document["entry"]["hash"]))
        document["entry"]["sig"] = forged

        verdict, reasons, doc = judged(centre, document)

        assert (verdict, reasons) == ("refused", ["bad_signature"])
        assert doc["_id"] == f"entry:{phone.device}:0000000001"
        assert doc["entry"] == document["entry"]
        assert centre.central(document["entry"]["id"]) is None

    def test_content_changed_after_signing(self, centre: CentreInTest) -> None:
        document = centre.phone().lead()
        document["entry"]["body"]["title"] = "没有问题"

        assert judged(centre, document)[:2] == ("refused", ["hash_mismatch"])

    def test_a_part_that_is_not_the_one_signed(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        document = phone.check_event(order, station)
        document["parts"]["fix"]["value"]["spread_m"] = 900

        assert judged(centre, document)[:2] == ("refused", ["part_mismatch"])

    def test_a_body_that_breaks_its_schema_names_the_fields(self, centre: CentreInTest) -> None:
        document = centre.phone().lead(title="", domain=7)

        verdict, reasons, doc = judged(centre, document)

        assert (verdict, reasons[0]) == ("refused", "fields_wrong")
        assert sorted(doc["receipts"][0]["reasons"][0]["params"]["names"]) == ["domain", "title"]

    def test_a_type_that_only_the_desk_writes(self, centre: CentreInTest) -> None:
        document = centre.phone().write(new_record_id("station"), "volunteer", station_body())

        assert judged(centre, document)[:2] == ("refused", ["wrong_role"])

    def test_a_role_that_the_author_does_not_hold(self, centre: CentreInTest) -> None:
        phone = centre.phone(centre.member(("participant", "self")))

        assert judged(centre, phone.lead())[:2] == ("refused", ["no_grant"])

    def test_an_author_who_is_not_the_phones_member(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        document = resigned(phone, phone.lead(), author=centre.member(("volunteer", "self")))

        assert judged(centre, document)[:2] == ("refused", ["not_your_device"])

    def test_a_step_that_this_role_may_never_take(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        centre.send(lead)
        step = phone.step(lead["entry"]["id"], [lead["entry"]["hash"]], "register", to="registered")

        assert judged(centre, step)[:2] == ("refused", ["action_not_yours"])

    def test_what_a_revoked_device_still_sends(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        before = phone.lead()
        centre.send(before)
        centre.work()
        centre.services.directory.revoke_device(phone.device, ago(seconds=-1), by="system")
        late = phone.lead()
        late["received_at"] = instant(ago(seconds=-5))

        assert judged(centre, late)[:2] == ("refused", ["revoked"])
        assert centre.central(before["entry"]["id"]) is not None

    def test_bytes_that_are_no_entry_are_kept_with_their_receipt(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        document = opaque(phone.device, b"\xff\xfe", "not_json", log_id=f"{phone.device}:0000000001")

        verdict, reasons, doc = judged(centre, document)

        assert (verdict, reasons) == ("refused", ["unreadable"])
        assert doc["opaque"]["base64"] == "//4="

    def test_another_record_under_a_taken_id(self, centre: CentreInTest) -> None:
        one, other = centre.phone(), centre.phone()
        first = one.lead()
        centre.send(first)
        second = other.lead(first["entry"]["id"])

        verdict, reasons, doc = judged(centre, second)

        assert (verdict, reasons) == ("refused", ["id_taken"])
        assert doc["_id"] == f"entry:{other.device}:0000000001"


class TestFlagged:
    """Doubt is not refusal (DESIGN 3)."""

    @pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-4000)])
    def test_a_clock_outside_the_bounds(self, centre: CentreInTest, off: timedelta) -> None:
        phone = centre.phone()
        document = phone.lead(at=ago() + off, observed_at="2015-01-01T00:00:00Z")

        verdict, _, doc = judged(centre, document)

        assert verdict == "accepted"
        assert "clock_skew" in [flag["code"] for flag in doc["receipts"][0]["flags"]]

    def test_a_clock_within_the_tolerance_is_no_doubt(self, centre: CentreInTest) -> None:
        document = centre.phone().lead(at=ago(minutes=-4))

        assert judged(centre, document)[2]["receipts"][0]["flags"] == []

    def test_a_late_upload(self, centre: CentreInTest) -> None:
        document = centre.phone().lead(at=ago(hours=100), observed_at=instant(ago(hours=101)))

        _, _, doc = judged(centre, document)

        assert doc["receipts"][0]["flags"] == [{"code": "late", "params": {"hours": 100}}]

    def test_the_same_record_again_is_a_duplicate_and_counts_once(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        body = lead_body()
        first = phone.write(new_record_id("lead"), "volunteer", body)
        centre.send(first)
        second = phone.write(first["entry"]["id"], "volunteer", body)

        verdict, _, doc = judged(centre, second)

        assert verdict == "accepted"
        assert doc["_id"] == f"entry:{phone.device}:0000000002"
        assert [flag["code"] for flag in doc["receipts"][0]["flags"]] == ["duplicate"]


class TestGrantsAsTheyWere:
    """Grants in force at any moment between the entry's bounds; flagged where not at all of them."""

    def beacon_clock(self, centre: CentreInTest, minutes_ago: int) -> dict[str, Any]:
        from server.identity.beacon import beacon_statement

        given = ago(minutes=minutes_ago)
        services = centre.services
        beacon = services.server_key.sealed(beacon_statement(services.key_ring, given, services.epoch))
        return {"beacon": beacon["hash"], "since_ms": minutes_ago * 60_000, "skew_ms": 0}

    def test_a_grant_that_ended_while_the_phone_was_offline_still_covers_it(
        self, centre: CentreInTest
    ) -> None:
        phone = centre.phone()
        [grant] = [g for g in centre.services.directory.grants(phone.member) if g.role == "volunteer"]
        clock = self.beacon_clock(centre, minutes_ago=60)
        centre.services.directory.end_grant(grant.id, ago(minutes=30))
        document = phone.write(new_record_id("lead"), "volunteer", lead_body(), clock=clock)

        verdict, _, doc = judged(centre, document)

        assert verdict == "accepted"
        assert [flag["code"] for flag in doc["receipts"][0]["flags"]] == ["grant_partial"]
        assert doc["receipts"][0]["grants"] == [grant.id]

    def test_what_another_process_granted_a_moment_ago_counts(self, centre: CentreInTest) -> None:
        phone = centre.phone(centre.member(("participant", "self")))
        centre.services.directory.accounts.close()  # as if the news of commits were late
        centre.services.directory.members()
        with open_centre(centre.services.settings.data) as web:
            web.services.directory.add_grant(phone.member, "volunteer", "self", ago(days=1))
            web.send(phone.lead())
            centre.work()

        verdict = centre.services.readmodel.verdict(phone.device, 1)
        assert verdict is not None
        assert verdict.verdict == "accepted"

    def test_a_grant_that_ended_before_the_beacon_does_not(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        [grant] = [g for g in centre.services.directory.grants(phone.member) if g.role == "volunteer"]
        centre.services.directory.end_grant(grant.id, ago(minutes=90))
        clock = self.beacon_clock(centre, minutes_ago=60)
        document = phone.write(new_record_id("lead"), "volunteer", lead_body(), clock=clock)

        assert judged(centre, document)[:2] == ("refused", ["no_grant"])

    def test_the_beacon_bounds_the_clock(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        clock = self.beacon_clock(centre, minutes_ago=60)
        document = phone.write(
            new_record_id("lead"), "volunteer", lead_body(), at=ago(minutes=20), clock=clock
        )
        clock_back = {**clock, "since_ms": 0, "skew_ms": -60 * 60_000}
        backdated = phone.write(
            new_record_id("lead"), "volunteer", lead_body(), at=ago(minutes=120), clock=clock_back
        )

        assert judged(centre, document)[2]["receipts"][0]["flags"] == []
        codes = [flag["code"] for flag in judged(centre, backdated)[2]["receipts"][0]["flags"]]
        assert "clock_skew" in codes
