"""What a record and its steps amount to (DESIGN 4, "Fold")."""

from __future__ import annotations

import pytest

from server.fold import FoldEntry, Severity, fold
from tests.unit.fold.histories import WORKFLOW, folded, lead, merge, step


class TestRegisters:
    """A field's candidates are the writers that no other writer has seen (DESIGN 4, "Fold")."""

    def test_a_record_without_steps_is_what_it_says_and_in_its_first_state(self):
        state = folded()

        assert state.value("title") == "坝坡被开垦"
        assert (state.state, state.heads, state.severity) == ("open", ("lead",), Severity.NONE)

    def test_a_value_written_without_seeing_the_other_is_a_hard_conflict(self):
        state = folded(
            step("a", base="lead", urgency="urgent"),
            step("a2", base="a", grid_no=73),
            step("b", base="lead", grid_no=71),
        )

        assert state.field("urgency").value == "urgent"
        assert state.field("grid_no").candidates == {"a2": 73, "b": 71}
        assert state.field("grid_no").value is None
        assert state.severity is Severity.HARD
        assert state.conflicts == ("grid_no",)

    def test_a_later_value_replaces_what_its_author_had_seen(self):
        state = folded(step("a", base="lead", grid_no=71), step("b", base="a", grid_no=73))

        assert state.field("grid_no").candidates == {"b": 73}
        assert state.severity is Severity.NONE

    def test_the_same_value_written_twice_is_no_conflict(self):
        state = folded(step("a", base="lead", grid_no=71), step("b", base="lead", grid_no=71))

        assert state.value("grid_no") == 71
        assert state.severity is Severity.SOFT

    def test_one_and_true_are_different_values_and_one_and_one_point_zero_are_not(self):
        one, true, point = (
            FoldEntry(n, ("lead",), "", None, {"x": v}, is_admitted=True)
            for n, v in (("a", 1), ("b", True), ("c", 1.0))
        )

        assert folded(one, true).conflicts == ("x",)
        assert folded(one, point).conflicts == ()

    def test_two_states_written_side_by_side_leave_the_state_undecided(self):
        state = folded(
            step("a", base="lead", action="take"),
            step("b", base="a", action="finish"),
            step("c", base="a", action="take"),
        )

        assert state.state is None
        assert state.state_candidates == {"b": "done", "c": "busy"}
        assert state.conflicts == ("to",)


class TestSoftAndHard:
    """Side by side without a common field is soft, if all of it may stand in the state that results."""

    def test_steps_side_by_side_on_different_fields_are_folded_and_noted(self):
        state = folded(step("a", base="lead", grid_no=71), step("b", base="lead", action="take"))

        assert (state.state, state.value("grid_no")) == ("busy", 71)
        assert state.severity is Severity.SOFT
        assert [(row.hash, row.is_concurrent) for row in state.history] == [("a", True), ("b", True)]

    def test_a_step_without_a_state_that_the_resulting_state_forbids_is_hard(self):
        taken = step("a", base="lead", action="take")
        done = step("b", base="a", action="finish")

        state = folded(taken, done, step("c", base="a", grid_no=71))

        assert state.state == "done"
        assert state.severity is Severity.HARD
        assert state.out_of_place == ("c",)

    def test_a_step_that_the_author_of_the_state_had_seen_is_not_out_of_place(self):
        state = folded(
            step("a", base="lead", action="take"),
            step("b", base="a", grid_no=71),
            step("c", base="b", action="finish"),
            step("d", base="a", action="tell", note="on my way"),
        )

        assert (state.state, state.severity) == ("done", Severity.SOFT)

    def test_what_a_step_merely_says_is_never_in_conflict(self):
        state = folded(
            step("a", base="lead", action="tell", note="one"),
            step("b", base="lead", action="tell", note="two"),
        )

        assert state.severity is Severity.SOFT
        assert [row.fields["note"] for row in state.history] == ["one", "two"]


class TestLegality:
    """A step is judged in the state folded from its own base, never the current one (DESIGN 4)."""

    def test_a_step_legal_where_its_author_stood_counts_though_the_state_went_on(self):
        state = folded(
            step("a", base="lead", action="take"),
            step("b", base="a", action="finish"),
            step("late", base="lead", action="take"),
        )

        assert state.refused == {}
        assert state.state_candidates == {"b": "done", "late": "busy"}

    def test_a_step_illegal_where_its_author_stood_is_refused_though_the_state_allows_it_now(self):
        state = folded(step("a", base="lead", action="take"), step("b", base="lead", action="finish"))

        assert [(hash_, problem.code) for hash_, problem in state.refused.items()] == [
            ("b", "action_not_now")
        ]
        assert state.state == "busy"

    def test_an_admitted_step_counts_in_spite_of_the_rule(self):
        admitted = FoldEntry("b", ("lead",), "finish", "done", role="prosecutor", is_admitted=True)

        assert folded(admitted).state == "done"


