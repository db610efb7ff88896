"""The service order: every transition, by whom DOMAIN says (3.2)."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from server.deadlines import WorkingDays, due_date
from server.deadlines.timeline import timeline_of
from server.fold import FoldEntry, fold
from server.workflows import workflow
from tests.unit.workflows.walk import walked

FLOW = workflow("service_order")
TO_WORK = ("offer", "pledge", "assign", "start")
TO_END = (*TO_WORK, "meet_hours", "evaluate", "pass", "decide")


def offered_to(role: str, *actions: str) -> set[str]:
    return {action.name for action in FLOW.legal_actions(walked(FLOW, *actions), role)}


class TestMainRoad:
    @pytest.mark.parametrize(
        ("action", "before", "by", "state"),
        [
            ("offer", (), {"prosecutor"}, "offered"),
            ("pledge", TO_WORK[:1], {"participant"}, "pledged"),
            ("decline", TO_WORK[:1], {"participant"}, "declined"),
            ("assign", TO_WORK[:2], {"township_staff", "prosecutor"}, "assigned"),
            ("start", TO_WORK[:3], {"system"}, "in_progress"),
            ("meet_hours", TO_WORK, {"system"}, "hours_met"),
            ("evaluate", TO_END[:5], {"township_staff", "prosecutor", "system"}, "evaluating"),
            ("pass", TO_END[:6], {"prosecutor"}, "passed"),
            ("fail", TO_END[:6], {"prosecutor"}, "not_passed"),
            ("decide", TO_END[:7], {"chief_procurator"}, "decided"),
            ("archive", TO_END, {"prosecutor"}, "archived"),
        ],
    )
    def test_each_transition_is_taken_by_whom_the_domain_says(self, action, before, by, state):
        assert FLOW.actions[action].by == by
        assert all(action in offered_to(role, *before) for role in by)
        assert walked(FLOW, *before, action).state == state

    def test_a_supervisor_decides_nothing_about_an_order(self):
        assert all("supervisor" not in action.by for action in FLOW.actions.values())

    def test_an_order_of_schema_1_begins_where_it_always_began(self):
        assert walked(FLOW, record=FoldEntry("r", schema=1)).state == "assigned"
        assert walked(FLOW).state == "draft"


class TestWithdrawing:
    """Finding 1: voluntary service; the right to stop at any time, without a reason or a mark."""

    @pytest.mark.parametrize("count", range(1, 8))
    def test_the_participant_may_withdraw_at_any_time_before_the_decision(self, count):
        before = TO_END[:count]

        assert "withdraw" in offered_to("participant", *before)
        assert walked(FLOW, *before, "withdraw").state == "withdrawn"

    def test_neither_a_reason_nor_a_field_is_asked_for(self):
        for name in ("withdraw", "decline"):
            action = FLOW.actions[name]
            assert (action.needs_reason, [f for f in action.form if f.is_required]) == (False, [])

    def test_nobody_else_withdraws_for_them(self):
        assert FLOW.actions["withdraw"].by == {"participant"}

    @pytest.mark.parametrize("name", ["enter_decline", "enter_pledge", "enter_withdrawal"])
    def test_what_was_signed_on_paper_is_entered_with_the_papers_number(self, name):
        action = FLOW.actions[name]
        required = {field.name for field in action.form if field.is_required}

        assert action.by == {"prosecutor"}
        assert required & {"paper_ref", "pledge_ref"}


class TestSuspension:
    @pytest.mark.parametrize(("before", "state"), [(TO_WORK[:3], "assigned"), (TO_WORK, "in_progress")])
    def test_it_resumes_where_it_was(self, before, state):
        assert walked(FLOW, *before, "suspend").state == "suspended"
        assert walked(FLOW, *before, "suspend", "resume").state == state

    def test_the_state_to_return_to_is_the_workflow_s_to_say(self):
        state = walked(FLOW, *TO_WORK)
        fields = {"suspend_ground": "flood", "suspended_in": "hours_met"}
        step = FoldEntry("x", state.heads, "suspend", "suspended", fields, "汛情", role="prosecutor")

        found = FLOW.step_problem(step, state)

        assert found is not None
        assert (found.code, found.field) == ("field_is_given", "suspended_in")

    def test_resuming_to_another_state_is_refused(self):
        state = walked(FLOW, *TO_WORK, "suspend")
        step = FoldEntry("x", state.heads, "resume", "hours_met", {}, role="prosecutor")

        found = FLOW.step_problem(step, state)

        assert found is not None
        assert found.code == "action_leads_elsewhere"


class TestBreach:
    """terminated only after hearing the participant."""

    def test_a_breach_alone_cannot_end_the_service(self):
        found = offered_to("prosecutor", *TO_WORK, "record_breach")

        assert found == {"hear", "dismiss_breach", "enter_withdrawal"}

    def test_after_the_hearing_it_may(self):
        heard = (*TO_WORK, "record_breach", "hear")

        assert offered_to("prosecutor", *heard) == {"dismiss_breach", "terminate", "enter_withdrawal"}
        assert walked(FLOW, *heard, "terminate").state == "terminated"

    def test_what_was_said_must_be_written_down(self):
        required = {f.name for f in FLOW.actions["hear"].form if f.is_required}

        assert required == {"heard_on", "heard_how", "statement"}

    def test_a_second_breach_is_heard_anew(self):
        again = (*TO_WORK, "record_breach", "hear", "dismiss_breach", "record_breach")

        assert walked(FLOW, *again[:-1]).state == "in_progress"
        assert "terminate" not in offered_to("prosecutor", *again)


class TestReopening:
    @pytest.mark.parametrize("end", [("archive",), ()])
    def test_only_the_prosecutor_reopens_and_says_why(self, end):
        action = FLOW.actions["reopen"]

        assert (action.by, action.needs_reason) == ({"prosecutor"}, True)
        assert walked(FLOW, *TO_END, *end, "reopen", "continue").state == "in_progress"


class TestAmendments:
    @pytest.mark.parametrize("name", ["extend_due", "change_stations", "accommodate", "change_caps"])
    def test_an_amendment_leaves_the_state_and_needs_a_reason(self, name):
        assert walked(FLOW, *TO_WORK, name).state == "in_progress"
        assert FLOW.actions[name].needs_reason

    def test_a_new_due_date_is_the_due_date(self):
        state = walked(FLOW, *TO_WORK, "extend_due", extend_due={"due_on": "2026-12-11"})

        assert state.value("due_on") == "2026-12-11"

    def test_two_amendments_that_did_not_see_each_other_wait_for_a_person(self):
        roots = {"due_on": "2026-12-11"}, {"due_on": "2026-12-12"}
        steps = [
            FoldEntry(str(n), ("r",), "extend_due", None, row, "病假", role="prosecutor")
            for n, row in enumerate(roots)
        ]

        assert fold(FoldEntry("r", schema=2), steps, FLOW).conflicts == ("due_on",)


class TestOffer:
    def test_the_stage_of_review_asks_for_its_first_day_and_track(self):
        state = walked(FLOW)
        base = {"due_on": "2026-12-11", "notice_document": "告知书1号", "notice_served_on": "2026-11-23"}

        def problem(**more):
            fields = {**base, **more}
            step = FoldEntry("x", ("r",), "offer", "offered", fields, role="prosecutor")
            found = FLOW.step_problem(step, state)
            return (found.code, found.field) if found else None

        assert problem(stage="investigation") is None
        assert problem(stage="review") == ("required", "review_from")
        assert problem(stage="review", review_from="2026-11-23") == ("required", "review_track")
        assert problem(stage="review", review_from="2026-11-23", review_track="fast") is None


class TestClocks:
    """刑事诉讼法 172, 180, 181; Rules 379-386."""

    @pytest.mark.parametrize(
        ("track", "extended", "name", "on"),
        [
            ("ordinary", False, "review", date(2026, 12, 23)),
            ("ordinary", True, "review", date(2027, 1, 7)),
            ("fast", False, "review_fast", date(2026, 12, 3)),
            ("fast_longer", False, "review_fast_longer", date(2026, 12, 8)),
        ],
    )
    def test_one_review_runs_as_its_track_says(self, track, extended, name, on):
        offer = {"review_from": "2026-11-23", "review_track": track, "stage": "review"}
        actions = ("offer", "extend_review") if extended else ("offer",)

        running = self.running(walked(FLOW, *actions, offer=offer))

        assert {n: d for n, d in running.items() if n.startswith("review")} == {name: on}

    def test_appeals_have_seven_days_from_service_and_their_review_three_months_or_six(self):
        served = {"victim_served_on": "2026-11-20", "participant_served_on": "2026-11-22"}
        appealed = {"appealed_on": "2026-11-27", "appealed_by": "victim"}
        steps = (*TO_END, "serve_decision", "record_appeal")
        given = {"serve_decision": served, "record_appeal": appealed}

        running = self.running(walked(FLOW, *steps, **given))
        longer = self.running(walked(FLOW, *steps, "extend_appeal_review", **given))

        assert running["victim_appeal"] == date(2026, 11, 27)
        assert running["participant_appeal"] == date(2026, 11, 30)  # the 29th is a Sunday
        assert (running["appeal_review"], longer["appeal_review"]) == (date(2027, 3, 1), date(2027, 5, 27))

    @staticmethod
    def running(state):
        line = timeline_of(
            state,
            initial_state="draft",
            received_at="2026-11-23T00:00:00Z",
            step_received_at=dict.fromkeys((row.hash for row in state.history), "2026-11-23T01:00:00Z"),
            zone=UTC,
        )
        found = {
            clock.name: due_date(clock, line, date(2026, 11, 23), WorkingDays()) for clock in FLOW.clocks
        }
        return {name: due.on for name, due in found.items() if due}
