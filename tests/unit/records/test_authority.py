"""Who may write what about whom (DESIGN 3, "may this role write this type about this subject")."""

from __future__ import annotations

import pytest

from server.records.authority import authority_problem
from server.records.record_type import KnownRecord
from tests.unit.records.bodies import (
    CHECK_EVENT,
    CLERK,
    DESK,
    LEAD,
    ORDER,
    PARTICIPANT,
    STATION,
    TOWNSHIP,
    VOLUNTEER,
    entry,
    good_body,
)

CENTRAL = {
    STATION: KnownRecord(STATION, "station", "system", "system", good_body("station")),
    ORDER: KnownRecord(ORDER, "service_order", CLERK, "prosecutor", good_body("service_order")),
    LEAD: KnownRecord(LEAD, "lead", VOLUNTEER, "volunteer", good_body("lead")),
    CHECK_EVENT: KnownRecord(
        CHECK_EVENT, "check_event", PARTICIPANT, "participant", good_body("check_event")
    ),
}


def grant(role: str, scope: str = "county") -> dict[str, str]:
    return {"id": "g1", "holder": "m1", "role": role, "scope": scope}


def code(entry_, *grants) -> str | None:
    problem = authority_problem(entry_, grants, CENTRAL.get)
    return problem.code if problem else None


def step_on(record: str, role: str, author: str = CLERK):
    return entry("step", good_body("step", record=record), role=role, author=author)


class TestRole:
    def test_a_volunteer_with_a_grant_records_a_lead(self):
        assert code(entry("lead"), grant("volunteer", "self")) is None

    def test_a_role_that_does_not_write_this_type_is_wrong_whatever_was_granted(self):
        assert code(entry("lead", role="auditor"), grant("auditor")) == "wrong_role"

    def test_without_a_grant_of_the_role_used_it_is_refused(self):
        assert code(entry("lead")) == "no_grant"
        assert code(entry("lead"), grant("participant", "self")) == "no_grant"

    @pytest.mark.parametrize("name", ["station", "service_order", "code_table"])
    def test_what_is_written_at_the_desk_is_not_taken_from_a_phone(self, name):
        assert code(entry(name, role="prosecutor"), grant("prosecutor")) == "desk_only"
        assert code(entry(name, role="prosecutor", device=DESK), grant("prosecutor")) is None


class TestTheMachine:
    """Author and role `system` go together, and only at the desk."""

    def test_the_machine_needs_no_grant_at_the_desk(self):
        assert code(entry("backup", author="system", role="system", device=DESK)) is None

    @pytest.mark.parametrize(
        "who",
        [
            {"author": "system", "role": "system"},
            {"author": VOLUNTEER, "role": "system", "device": DESK},
            {"author": "system", "role": "intake_clerk", "device": DESK},
        ],
    )
    def test_nobody_else_writes_in_its_name(self, who):
        assert code(step_on(LEAD, "") | who, grant("system"), grant("intake_clerk")) == "wrong_role"


class TestOwnRecords:
    """Volunteers and participants write about themselves alone, whatever the scope of their grant."""

    def test_a_participant_checks_in_on_an_order_of_his_own(self):
        event = entry("check_event", role="participant", author=PARTICIPANT)

        assert code(event, grant("participant", "self")) is None

    def test_a_participant_cannot_check_in_on_the_order_of_another(self):
        event = entry("check_event", role="participant", author=VOLUNTEER)

        assert code(event, grant("participant", "county")) == "not_own_record"

    def test_a_volunteer_adds_to_his_own_lead_and_to_no_other(self):
        assert code(step_on(LEAD, "volunteer", VOLUNTEER), grant("volunteer", "self")) is None
        assert code(step_on(LEAD, "volunteer", PARTICIPANT), grant("volunteer", "county")) == "not_own_record"


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "expected"),
        [
            ("county", None),
            (f"township:{TOWNSHIP}", None),
            ("township:371425001", "outside_scope"),
            (STATION, None),
            ("station:01jd00000000000000000000c9", "outside_scope"),
            ("self", "outside_scope"),
            ("unit:01jd00000000000000000000c1", "outside_scope"),
            ("galaxy", "outside_scope"),
        ],
    )
    def test_a_supervisor_confirms_only_where_the_grant_reaches(self, scope, expected):
        assert code(step_on(CHECK_EVENT, "supervisor"), grant("supervisor", scope)) == expected

    def test_one_grant_that_reaches_is_enough(self):
        far, near = grant("supervisor", "township:371425001"), grant("supervisor", f"township:{TOWNSHIP}")

        assert code(step_on(CHECK_EVENT, "supervisor"), far, near) is None

    def test_a_lead_without_a_township_is_the_countys_alone(self):
        body = good_body("lead", township=None)
        lead = entry("lead", body, role="intake_clerk", author=CLERK)

        assert code(lead, grant("intake_clerk", f"township:{TOWNSHIP}")) == "outside_scope"
        assert code(lead, grant("intake_clerk")) is None

    def test_a_step_on_a_record_that_central_does_not_hold_is_refused_by_name(self):
        step = step_on("lead:01jd00000000000000000000zz", "intake_clerk")

        assert code(step, grant("intake_clerk")) == "unknown_reference"
