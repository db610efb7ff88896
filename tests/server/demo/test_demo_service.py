"""Who tries the demo can walk through the whole service (DOMAIN 3.1, 3.2, 3.7)."""

from __future__ import annotations

from collections import Counter

import pytest

from server.demo.people import NEWCOMER
from server.participants import people
from server.services import Services


def states_of(services: Services, record_type: str) -> Counter[str | None]:
    rows = services.couch.open("central").all_docs(start=f"{record_type}:", end=f"{record_type};")
    found = [services.readmodel.record(row.id) for row in rows]
    return Counter(row.state.state for row in found if row is not None)


class TestService:
    def test_notice_pledge_and_read_back_are_there_to_be_signed(self, services: Services):
        rows = services.couch.open("central").all_docs(start="notice:", end="notice;", include_docs=True)

        kinds = sorted(row.doc["entry"]["body"]["kind"] for row in rows if row.doc)
        assert kinds == ["notice", "pledge", "read_back"]

    def test_one_offer_waits_for_an_answer(self, services: Services):
        assert states_of(services, "service_order")["offered"] == 1

    def test_one_evaluation_waits_for_its_participant_and_one_for_the_station(self, services: Services):
        states = states_of(services, "evaluation")

        assert states["prosecutor_accepted"] == 1
        assert states["draft"] >= 1

    def test_times_are_asked_for_and_booked(self, services: Services):
        assert states_of(services, "slot")["booked"] >= 1

    @pytest.mark.parametrize("code", [NEWCOMER, "甲-01"])
    def test_a_participant_is_a_code_in_lists_and_has_a_sealed_identity(self, services: Services, code: str):
        (member,) = [one for one in services.directory.members() if one.name == code]

        identity = people(services).open(member.id)
        assert identity is not None
        assert identity.display_code == code
        assert identity.name != code
        assert services.readmodel.record(f"participant:{member.id[1:]}") is not None
