"""Full text for Chinese: words are pairs of neighbouring characters, in the index and in the question."""

from __future__ import annotations

import re

_RUN = re.compile(r"\w+")


def pairs(*texts: str | None) -> str:
    """Return the pairs that stand for these texts in the index; a single character stands for itself."""
    found: list[str] = []
    for text in texts:
        for run in _RUN.findall((text or "").lower()):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
            found.append(run[-1])  # so that the last character is found alone too
            found += list(run[:-1])
    return " ".join(found)


def match_expression(question: str) -> str | None:
    """Return the FTS5 expression for what somebody typed: every pair in it, or None when there is no word."""
    wanted: list[str] = []
    for run in _RUN.findall(question.lower()):
        neighbours = [run[i : i + 2] for i in range(len(run) - 1)]
        wanted += neighbours or [run]
    return " AND ".join(f'"{pair}"' for pair in wanted) or None
