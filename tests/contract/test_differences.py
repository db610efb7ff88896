"""The list of differences is whole: each is told in QUIRKS, and names a test of this suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.conftest import DIFFERENCES

HERE = Path(__file__).parent
QUIRKS = (HERE.parent.parent / "sync" / "QUIRKS.md").read_text("utf-8")
LISTED = [(backend, test) for backend, tests in DIFFERENCES.items() for test in tests]


@pytest.mark.parametrize(("server_name", "test"), LISTED)
def test_each_difference_is_told_and_shown(server_name: str, test: str) -> None:
    plain = test.partition("[")[0]
    assert f"{DIFFERENCES[server_name][test]}. " in QUIRKS
    assert f"::{plain}`" in QUIRKS
    name = plain.partition("::")[2]
    assert any(f"def {name}(" in page.read_text("utf-8") for page in HERE.glob("test_*.py"))
