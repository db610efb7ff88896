"""Official numbers are allotted in receipts; the state of files is copied beside the entry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.entries import CentreInTest, LogDocument, photo

YEAR = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).year


class TestNumbers:
    """DOMAIN 3.8: lead_no, only on registration."""

    def test_leads_are_numbered_in_the_order_of_registration(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        leads = [phone.lead() for _ in range(3)]
        centre.send(*leads)
        centre.work()
        for lead in (leads[2], leads[0]):
            centre.step(lead["entry"]["id"], "register", to="registered")
            centre.work()

        numbers = [centre.services.readmodel.number_of(lead["entry"]["id"]) for lead in leads]

        assert numbers == [f"齐检益线〔{YEAR}〕2号", None, f"齐检益线〔{YEAR}〕1号"]

    def test_many_registrations_at_once_get_different_numbers(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        leads = [phone.lead() for _ in range(5)]
        centre.send(*leads)
        centre.work()
        for lead in leads:
            centre.step(lead["entry"]["id"], "register", to="registered")
        centre.work()

        numbers = {centre.services.readmodel.number_of(lead["entry"]["id"]) for lead in leads}

        assert numbers == {f"齐检益线〔{YEAR}〕{n}号" for n in range(1, 6)}

    def test_a_second_registration_repeats_the_number(self, centre: CentreInTest) -> None:
        lead = centre.phone().lead()
        centre.send(lead)
        centre.work()
        steps = [centre.step(lead["entry"]["id"], "register", to="registered") for _ in range(2)]
        centre.work()

        receipts = [centre.central(step.id)["receipts"][-1] for step in steps]  # type: ignore[index]

        assert [receipt["number"] for receipt in receipts] == [f"齐检益线〔{YEAR}〕1号"] * 2

    def test_a_rebuild_replays_numbers_and_allots_none(self, centre: CentreInTest) -> None:
        lead = centre.phone().lead()
        centre.send(lead)
        centre.work()
        centre.step(lead["entry"]["id"], "register", to="registered")
        centre.work()
        counter = centre.central(f"counter:lead:{YEAR}")
        centre.services.couch.change_epoch()
        centre.work()

        assert centre.services.readmodel.number_of(lead["entry"]["id"]) == f"齐检益线〔{YEAR}〕1号"
        assert centre.central(f"counter:lead:{YEAR}") == counter


def arrival(document: LogDocument, number: int, state: str = "verified") -> dict[str, Any]:
    told = document["entry"]["body"]["media"][number - 1]
    return {
        "_id": f"media:{document['_id']}:{number}",
        "sha256": told["sha256"],
        "size": told["size"],
        "type": told["type"],
        "state": state,
        "received_at": "2026-11-23T06:00:00.000+00:00",
    }


def states(centre: CentreInTest, document: LogDocument) -> list[tuple[int, str]]:
    doc = centre.central(document["entry"]["id"])
    assert doc is not None
    return [(file["number"], file["state"]) for file in doc["media"]]


class TestMedia:
    """ARCHITECTURE, Contracts, "Media arrivals"."""

    def test_files_are_expected_until_they_arrive(self, centre: CentreInTest) -> None:
        document = centre.phone().lead(media=[photo(b"a"), photo(b"b")])
        centre.send(document)
        centre.work()
        assert states(centre, document) == [(1, "expected"), (2, "expected")]

        centre.send(arrival(document, 2))
        centre.work()
        assert states(centre, document) == [(1, "expected"), (2, "verified")]

        centre.send(arrival(document, 1, "mismatch"))
        centre.work()
        assert states(centre, document) == [(1, "mismatch"), (2, "verified")]

    def test_an_arrival_is_a_new_verdict_row_and_reaches_the_view(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        document = phone.lead(media=[photo()])
        centre.send(document)
        centre.work()
        seen = centre.services.readmodel.verdicts(phone.device, None, 10)

        centre.send(arrival(document, 1))
        centre.work()

        page = centre.services.readmodel.verdicts(phone.device, seen.cursor, 10)
        assert [row.as_json()["media"] for row in page.rows] == [[{"number": 1, "state": "verified"}]]
        view = centre.member_feed(phone.member)[document["entry"]["id"]]
        assert view["media"] == [{"number": 1, "state": "verified"}]

    def test_arrivals_that_are_read_before_their_entry_are_not_lost(self, centre: CentreInTest) -> None:
        document = centre.phone().lead(media=[photo()])
        centre.send(arrival(document, 1))
        centre.work()
        centre.send(document)
        centre.work()

        assert states(centre, document) == [(1, "verified")]

    def test_a_held_entry_keeps_the_state_of_its_files_when_it_is_set_free(
        self, centre: CentreInTest
    ) -> None:
        phone = centre.phone()
        document = phone.lead(media=[photo()])
        document["entry"]["sig"] = "A" * 86
        centre.send(document, arrival(document, 1))
        centre.work()
        centre.admit(document)
        centre.work()

        assert states(centre, document) == [(1, "verified")]
