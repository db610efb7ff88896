"""A mistake in a clock or a check stops the program at start and names the place."""

from __future__ import annotations

from typing import Any

import pytest

from server.deadlines.clock import Amount, Extension, Law, Pause, Start, Warn
from server.workflows.declaration_error import DeclarationError
from server.workflows.declarations import parsed

FLOW: dict[str, Any] = {
    "initial": "open",
    "states": ["open", "still", "done"],
    "actions": {"finish": {"from": ["open"], "to": "done", "by": ["prosecutor"]}},
}
CLOCK: dict[str, Any] = {
    "starts": {"received": True},
    "counts": {"days": 10},
    "law": {"name": "criminal_procedure_law", "article": 172},
}
CHECK: dict[str, Any] = {"field": "due_on", "not_after": ["end"], "asked_of": ["finish"]}


def clock(**changes: Any) -> Any:
    return parsed("bench", {**FLOW, "clocks": {"end": {**CLOCK, **changes}}}).clocks[0]


class TestClocks:
    def test_a_clock_is_read_as_it_is_written(self):
        found = clock(
            starts={"action": "finish", "last": True},
            until={"states": ["done"], "actions": ["finish"]},
            suspended=[{"in": "still"}],
            extended=[{"by": "finish", "adds": {"days": 15}}],
            warns=[{"before": {"working_days": 2}, "roles": ["prosecutor"]}],
            rolls=True,
        )

        assert found.starts == Start("action", "finish", is_last=True)
        assert (found.amount, found.law) == (Amount(10, "days"), Law("criminal_procedure_law", "172"))
        assert (found.until_states, found.until_actions) == ({"done"}, {"finish"})
        assert found.pauses == (Pause(state="still"),)
        assert found.extensions == (Extension("finish", Amount(15, "days")),)
        assert found.warnings == (Warn(Amount(2, "working_days"), frozenset({"prosecutor"})),)
        assert (found.rolls, found.label) == (True, "clock.bench.end")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"colour": "red"}, "bench.end: unknown member 'colour'"),
            ({"starts": {"state": "gone"}}, "unknown state 'gone'"),
            ({"starts": {"action": "gone"}}, "unknown action 'gone'"),
            ({"starts": {}}, "starts: one of"),
            ({"starts": {"received": True, "state": "open"}}, "starts: one of"),
            ({"counts": {"days": 1, "months": 1}}, "one amount"),
            ({"counts": {"weeks": 1}}, "unknown unit 'weeks'"),
            ({"counts": {"days": -1}}, "days: a whole number"),
            ({"until": {"states": ["gone"]}}, "unknown state 'gone'"),
            ({"until": {"actions": ["gone"]}}, "unknown action 'gone'"),
            ({"suspended": [{"in": "gone"}]}, "unknown state 'gone'"),
            ({"suspended": [{"from": "gone", "to": "finish"}]}, "unknown action 'gone'"),
            ({"extended": [{"by": "gone", "adds": {"days": 1}}]}, "unknown action 'gone'"),
            ({"warns": [{"before": {"months": 1}, "roles": []}]}, "days or working_days"),
            ({"warns": [{"before": {"days": 1}, "roles": ["king"]}]}, "unknown role 'king'"),
        ],
    )
    def test_what_cannot_be_is_named(self, change, said):
        with pytest.raises(DeclarationError, match=said):
            clock(**change)


class TestChecks:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"not_after": ["gone"]}, "unknown clock 'gone'"),
            ({"asked_of": ["gone"]}, "unknown action 'gone'"),
            ({"less": {"days": 3}}, "working_days are wanted"),
        ],
    )
    def test_what_cannot_be_is_named(self, change, said):
        table = {**FLOW, "clocks": {"end": CLOCK}, "checks": {"late": {**CHECK, **change}}}

        with pytest.raises(DeclarationError, match=said):
            parsed("bench", table)
