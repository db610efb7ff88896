"""Laws that hold for every set of steps (DESIGN 4: "The fold depends on the set of steps alone")."""

from __future__ import annotations

import dataclasses
import time

from hypothesis import assume, given
from hypothesis import strategies as st

from server.fold import Severity, fold
from tests.unit.fold.histories import WORKFLOW, ancestors, folded, forks, histories, lead, merge_of, step


class TestOrder:
    @given(histories(), st.randoms(use_true_random=False))
    def test_the_order_of_arrival_never_matters(self, history, random):
        shuffled = list(history)
        random.shuffle(shuffled)

        assert folded(*shuffled) == folded(*history)

    @given(histories(), st.randoms(use_true_random=False))
    def test_what_arrives_twice_counts_once(self, history, random):
        twice = [*history, *history]
        random.shuffle(twice)

        assert folded(*twice) == folded(*history)

    @given(histories())
    def test_the_history_names_each_counted_step_once_and_after_its_base(self, history):
        state = folded(*history)
        places = {row.hash: place for place, row in enumerate(state.history)}

        assert len(places) == len(state.history)
        assert all(places.get(base, -1) < places[row.hash] for row in state.history for base in row.base)


class TestEveryStepHasOnePlace:
    @given(histories())
    def test_a_step_counts_or_is_held_or_is_refused_and_nothing_is_lost(self, history):
        state = folded(*history)
        counted = {row.hash for row in state.history}

        assert sorted([*counted, *state.held, *state.refused]) == sorted(one.hash for one in history)

    @given(histories())
    def test_what_is_held_waits_for_something_that_does_not_count(self, history):
        state = folded(*history)
        counted = {"lead", *(row.hash for row in state.history)}

        assert all(names and not counted & set(names) for names in state.held.values())

    @given(histories())
    def test_taking_away_what_does_not_count_changes_nothing_that_does(self, history):
        state = folded(*history)
        counted = {row.hash for row in state.history}

        alone = folded(*(one for one in history if one.hash in counted))

        assert dataclasses.replace(alone, held=state.held, refused=state.refused) == state


class TestRegistersAgainstThePlainDefinition:
    """The fold keeps registers step by step; here they are found by the definition itself."""

    @given(histories())
    def test_candidates_are_the_counted_writers_that_no_other_writer_has_seen(self, history):
        state = folded(*history)
        counted = [one for one in history if one.hash in {row.hash for row in state.history}]
        seen = {one.hash: ancestors(counted, one.hash) - {one.hash} for one in counted}
        for name in ("urgency", "grid_no"):
            writers = {one.hash: one.fields[name] for one in counted if name in one.fields}
            expected = {
                w: value for w, value in writers.items() if not any(w in seen[other] for other in writers)
            }
            actual = dict(state.fields[name].candidates) if name in state.fields else {}
            assert actual == expected

    @given(histories())
    def test_heads_are_the_counted_steps_that_no_other_has_seen(self, history):
        state = folded(*history)
        bases = {base for row in state.history for base in row.base}

        assert set(state.heads) == {"lead", *(row.hash for row in state.history)} - bases

    @given(histories())
    def test_one_head_with_every_register_decided_is_all_it_takes_to_be_settled(self, history):
        state = folded(*history)

        if len(state.heads) == 1:
            assert (state.severity is Severity.NONE) == (state.conflicts == ())
        else:
            assert state.severity is not Severity.NONE


class TestMerging:
    @given(forks())
    def test_a_merge_of_all_heads_settles_everything(self, history):
        state = folded(*history)
        assert len(state.heads) > 1

        settled = folded(*history, merge_of(state, "zz"))

        assert settled.heads == ("zz",)
        assert (settled.severity, settled.conflicts, settled.out_of_place) == (Severity.NONE, (), ())

    @given(forks())
    def test_a_merge_leaves_what_was_decided_as_it_was(self, history):
        state = folded(*history)
        assert len(state.heads) > 1

        settled = folded(*history, merge_of(state, "zz"))

        decided = {name: r.value for name, r in state.fields.items() if r.is_decided}
        assert {name: settled.value(name) for name in decided} == decided


class TestGrowth:
    @given(histories(), st.integers(0, 12))
    def test_a_step_that_counts_goes_on_counting_when_others_arrive(self, history, cut):
        """Whatever arrives later, a verdict by one's own base stands."""
        earlier = {row.hash for row in folded(*history[:cut]).history}

        assert earlier <= {row.hash for row in folded(*history).history}

    @given(histories())
    def test_a_step_held_for_an_unknown_base_changes_nothing_settled(self, history):
        state = folded(*history)

        more = folded(*history, step("zz", base="nobody", grid_no=99))

        assert dict(more.held) == {**state.held, "zz": ("nobody",)}
        assert dataclasses.replace(more, held=state.held) == state

    @given(histories())
    def test_a_legal_step_on_every_head_leaves_nothing_side_by_side(self, history):
        state = folded(*history)
        assume(state.severity is not Severity.HARD)

        last = folded(*history, step("zz", base=" ".join(state.heads), action="tell", note="seen"))

        assert (last.heads, last.severity) == (("zz",), Severity.NONE)


class TestCost:
    def test_fifty_steps_fold_in_a_few_milliseconds(self):
        """Each on the other, then all side by side; the best of five, for other work runs here too."""
        chain = [step("s00", base="lead", grid_no=1)]
        chain += [step(f"s{n:02d}", base=f"s{n - 1:02d}", grid_no=1 + n) for n in range(1, 50)]
        fan = [step(f"s{n:02d}", base="lead", action="tell", note="x") for n in range(50)]
        for steps in (chain, fan):
            took_ms = []
            for _again in range(5):
                began = time.perf_counter()
                state = fold(lead(), steps, WORKFLOW)
                took_ms.append((time.perf_counter() - began) * 1000)
            assert len(state.history) == 50
            assert min(took_ms) < 5
