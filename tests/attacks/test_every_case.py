"""The table in this folder's README is complete and leads to tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROW = re.compile(r"^\| (\d+) \| .* \| (.*) \|$", re.M)


def rows() -> dict[int, str]:
    table = (Path(__file__).parent / "README.md").read_text("utf-8")
    return {int(number): where for number, where in ROW.findall(table)}


def test_every_case_has_a_row():
    assert list(rows()) == list(range(1, 57))


def test_every_row_leads_to_a_file_or_says_why_not_yet():
    for number, where in rows().items():
        files = re.findall(r"`(tests/[^`]+)`", where)
        assert files or where.startswith("not yet: "), number
        assert [name for name in files if not (ROOT / name).is_file()] == []


def test_in_this_folder_the_names_of_the_tests_hold_the_numbers_of_their_cases():
    for number, where in rows().items():
        for name in re.findall(r"`(tests/attacks/[^`]+)`", where):
            source = (ROOT / name).read_text("utf-8")
            numbered = rf"def test_(\d+_)*{number}_|case {number}\b|cases? [^\n]*\b{number}\b"
            assert re.search(numbered, source), f"{name} has no test of case {number}"
