"""Service sessions and evaluations: who decides what about a person's hours and conduct (DOMAIN 3.5, 3.7)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from server.deadlines import WorkingDays, due_date
from server.deadlines.timeline import timeline_of
from server.fold import FoldEntry, fold
from server.records.record_type import KnownRecord
from server.records.registry import record_type
from server.workflows import workflow
from server.workflows.declaration_error import DeclarationError
from server.workflows.declarations import parsed
from tests.unit.workflows.walk import ULID, walked

SESSION = workflow("service_session")
EVALUATION = workflow("evaluation")


POINTS = {"attendance": 95, "attitude": 80, "work_quality": 88, "rule_keeping": 100}
FIELDS = (
    {**POINTS, "grade": "qualified", "station_comment": "按时到岗"},
    {},
    {"evidence_hash": "0" * 64, "total": 90.9, "weights": "attendance:100"},
    {"statement": "应当是优秀"},
)
"""Of the steps submit, review, accept and object."""


def review(hash_: str, author: str, grade: str) -> FoldEntry:
    return FoldEntry(
        hash_,
        ("s3",),
        "review_objection",
        "reviewed",
        {"grade": grade},
        "查明",
        author=author,
        role="prosecutor",
    )


def offered(flow, role: str, *actions: str) -> set[str]:
    return {action.name for action in flow.legal_actions(walked(flow, *actions), role)}


def due_days(flow, *actions: str, **given) -> dict[str, date]:
    """The due dates where everything happened on Friday 20 November 2026."""
    state = walked(flow, *actions, **given)
    at = "2026-11-20T02:00:00.000Z"
    line = timeline_of(
        state,
        initial_state=flow.initial,
        received_at=at,
        step_received_at={row.hash: at for row in state.history},
        zone=ZoneInfo("Asia/Shanghai"),
    )
    found = {clock.name: due_date(clock, line, date(2026, 11, 20), WorkingDays()) for clock in flow.clocks}
    return {name: due.on for name, due in found.items() if due}


class TestSession:
    @pytest.mark.parametrize("name", ["credit", "part_credit", "reject"])
    def test_minutes_are_decided_by_township_or_prosecutor_and_never_by_a_supervisor(self, name):
        assert SESSION.actions[name].by == {"township_staff", "prosecutor"}

    def test_nothing_is_credited_that_nobody_confirmed(self):
        assert offered(SESSION, "prosecutor", "end") == {"reject", "void"}
        assert offered(SESSION, "prosecutor", "end", "confirm") == {"credit", "part_credit", "reject", "void"}

    def test_what_a_supervisor_denies_is_in_dispute_and_not_lost(self):
        assert walked(SESSION, "end", "deny").state == "disputed"
        assert "credit" not in offered(SESSION, "township_staff", "end", "deny")

    @pytest.mark.parametrize("decision", ["credit", "part_credit", "reject"])
    def test_the_participant_may_dispute_every_decision(self, decision):
        assert offered(SESSION, "participant", "end", "confirm", decision) == {"dispute"}

    def test_a_flag_is_cleared_back_to_where_the_session_was(self):
        flagged = ("end", "confirm", "flag_session")

        assert walked(SESSION, *flagged, "clear_flag").state == "confirmed"
        assert offered(SESSION, "township_staff", *flagged) == {"clear_flag", "part_credit", "reject"}

    def test_reported_and_credited_minutes_are_different_fields(self):
        state = walked(
            SESSION, "end", "confirm", "credit", end={"reported_min": 160}, credit={"credited_min": 150}
        )

        assert (state.value("reported_min"), state.value("credited_min")) == (160, 150)

    def test_confirmation_has_three_working_days_and_a_dispute_five(self):
        denied = {"end": {"ended_on": "2026-11-20"}, "deny": {"denied_on": "2026-11-19"}}
        assert due_days(SESSION, "end", "deny", **denied) == {
            "confirmation": date(2026, 11, 25),
            "denial_review": date(2026, 11, 26),  # from the station's word, whenever it came
        }
        objected = due_days(SESSION, "end", "confirm", "credit", "dispute", end={"ended_on": "2026-11-20"})
        assert objected["dispute_review"] == date(2026, 11, 27)


class TestEvaluation:
    ROAD = ("submit", "review", "accept")

    def test_from_the_station_to_the_end(self):
        assert walked(EVALUATION, *self.ROAD, "read_back", "finalise").state == "final"
        assert walked(EVALUATION, *self.ROAD, "object", "review_objection", "finalise").state == "final"
        assert walked(EVALUATION, "submit", "send_back", "submit", "review").state == "township_reviewed"

    @pytest.mark.parametrize(
        ("actions", "by"),
        [
            ((), {"supervisor": {"submit"}, "township_staff": set()}),
            (ROAD[:1], {"township_staff": {"review", "send_back"}, "prosecutor": {"send_back"}}),
            (ROAD[:2], {"prosecutor": {"accept", "send_back"}, "supervisor": set()}),
            (ROAD, {"participant": {"read_back", "object"}, "prosecutor": {"finalise"}}),
        ],
    )
    def test_each_has_a_turn(self, actions, by):
        assert {role: offered(EVALUATION, role, *actions) for role in by} == by

    def test_an_objection_has_three_working_days_and_its_review_five(self):
        assert due_days(EVALUATION, *self.ROAD, "object") == {
            "objection": date(2026, 11, 25),
            "objection_review": date(2026, 11, 27),
        }


class TestAnotherPerson:
    """Whoever had a part in an evaluation does not review the objection to it (DOMAIN 4, rows 8 and 20)."""

    OBJECTED = ("submit", "review", "accept", "object")

    def folded(self, *reviews: FoldEntry, settled_by: str = ""):
        """The evaluation by m0, m1 and m2, objected to by m3, with these reviews of the objection."""
        steps = [
            FoldEntry(f"s{n}", (f"s{n - 1}" if n else "r",), name, EVALUATION.actions[name].to, fields, None,
                      author=f"m{n}", role=min(EVALUATION.actions[name].by))
            for n, (name, fields) in enumerate(zip(self.OBJECTED, FIELDS, strict=True))
        ]  # fmt: skip
        return fold(FoldEntry("r"), [*steps, *reviews], EVALUATION)

    @pytest.mark.parametrize("author", ["m0", "m1", "m2"])
    def test_a_review_by_somebody_who_took_part_has_no_effect(self, author):
        state = self.folded(review("a", author, "excellent"))

        assert (state.state, state.value("grade")) == ("objection", "qualified")
        assert state.refused["a"].code == "another_person"

    def test_a_review_by_a_third_person_counts(self):
        state = self.folded(review("a", "m8", "excellent"))

        assert (state.state, state.value("grade"), state.refused) == ("reviewed", "excellent", {})

    def test_nor_does_somebody_who_took_part_settle_two_reviews_written_side_by_side(self):
        both = review("a", "m8", "excellent"), review("b", "m9", "unqualified")

        def merged(author: str) -> FoldEntry:
            return FoldEntry("c", ("a", "b"), "merge", None, {"grade": "excellent"}, "查明", author=author,
                             role="prosecutor")  # fmt: skip

        assert self.folded(*both, merged("m2")).value("grade") is None
        assert self.folded(*both, merged("m7")).value("grade") == "excellent"

    def test_what_is_for_another_is_not_offered(self):
        state = walked(EVALUATION, *self.OBJECTED)

        assert EVALUATION.legal_actions(state, "prosecutor", "m2") == []
        assert [a.name for a in EVALUATION.legal_actions(state, "prosecutor", "m7")] == ["review_objection"]

    def test_a_file_that_names_no_action_there_stops_the_program(self):
        table = {
            "initial": "a",
            "states": ["a"],
            "actions": {"go": {"from": ["a"], "by": [], "not_by": ["gone"]}},
        }

        with pytest.raises(DeclarationError, match="gone"):
            parsed("errand", table)


class TestDeclaredTypes:
    def test_an_evaluation_is_about_whom_its_order_is_about(self):
        order = {"participant": f"m{ULID}", "stations": [f"station:{ULID}"]}
        known = {
            f"service_order:{ULID}": KnownRecord(f"service_order:{ULID}", "service_order", "", "", order),
            f"station:{ULID}": KnownRecord(f"station:{ULID}", "station", "", "", {"township": "371425104"}),
        }
        kind = record_type("evaluation")
        assert kind is not None
        record = KnownRecord(f"evaluation:{ULID}", "evaluation", "", "", {"order": f"service_order:{ULID}"})

        subject = kind.subject(record, known.get)

        assert (subject.members, subject.townships) == ({f"m{ULID}"}, {"371425104"})
        assert tuple(kind.references(record.body)) == (f"service_order:{ULID}",)
        assert kind.is_desk_only
