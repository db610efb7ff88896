"""The syntax of regular expressions that need no backtracking: a pattern in, a tree out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sync.errors import BadRequest

MAX_PATTERN: Final = 1_000
MAX_REPEATS: Final = 500
MAX_GROUPS_DEEP: Final = 50

Takes = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Sign:
    """One character of a kind."""

    takes: Takes


@dataclass(frozen=True, slots=True)
class Assertion:
    """Holds between two characters; the empty text stands for an end of the text."""

    holds: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: list[Node]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: list[Node]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` None is without end."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = Sign | Assertion | Sequence | Choice | Repeat


def parse_pattern(pattern: str) -> Node:
    """Raises: BadRequest."""
    if len(pattern) > MAX_PATTERN:
        raise _refused("it is too long")
    parser = _Parser(pattern)
    node = parser.choice(0)
    if not parser.is_at_end:
        raise _refused("a ) too many")
    return node


def _is_word(sign: str) -> bool:
    return sign != "" and (sign == "_" or sign.isalnum())


def _is_boundary(before: str, after: str) -> bool:
    return _is_word(before) != _is_word(after)


_CLASSES: Final[dict[str, Takes]] = {
    "d": lambda sign: "0" <= sign <= "9",
    "w": _is_word,
    "s": str.isspace,
}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b", "0": "\0"}
_ASSERTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "b": _is_boundary,
    "B": lambda before, after: not _is_boundary(before, after),
    "A": lambda before, _: before == "",
    "z": lambda _, after: after == "",
    "Z": lambda _, after: after == "",
}


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._ignores_case = pattern.startswith("(?i)")
        self._text = pattern[4:] if self._ignores_case else pattern
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        if self.is_at_end:
            raise _refused("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _takes(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def choice(self, depth: int) -> Node:
        if depth > MAX_GROUPS_DEEP:
            raise _refused("its groups nest too deep")
        branches = [self._sequence(depth)]
        while self._takes("|"):
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else Choice(branches)

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while not self.is_at_end and self._peek() not in "|)":
            parts.append(self._repeated(self._atom(depth)))
        return Sequence(parts)

    def _repeated(self, part: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return part
        if isinstance(part, Assertion):
            raise _refused("nothing to repeat")
        self._takes("?")  # how greedy it is does not matter to whether it is found
        if self._peek() == "+" or self._bounds() is not None:
            raise _refused("a repetition of a repetition")
        return Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._takes(mark):
                return bounds
        found = re.compile(r"\{([0-9]{1,4})(,([0-9]{1,4})?)?\}").match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if max(least, most or 0) > MAX_REPEATS or (most is not None and most < least):
            raise _refused("a repetition that is out of bounds")
        return least, most

    def _atom(self, depth: int) -> Node:
        sign = self._take()
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return Sign(self._set())
        if sign == ".":
            return Sign(lambda each: each != "\n")
        if sign == "^":
            return Assertion(_ASSERTIONS["A"])
        if sign == "$":
            return Assertion(_ASSERTIONS["Z"])
        if sign in "*+?":
            raise _refused("nothing to repeat")
        if sign != "\\":
            return Sign(self._equal_to(sign))
        if self._peek() in _ASSERTIONS:
            return Assertion(_ASSERTIONS[self._take()])
        escaped = self._escaped()
        return Sign(self._equal_to(escaped) if isinstance(escaped, str) else escaped)

    def _group(self, depth: int) -> Node:
        if not self._takes("?:") and self._peek() == "?":
            raise _refused("only plain groups are supported")
        node = self.choice(depth + 1)
        if not self._takes(")"):
            raise _refused("a ) is missing")
        return node

    def _equal_to(self, wanted: str) -> Takes:
        if not self._ignores_case:
            return lambda sign: sign == wanted
        folded = wanted.casefold()
        return lambda sign: sign.casefold() == folded

    def _escaped(self) -> str | Takes:
        """Return the character, or the class, that a backslash stands before."""
        sign = self._take()
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign.lower() in _CLASSES:
            inner = _CLASSES[sign.lower()]
            return lambda each: not inner(each)
        if sign in "xu":
            return self._coded(2 if sign == "x" else 4)
        if sign in _CONTROLS:
            return _CONTROLS[sign]
        if sign.isalnum():
            raise _refused(f"\\{sign} is not supported")
        return sign

    def _coded(self, digits: int) -> str:
        code = self._text[self._at : self._at + digits]
        if not re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", code):
            raise _refused("a bad character code")
        self._at += digits
        return chr(int(code, 16))

    def _set(self) -> Takes:
        is_negated = self._takes("^")
        tests: list[Takes] = []
        while not tests or self._peek() != "]":
            if self._text.startswith("[:", self._at):
                raise _refused("named classes are not supported")
            low = self._set_sign()
            is_range = self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", "")
            if isinstance(low, str) and is_range:
                self._take()
                tests.append(self._between(low, self._set_sign()))
            else:
                tests.append(self._equal_to(low) if isinstance(low, str) else low)
        self._take()
        return lambda sign: any(test(sign) for test in tests) != is_negated

    def _set_sign(self) -> str | Takes:
        sign = self._take()
        if sign != "\\":
            return sign
        if self._takes("b"):
            return "\b"
        return self._escaped()

    def _between(self, low: str, high: str | Takes) -> Takes:
        if not isinstance(high, str) or high < low:
            raise _refused("a bad range")
        if not self._ignores_case:
            return lambda sign: low <= sign <= high
        return lambda sign: any(low <= each <= high for each in (sign, sign.lower(), sign.upper()))


def _refused(why: str) -> BadRequest:
    return BadRequest(f"The regular expression cannot be used: {why}.")
