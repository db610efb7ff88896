"""The declared workflows and the engine that runs them (DESIGN 4, "Workflows")."""

from __future__ import annotations

import pytest

from server.fold import FoldEntry, RecordState, fold
from server.workflows import Workflow, workflow, workflow_names
from server.workflows.declaration_error import DeclarationError
from server.workflows.declarations import parsed
from tests.unit.workflows.walk import walked

GOOD = {
    "initial": "open",
    "states": ["open", "done"],
    "actions": {"finish": {"from": ["open"], "to": "done", "by": ["prosecutor"]}},
}


def names(flow: Workflow, state: RecordState, role: str) -> list[str]:
    return [action.name for action in flow.legal_actions(state, role)]


def problem(flow: Workflow, state: RecordState, action: str, role: str, to=None, reason=None, **fields):
    found = flow.step_problem(FoldEntry("x", ("r",), action, to, fields, reason, role=role), state)
    return (found.code, found.field) if found else None


class TestLead:
    """DOMAIN 3.8: who may do what, from the phone to the answer and the end."""

    FLOW = workflow("lead")

    @pytest.mark.parametrize(
        "actions",
        [
            ["return", "supplement", "register", "supplement", "answer", "close"],
            ["register", "assess", "investigate", "file_case", "answer", "close"],
            ["register", "assess", "propose_not_filed", "decline_to_file", "answer", "close"],
            ["register", "transfer_lead", "confirm_transfer", "answer", "close"],
            [
                "take_over",
                "ask_upper_office",
                "transfer_as_designated",
                "confirm_transfer",
                "answer",
                "close",
            ],
            ["register", "investigate", "refer", "answer", "close"],
            ["register", "merge_into", "answer", "close"],
            ["request_withdrawal", "accept_withdrawal"],
        ],
    )
    def test_every_way_leads_to_the_end(self, actions):
        assert walked(self.FLOW, *actions).state == "closed"

    @pytest.mark.parametrize(
        ("actions", "clerk", "volunteer"),
        [
            (
                [],
                ["register", "take_over", "return", "merge_into"],
                ["supplement", "request_withdrawal"],
            ),
            (["register"], ["return", "merge_into", "answer"], ["supplement", "request_withdrawal"]),
            (["return"], ["register", "merge_into"], ["supplement", "request_withdrawal"]),
            (["register", "investigate"], ["return", "answer"], ["supplement", "request_withdrawal"]),
            (["register", "assess", "file_case"], ["answer"], ["supplement"]),
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

    def test_only_the_chief_procurator_files_or_declines(self):
        state = walked(self.FLOW, "register", "assess")

        proposed = walked(self.FLOW, "register", "assess", "propose_not_filed")
        rejected = walked(self.FLOW, "register", "assess", "propose_not_filed", "reject_proposal")
        assert names(self.FLOW, state, "chief_procurator") == ["file_case"]
        assert names(self.FLOW, proposed, "chief_procurator") == [
            "file_case",
            "decline_to_file",
            "reject_proposal",
        ]
        assert names(self.FLOW, rejected, "chief_procurator") == ["file_case"]
        assert not {"file_case", "decline_to_file"} & set(names(self.FLOW, proposed, "prosecutor"))

    def test_whoever_proposed_not_to_file_does_not_approve_it(self):
        state = walked(self.FLOW, "register", "assess", "propose_not_filed")
        own = FoldEntry(
            "x", ("s2",), "decline_to_file", "not_filed", {}, "理由", author="m2", role="chief_procurator"
        )

        found = self.FLOW.step_problem(own, state)
        assert found is not None
        assert found.code == "another_person"

    def test_what_was_transferred_to_us_is_never_sent_back_only_designated_further(self):
        """Rules 26: the receiver takes it or asks the upper office (DOMAIN 4, row 30)."""
        taken = walked(self.FLOW, "take_over")
        asked = walked(self.FLOW, "take_over", "ask_upper_office")

        assert "transfer_lead" in names(self.FLOW, walked(self.FLOW, "register"), "prosecutor")
        assert "transfer_lead" not in names(self.FLOW, taken, "prosecutor")
        assert "transfer_as_designated" not in names(self.FLOW, taken, "prosecutor")
        assert "transfer_as_designated" in names(self.FLOW, asked, "prosecutor")
        assert names(self.FLOW, walked(self.FLOW, "register", "transfer_lead"), "prosecutor") == [
            "confirm_transfer",
            "answer",
        ]

    @pytest.mark.parametrize(
        ("before", "state"),
        [
            ([], "received"),
            (["register"], "registered"),
            (["return"], "returned"),
            (["register", "assess"], "assessing"),
        ],
    )
    def test_undoing_a_merge_gives_back_the_state_that_was_left(self, before, state):
        merged = walked(self.FLOW, *before, "merge_into")
        undone = walked(self.FLOW, *before, "merge_into", "unmerge")

        assert (merged.state, merged.value("is_merged")) == ("merged_into", True)
        assert (undone.state, undone.value("is_merged")) == (state, False)

    def test_merged_by_one_and_filed_by_another_lies_with_a_person(self):
        """DOMAIN 4, row 4: an impossible pair is nobody's to win."""
        told = [
            FoldEntry("a", ("r",), "register", "registered", role="intake_clerk"),
            FoldEntry("b", ("a",), "assess", "assessing", role="prosecutor"),
            FoldEntry(
                "m",
                ("b",),
                "merge_into",
                "merged_into",
                {"primary_lead": f"lead:{0:026}", "merged_from": "assessing", "is_merged": True},
                "同一事实",
                role="intake_clerk",
            ),
            FoldEntry("f", ("b",), "file_case", "filed", {"case_no": "1"}, role="chief_procurator"),
        ]

        state = fold(FoldEntry("r"), told, self.FLOW)

        assert (state.state, state.conflicts) == (None, ("to",))
        assert set(state.state_candidates.values()) == {"merged_into", "filed"}
        assert names(self.FLOW, state, "intake_clerk") == []

    def test_a_withdrawal_is_accepted_only_where_it_was_asked_for_and_the_volunteer_never_closes(self):
        asked = walked(self.FLOW, "register", "request_withdrawal")

        assert "accept_withdrawal" not in names(self.FLOW, walked(self.FLOW, "register"), "intake_clerk")
        assert "accept_withdrawal" in names(self.FLOW, asked, "intake_clerk")
        assert (asked.state, asked.value("withdraw_requested")) == ("registered", True)

    def test_a_withdrawal_that_was_declined_is_not_accepted_later_until_it_is_asked_for_again(self):
        declined = walked(self.FLOW, "register", "request_withdrawal", "decline_withdrawal")
        again = walked(self.FLOW, "request_withdrawal", "decline_withdrawal", "request_withdrawal")

        assert declined.state == "registered"
        assert "accept_withdrawal" not in names(self.FLOW, declined, "intake_clerk")
        assert "accept_withdrawal" in names(self.FLOW, again, "intake_clerk")

    def test_registering_allots_the_number_and_nothing_else_does(self):
        assert [a.name for a in self.FLOW.actions.values() if a.allots_number] == ["register", "take_over"]

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
            ({"actions": {"go": {"from": [], "by": [], "order": ["x"]}}}, "go: unknown field 'x'"),
            (
                {"actions": {"go": {"from": [], "by": [], "to": "open", "returns_to": "x"}}},
                "to a state or back",
            ),
            ({"initial_by_schema": {"1": "gone"}}, "initial state 'gone'"),
            (
                {"actions": {"go": {"from": [], "by": [], "fields": {"x": {"kind": "pie"}}}}},
                "unknown kind 'pie'",
            ),
        ],
    )
    def test_what_cannot_be_is_named(self, change, said):
        with pytest.raises(DeclarationError, match=said):
            parsed("bench", {**GOOD, **change})
