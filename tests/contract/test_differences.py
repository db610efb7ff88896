"""The list of differences is whole: each is told in QUIRKS, and names a test of this suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.conftest import DIFFERENCES

HERE = Path(__file__).parent
QUIRKS = (HERE.parent.parent / "sync" / "QUIRKS.md").read_text("utf-8")
LISTED = [(test, reason) for tests in DIFFERENCES.values() for test, reason in tests.items()]


@pytest.mark.parametrize(("test", "reason"), LISTED)
def test_each_difference_is_told_and_shown(test: str, reason: str) -> None:
    plain = test.partition("[")[0]
    assert f"{reason}. " in QUIRKS
    assert f"::{plain}`" in QUIRKS
    name = plain.partition("::")[2]
    assert any(f"def {name}(" in page.read_text("utf-8") for page in HERE.glob("test_*.py"))
