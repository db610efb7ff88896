"""A console over a centre with a station's day: a participant's phone and the station's tablet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.ledger.day import Day
from tests.support.console_rig import ConsoleRig, open_console


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[ConsoleRig]:
    with open_console(tmp_path) as opened:
        yield opened


@pytest.fixture
def day(rig: ConsoleRig) -> Day:
    return Day(rig.centre)
