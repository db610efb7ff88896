"""The declared workflows and the engine that runs them (DESIGN 4, "Workflows")."""

from __future__ import annotations

import pytest

from server.fold import FoldEntry, RecordState, fold
from server.workflows import Workflow, workflow, workflow_names
from server.workflows.declarations import DeclarationError, parsed

GOOD = {
    "initial": "open",
    "states": ["open", "done"],
    "actions": {"finish": {"from": ["open"], "to": "done", "by": ["prosecutor"]}},
}


def walked(flow: Workflow, *actions: str) -> RecordState:
    """The state after these actions, each on the one before, by somebody who may."""
    steps, head = [], "r"
    for number, name in enumerate(actions):
        action = flow.actions[name]
        said = dict.fromkeys(action.fields.fields, "写明情况")
        role = min(action.by)
        steps.append(FoldEntry(f"s{number}", (head,), name, action.to, said, "原因", role=role))
        head = f"s{number}"
    state = fold(FoldEntry("r"), steps, flow)
    assert state.refused == {}
    return state


def names(flow: Workflow, state: RecordState, role: str) -> list[str]:
    return [action.name for action in flow.legal_actions(state, role)]


def problem(flow: Workflow, state: RecordState, action: str, role: str, to=None, reason=None, **fields):
    found = flow.step_problem(FoldEntry("x", ("r",), action, to, fields, reason, role=role), state)
    return (found.code, found.field) if found else None


class TestLead:
    """DOMAIN 3.8, the part that is built."""

    FLOW = workflow("lead")

    def test_from_the_phone_to_the_answer_and_the_end(self):
        state = walked(self.FLOW, "return", "supplement", "register", "supplement", "answer", "close")

        assert state.state == "closed"

    @pytest.mark.parametrize(
        ("actions", "clerk", "volunteer"),
        [
            ([], ["register", "return"], ["supplement"]),
            (["register"], ["return", "answer"], ["supplement"]),
            (["return"], ["register"], ["supplement"]),
            (["register", "answer"], ["close"], ["supplement"]),
            (["register", "answer", "close"], [], []),
        ],
    )
    def test_who_may_do_what_in_each_state(self, actions, clerk, volunteer):
        state = walked(self.FLOW, *actions)

        assert names(self.FLOW, state, "intake_clerk") == clerk
        assert names(self.FLOW, state, "volunteer") == volunteer
        assert names(self.FLOW, state, "auditor") == []

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [("已处理", None), (" ", ("required", "answer")), ("字" * 2001, ("too_long", "answer"))],
    )
    def test_an_answer_has_words(self, answer, expected):
        state = walked(self.FLOW, "register")

        assert problem(self.FLOW, state, "answer", "prosecutor", "answered", answer=answer) == expected

    def test_registering_allots_the_number_and_nothing_else_does(self):
        assert [a.name for a in self.FLOW.actions.values() if a.allots_number] == ["register"]

    def test_two_supplements_made_without_a_network_are_both_kept(self):
        told = [FoldEntry(n, ("r",), "supplement", None, {"note": n}, role="volunteer") for n in ("一", "二")]

        state = fold(FoldEntry("r"), told, self.FLOW)

        assert (state.conflicts, len(state.history), state.state) == ((), 2, "received")


class TestCheckEvent:
    FLOW = workflow("check_event")

    @pytest.mark.parametrize("role", ["supervisor", "township_staff", "prosecutor"])
    def test_it_is_confirmed_or_questioned_once(self, role):
        assert names(self.FLOW, walked(self.FLOW), role) == ["confirm", "question"]
        assert names(self.FLOW, walked(self.FLOW, "confirm"), role) == []

    def test_a_question_needs_a_reason(self):
        state = walked(self.FLOW)

        assert problem(self.FLOW, state, "question", "supervisor", "questioned", " ") == (
            "required",
            "reason",
        )
        assert problem(self.FLOW, state, "question", "supervisor", "questioned", "不在站") is None

    def test_nobody_confirms_his_own(self):
        assert names(self.FLOW, walked(self.FLOW), "participant") == []


class TestRefusals:
    FLOW = workflow("lead")

    @pytest.mark.parametrize(
        ("step", "expected"),
        [
            ({"action": "dance", "role": "prosecutor"}, ("action_unknown", None)),
            ({"action": "register", "role": "volunteer", "to": "registered"}, ("action_not_yours", None)),
            ({"action": "close", "role": "prosecutor", "to": "closed"}, ("action_not_now", None)),
            (
                {"action": "register", "role": "intake_clerk", "to": "closed"},
                ("action_leads_elsewhere", "to"),
            ),
            ({"action": "register", "role": "intake_clerk"}, ("action_leads_elsewhere", "to")),
            ({"action": "supplement", "role": "volunteer"}, ("required", "note")),
            (
                {"action": "supplement", "role": "volunteer", "note": "x", "title": "y"},
                ("field_unknown", "title"),
            ),
        ],
    )
    def test_each_says_what_is_wrong(self, step, expected):
        assert problem(self.FLOW, walked(self.FLOW), **step) == expected


class TestDeclarations:
    """A mistake in a file stops the program at start and names the place."""

    @pytest.mark.parametrize("name", workflow_names())
    def test_every_file_can_be_read(self, name):
        assert workflow(name).name == name

    @pytest.mark.parametrize("name", ["nowhere", "../lead", ""])
    def test_a_workflow_that_is_not_declared_is_a_key_error(self, name):
        with pytest.raises(KeyError):
            workflow(name)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"initial": "nowhere"}, "initial state 'nowhere'"),
            ({"colour": "red"}, "unknown member 'colour'"),
            ({"merge_by": ["king"]}, "unknown role 'king'"),
            ({"actions": {"go": {"from": ["nowhere"], "by": []}}}, "go: unknown state 'nowhere'"),
            ({"actions": {"go": {"from": ["open"], "by": ["king"]}}}, "go: unknown role 'king'"),
            ({"actions": {"merge": {"from": ["open"], "by": []}}}, "'merge' is no name for an action"),
            ({"actions": {"go": {"from": [], "by": [], "colour": 1}}}, "go: unknown member 'colour'"),
            (
                {"actions": {"go": {"from": [], "by": [], "fields": {"x": {"kind": "pie"}}}}},
                "unknown kind 'pie'",
            ),
        ],
    )
    def test_what_cannot_be_is_named(self, change, said):
        with pytest.raises(DeclarationError, match=said):
            parsed("bench", {**GOOD, **change})
