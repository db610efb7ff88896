"""Volunteers, cases, visits, rectification, meetings: by whom, by which clock (DOMAIN 3.8a–3.12)."""

from __future__ import annotations

import pytest

from server.fold import FoldEntry, fold
from server.workflows import Workflow, workflow
from tests.unit.workflows.walk import ULID, walked

CASE = {
    "title": "坝坡开垦", "case_kind": "administrative", "case_no": "齐检行公〔2026〕1号",
    "leads": [f"lead:{ULID}"], "handlers": [f"m{ULID}"], "filed_on": "2026-11-02",
}  # fmt: skip
RECTIFICATION = {
    "case": f"pil_case:{ULID}", "unit": f"unit:{ULID}", "instrument": "recommendation", "title": "恢复坝坡",
    "demands": ["清除作物"], "reply_within": "two_months", "decided_on": "2026-11-02",
}  # fmt: skip


def record(name: str, body: dict) -> FoldEntry:
    return FoldEntry("r", schema=1, fields=body)


def open_to(flow: Workflow, role: str, *actions: str, body: dict | None = None, **given) -> set[str]:
    state = walked(flow, *actions, record=record(flow.name, body or {}), **given)
    return {action.name for action in flow.legal_actions(state, role)}


class TestCase:
    """DOMAIN 3.9: an administrative case is consulted and recommended, a civil one announced."""

    FLOW = workflow("pil_case")

    def test_what_a_kind_of_case_does_not_know_is_not_offered(self):
        to_do = open_to(self.FLOW, "prosecutor", "begin_investigation", body=CASE)
        civil = open_to(self.FLOW, "prosecutor", "begin_investigation", body={**CASE, "case_kind": "civil"})

        assert to_do == {"serve_decision", "consult", "begin_appraisal", "end_appraisal"}
        assert civil == {"serve_decision", "announce", "begin_appraisal", "end_appraisal"}

    def test_a_step_of_the_other_kind_is_refused_by_the_fold(self):
        root = record("pil_case", {**CASE, "case_kind": "civil"})
        begun = FoldEntry("s0", ("r",), "begin_investigation", "investigating", role="prosecutor")
        fields = {"consulted_on": "2026-11-10", "consultation": "已磋商"}
        consulted = FoldEntry("s1", ("s0",), "consult", "consulting", fields, role="prosecutor")

        assert fold(root, [begun, consulted], self.FLOW).refused["s1"].code == "action_not_now"

    def test_only_the_chief_issues_suspends_sues_and_closes(self):
        verbs = {"issue_recommendation", "suspend_case", "resume_case", "extend_review", "sue", "close_case"}

        assert {a.name for a in self.FLOW.actions.values() if a.by == {"chief_procurator"}} == verbs

    def test_a_suspended_case_goes_back_to_where_it_was(self):
        state = walked(
            self.FLOW, "begin_investigation", "suspend_case", "resume_case", record=record("c", CASE)
        )

        assert state.state == "investigating"


class TestVisit:
    """DOMAIN 3.10: without two of the procuratorate's people it is preliminary material."""

    FLOW = workflow("site_visit")
    TWO = (f"m{ULID}", f"m{ULID[:-1]}1")
    FIELD = ("begin_visit", "write_record", "upload")

    @pytest.mark.parametrize(
        ("present", "code"),
        [([TWO[0]], "too_few"), ([TWO[0], TWO[0]], "given_twice"), ([], "too_few"), (list(TWO), None)],
    )
    def test_as_evidence_it_is_sealed_by_two_different_people_present(self, present, code):
        state = walked(self.FLOW, *self.FIELD)
        fields = {"present": present, "manifest_hash": "0" * 64, "sealed_as": "evidence"}
        step = FoldEntry("s9", ("s2",), "seal_as_evidence", "sealed", fields, role="prosecutor")

        problem = self.FLOW.step_problem(step, state)

        assert (problem.code if problem else None) == code

    def test_what_was_sealed_as_preliminary_is_never_admitted(self):
        assert "admit_evidence" not in open_to(
            self.FLOW, "chief_procurator", *self.FIELD, "seal_as_preliminary"
        )

    def test_it_is_sealed_once_and_only_added_to(self):
        assert open_to(self.FLOW, "prosecutor", *self.FIELD, "seal_as_preliminary") == {"add_addendum"}

    def test_after_the_seal_the_team_holds_it_no_more(self):
        (view,) = self.FLOW.views

        assert (view.audience, view.states) == ("team", {"planned", "in_field", "uploaded"})


