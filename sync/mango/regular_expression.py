"""Regular expressions from outside: whatever the pattern, the time is linear in the text.

The standard library's would let one `(a+)+$` stop the process. All states are followed at once and
remembered; what needs backtracking (back references, lookaround, possessive) is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from sync.errors import BadRequest
from sync.mango.regular_expression_syntax import (
    Assertion,
    Choice,
    Node,
    Repeat,
    Sequence,
    Sign,
    parse_pattern,
)

MAX_STEPS: Final = 1_000
MAX_TEXT: Final = 100_000
"""Characters of a text that are looked at; what is beyond them is not found."""
_MAX_REMEMBERED: Final = 10_000
_END: Final = ""


class _Step(NamedTuple):
    """One state: a sign to take, an assertion to hold, or a fork; `node` None is a fork."""

    node: Sign | Assertion | None
    ways: list[int]


def compile_regular_expression(pattern: str) -> Callable[[str], bool]:
    """Return whether the pattern is found anywhere in a text.

    Raises: BadRequest for a pattern that is malformed, too large or needs backtracking.
    """
    program = _Program()
    start = program.add(parse_pattern(pattern), program.match)
    return _Search(program.steps, start, program.match).is_found_in


class _Program:
    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self.match = self._step(None, [])

    def _step(self, node: Sign | Assertion | None, ways: list[int]) -> int:
        if len(self.steps) >= MAX_STEPS:
            raise BadRequest("The regular expression is too large.")
        self.steps.append(_Step(node, ways))
        return len(self.steps) - 1

    def add(self, node: Node, following: int) -> int:
        """Add the steps of `node` that lead to `following`; returns where they begin."""
        if isinstance(node, (Sign, Assertion)):
            return self._step(node, [following])
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                following = self.add(part, following)
            return following
        if isinstance(node, Choice):
            return self._step(None, [self.add(each, following) for each in node.branches])
        return self._add_repeat(node, following)

    def _add_repeat(self, node: Repeat, following: int) -> int:
        if node.most is None:
            fork = self._step(None, [following])
            self.steps[fork].ways.append(self.add(node.part, fork))
            following = fork
        else:
            for _ in range(node.most - node.least):
                following = self._step(None, [following, self.add(node.part, following)])
        for _ in range(node.least):
            following = self.add(node.part, following)
        return following


class _Search:
    """Sets of states are numbered as they are met; where each sign leads is remembered."""

    def __init__(self, steps: list[_Step], start: int, match: int) -> None:
        self._steps = steps
        self._start = start
        self._match = match
        self._forget()

    def _forget(self) -> None:
        self._known: dict[tuple[frozenset[int], str, str], frozenset[int] | None] = {}

    def is_found_in(self, text: str) -> bool:
        states: frozenset[int] = frozenset([self._start])
        before = _END
        for sign in [*text[:MAX_TEXT], _END]:
            key = states, _kind(before), sign
            if key in self._known:
                following = self._known[key]
            else:
                if len(self._known) >= _MAX_REMEMBERED:
                    self._forget()
                following = self._known[key] = self._after(states, before, sign)
            if following is None:
                return True
            states, before = following, sign
        return False

    def _after(self, states: frozenset[int], before: str, sign: str) -> frozenset[int] | None:
        """Return the states after `sign`; None when the pattern was found before it."""
        reached: set[int] = set()
        pending = list(states)
        following = {self._start}  # it may begin anywhere
        while pending:
            number = pending.pop()
            if number in reached:
                continue
            reached.add(number)
            if number == self._match:
                return None
            node, ways = self._steps[number]
            if isinstance(node, Sign):
                if sign != _END and node.takes(sign):
                    following.update(ways)
            elif node is None or node.holds(before, sign):
                pending += ways
        return frozenset(following)


def _kind(sign: str) -> str:
    """All that an assertion asks of the sign before it."""
    if sign in (_END, "\n"):
        return sign
    return "w" if sign == "_" or sign.isalnum() else " "
