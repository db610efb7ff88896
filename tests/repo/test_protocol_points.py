"""Every numbered point of the protocol, sections A to F, has a test that names it and a row in the README."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("tests/sync_http", "tests/server_couch", "tests/unit/sync", "tests/contract")
SECTIONS = {"A": (1, 17), "B": (18, 36), "C": (37, 51), "D": (52, 63), "E": (64, 80), "F": (81, 86)}
POINTS = [f"{name}{number}" for name, (first, last) in SECTIONS.items() for number in range(first, last + 1)]
ROW = re.compile(r"^\| ([A-F]\d+) \| (.+) \|$", re.MULTILINE)


@cache
def docstrings() -> dict[str, str]:
    """Return what every test says of itself, its class's words included; tests of one name together."""
    found: dict[str, str] = {}
    for path in (p for folder in FOLDERS for p in sorted((ROOT / folder).glob("test_*.py"))):
        for rule in ast.walk(ast.parse(path.read_text("utf-8"))):
            for test in rule.body if isinstance(rule, ast.ClassDef) else ():
                if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                    said = f" {ast.get_docstring(rule)} {ast.get_docstring(test)}"
                    found[test.name] = found.get(test.name, "") + said
    return found


def table() -> dict[str, list[str]]:
    readme = (ROOT / "sync" / "README.md").read_text("utf-8")
    return {point: re.findall(r"`(test_\w+)`", cell) for point, cell in ROW.findall(readme)}


class TestPoints:
    """sync/README.md, "Every point → test"."""

    def test_every_point_has_its_row(self):
        assert [point for point in POINTS if not table().get(point)] == []
        assert table().keys() - set(POINTS) == set()

    def test_every_test_of_a_row_names_the_point(self):
        wrong = [
            f"{point}: {name}"
            for point, names in table().items()
            for name in names
            if not re.search(rf"\b{point}\b", docstrings().get(name, ""))
        ]
        assert wrong == []
