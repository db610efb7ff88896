"""A lead of schema 2 through the real ingest: taken whole, and refused with the field that is wrong."""

from __future__ import annotations

import pytest

from server.records.names import new_record_id
from tests.unit.records.bodies import good_lead_2


def verdict_of(centre, **changes):
    phone = centre.phone()
    lead = phone.write(new_record_id("lead"), "volunteer", good_lead_2(**changes), schema=2)
    centre.send(lead)
    centre.work()
    row = centre.services.readmodel.verdict(phone.device, 1)
    return row.verdict, [(reason["code"], reason["params"].get("field")) for reason in row.reasons]


class TestLeadOfSchema2:
    """ARCHITECTURE, "Leads: who holds what"."""

    def test_it_is_accepted(self, centre):
        assert verdict_of(centre) == ("accepted", [])

    def test_a_related_lead_need_not_have_come(self, centre):
        assert verdict_of(centre, related=[new_record_id("lead")]) == ("accepted", [])

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"places": [{"kind": "stake", "grid_no": 190}]}, "too_big"),
            ({"urgency_criterion": None}, "required"),
            ({"media": None}, "photo_or_reason_needed"),
            ({"description": "字" * 20_001}, "too_long"),
        ],
    )
    def test_what_is_wrong_is_refused_by_name(self, centre, changes, code):
        verdict, reasons = verdict_of(centre, **changes)

        assert verdict == "refused"
        assert [found for found, _ in reasons] == ["fields_wrong", code]
