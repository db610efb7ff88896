"""A fresh centre for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.entries import CentreInTest, open_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreInTest]:
    with open_centre(tmp_path) as opened:
        yield opened