class TestHeld:
    """What hangs on something that does not count waits for it by name (DESIGN 4)."""

    def test_a_step_on_an_unknown_base_waits_for_it(self):
        state = folded(step("b", base="a", action="take"))

        assert state.held == {"b": ("a",)}
        assert state.state == "open"

    def test_a_step_on_two_bases_waits_for_the_one_that_is_missing(self):
        assert folded(step("b", base="lead a", action="take")).held == {"b": ("a",)}

    @pytest.mark.parametrize("how", ["at ingest", "by the workflow"])
    def test_a_step_on_a_refused_base_is_held_naming_it(self, how):
        action = "take" if how == "at ingest" else "finish"
        refused = FoldEntry("a", ("lead",), action, "done", role="prosecutor", is_refused=how == "at ingest")

        state = folded(refused, step("b", base="a", grid_no=71), step("c", base="b", grid_no=72))

        assert list(state.refused) == ["a"]
        assert state.held == {"b": ("a",), "c": ("b",)}

    def test_steps_that_name_each_other_in_a_ring_or_themselves_are_held(self):
        state = folded(step("a", base="b", grid_no=71), step("b", base="a", grid_no=72), step("c", base="c"))

        assert state.held == {"a": ("b",), "b": ("a",), "c": ("c",)}

    def test_a_step_without_any_base_is_held(self):
        assert folded(step("a", base="", grid_no=71)).held == {"a": ()}

    def test_admitting_the_base_frees_what_waited(self):
        admitted = FoldEntry("a", ("lead",), "finish", "done", role="prosecutor", is_admitted=True)

        state = folded(admitted, step("b", base="a", action="tell", note="x"))

        assert state.held == {}
        assert state.heads == ("b",)


class TestMerge:
    """A merge names all heads and settles field by field with a reason (DESIGN 4)."""

    CONFLICT = (step("a", base="lead", grid_no=71), step("b", base="lead", grid_no=73))

    def test_a_merge_settles_what_was_undecided(self):
        state = folded(*self.CONFLICT, merge("m", base="a b", grid_no=71))

        assert state.value("grid_no") == 71
        assert (state.heads, state.severity) == (("m",), Severity.NONE)

    def test_only_a_merge_may_follow_an_undecided_field(self):
        state = folded(*self.CONFLICT, step("c", base="a b", action="take"))

        assert state.refused["c"].code == "merge_needed"

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (merge("m", base="a b"), "merge_incomplete"),
            (merge("m", base="a b", grid_no=71, urgency="urgent"), "merge_beyond_conflict"),
            (merge("m", base="a b", grid_no=71, to="done"), "merge_to_no_candidate"),
            (merge("m", base="a b", grid_no=500), "too_big"),
            (merge("m", base="a", grid_no=71), "nothing_to_merge"),
            (step("m", base="a b", action="merge", grid_no=71), "required"),
            (
                step("m", base="a b", action="merge", grid_no=71, reason="r", role="volunteer"),
                "action_not_yours",
            ),
        ],
    )
    def test_a_merge_that_settles_too_little_or_too_much_is_refused(self, wrong, code):
        state = folded(*self.CONFLICT, wrong)

        assert state.refused["m"].code == code
        assert state.conflicts == ("grid_no",)

    def test_merges_made_side_by_side_are_folded_by_the_same_rule(self):
        first, second = merge("m1", base="a b", grid_no=71), merge("m2", base="a b", grid_no=73)

        state = folded(*self.CONFLICT, first, second)
        assert state.field("grid_no").candidates == {"m1": 71, "m2": 73}

        settled = folded(*self.CONFLICT, first, second, merge("m3", base="m1 m2", grid_no=73))
        assert (settled.value("grid_no"), settled.severity) == (73, Severity.NONE)

    def test_a_step_that_comes_later_on_one_side_opens_it_again(self):
        state = folded(
            *self.CONFLICT, merge("m", base="a b", grid_no=71), step("late", base="a", urgency="urgent")
        )

        assert (state.heads, state.severity) == (("late", "m"), Severity.SOFT)

    def test_a_merge_settles_a_step_that_was_out_of_place(self):
        steps = (
            step("a", base="lead", action="take"),
            step("b", base="a", action="finish"),
            step("c", base="a", grid_no=71),
        )

        state = folded(*steps, merge("m", base="b c"))

        assert (state.state, state.value("grid_no"), state.severity) == ("done", 71, Severity.NONE)

    def test_a_base_that_another_base_has_seen_makes_no_merge(self):
        state = folded(step("a", base="lead", grid_no=71), merge("m", base="lead a", grid_no=72))

        assert state.refused["m"].code == "nothing_to_merge"


class TestSealedEntries:
    """The fold takes entries as central holds them."""

    def test_a_record_and_a_step_as_signed_fold_to_the_state_of_the_step(self):
        who = {"author": "m1", "role": "prosecutor", "at": "2026-11-23T08:00:00+08:00"}
        record = {"hash": "r", "type": "lead", "body": {"title": "T"}, **who}
        body = {"record": "lead:1", "base": ["r"], "action": "take", "to": "busy", "fields": {}}
        taken = {"hash": "s", "type": "step", "body": body, **who, "at": "2026-11-23T09:00:00+08:00"}

        state = fold(FoldEntry.of(record), [FoldEntry.of(taken)], WORKFLOW)

        assert (state.state, state.value("title"), state.state_at) == (
            "busy",
            "T",
            "2026-11-23T09:00:00+08:00",
        )
        assert lead().hash not in state.heads
