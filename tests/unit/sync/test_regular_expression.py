"""Regular expressions from outside: what they find, what is refused, and that time is linear."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadRequest
from sync.mango.regular_expression import compile_regular_expression

ATOMS = [
    "a",
    "b",
    ".",
    r"\d",
    r"\w",
    r"\s",
    r"\W",
    "[ab]",
    "[^a]",
    "[a-b1-]",
    r"\b",
    "(a|b)",
    "(?:ab|a)",
    "(a*b)",
]
REPEATS = ["", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"]
PIECES = st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)).filter(
    lambda p: p[0] != r"\b" or not p[1]
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=4).map(lambda pieces: "".join(a + r for a, r in pieces))


class TestRegularExpressions:
    @given(
        st.sampled_from(["", "^"]),
        PATTERNS,
        st.sampled_from(["", "$", "|b"]),
        st.text("ab1_ -\n", max_size=8),
    )
    def test_they_find_what_the_standard_library_finds(self, start, middle, end, text):
        pattern = start + middle + end
        expected = re.search(pattern.replace("$", r"\Z"), text) is not None
        assert compile_regular_expression(pattern)(text) is expected

    @pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "a*a*a*a*a*b", "(a|aa)+$"])
    def test_those_that_stop_other_engines_take_a_moment(self, pattern):
        started_s = time.thread_time()
        assert compile_regular_expression(pattern)("a" * 20_000 + "!") is False
        assert time.thread_time() - started_s < 2

    @pytest.mark.parametrize(
        ("pattern", "why"),
        [
            (r"(a)\1", "not supported"),
            ("(?=a)", "only plain groups"),
            ("(?P<n>a)", "only plain groups"),
            ("a**", "a repetition of a repetition"),
            ("a++", "a repetition of a repetition"),
            ("*a", "nothing to repeat"),
            ("(a", r"a \) is missing"),
            ("a)", r"a \) too many"),
            ("[a", "ends too early"),
            ("[z-a]", "a bad range"),
            (r"\p{L}", "not supported"),
            ("a{2000}", "out of bounds"),
            ("(a{500}){500}", "too large"),
            ("a" * 1001, "too long"),
            ("(" * 60 + ")" * 60, "nest too deep"),
        ],
    )
    def test_what_needs_backtracking_or_is_too_much_is_refused(self, pattern, why):
        with pytest.raises(BadRequest, match=why):
            compile_regular_expression(pattern)

    def test_case_and_codes(self):
        assert compile_regular_expression("(?i)straße [A-C]")("STRASSE b") is False
        assert compile_regular_expression("(?i)lead [A-C]")("LEAD b") is True
        assert compile_regular_expression(r"\x41\u8bc1\.\n")("A证.\n") is True