class TestRectification:
    """DOMAIN 3.11, 4.29: the agency writes measures and reply, a prosecutor alone finds."""

    FLOW = workflow("rectification")

    def test_what_the_agency_may_do(self):
        assert {a.name for a in self.FLOW.actions.values() if "agency_liaison" in a.by} == {
            "begin_work",
            "reply",
        }

    def test_a_reply_settles_nothing(self):
        assert walked(self.FLOW, "deliver", "reply").state == "replied"

    def test_nothing_is_found_done_without_a_finding(self):
        assert "find_done" not in open_to(self.FLOW, "prosecutor", "deliver", "reply", "verify")
        assert "find_done" in open_to(self.FLOW, "prosecutor", "deliver", "reply", "verify", "record_finding")

    def test_it_is_closed_after_both_look_backs(self):
        done = ("deliver", "reply", "verify", "record_finding", "find_done")

        assert "close_rectification" not in open_to(self.FLOW, "prosecutor", *done, "look_back_first")
        closed = walked(self.FLOW, *done, "look_back_first", "look_back_second", "close_rectification")
        assert closed.state == "closed"

    def test_not_performed_names_one_of_seven_grounds(self):
        (field,) = [f for f in self.FLOW.actions["find_failed"].form if f.name == "ground"]

        assert field.is_required
        assert len(field.choices) == 7


class TestMeeting:
    """DOMAIN 3.12."""

    def test_units_confirm_for_themselves_and_settle_nothing(self):
        flow = workflow("joint_meeting")
        state = walked(flow, "hold_meeting", "send_minutes", "confirm_minutes", "object_to_minutes")

        assert state.state == "minutes_out"
        assert walked(flow, "hold_meeting", "send_minutes", "settle_minutes").state == "confirmed"


class TestVolunteer:
    """DOMAIN 3.8a."""

    def test_nobody_is_active_before_the_pledge(self):
        flow = workflow("volunteer")

        assert walked(flow, "approve").state == "approved"
        assert walked(flow, "approve", "pledge_confidence").state == "active"

    def test_points_are_reversed_never_deleted(self):
        assert walked(workflow("volunteer_activity"), "reverse_points").state == "reversed"


CLOCKS = [
    ("pil_case", "decision", 7, "days", "70"),
    ("pil_case", "announcement", 30, "days", ""),
    ("pil_case", "review", 1, "months", "47"),
    ("pil_case", "civil_review", 3, "months", "47"),
    ("rectification", "service", 3, "days", "76"),
    ("rectification", "copy", 5, "days", "75"),
    ("rectification", "reply", 2, "months", "21"),
    ("rectification", "urgent_reply", 15, "days", "21"),
    ("rectification", "look_back", 6, "months", ""),
    ("rectification", "second_look_back", 12, "months", ""),
    ("joint_meeting", "silence", 5, "working_days", ""),
]


class TestClocksOfCases:
    @pytest.mark.parametrize(("name", "clock", "number", "unit", "article"), CLOCKS)
    def test_how_long_and_by_which_article(self, name, clock, number, unit, article):
        (found,) = [each for each in workflow(name).clocks if each.name == clock]

        assert (found.amount.number, found.amount.unit, found.law.article) == (number, unit, article)
