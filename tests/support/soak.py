"""How long to go on: `make soak` sets SOAK=1 and runs many more schedules, kills and cuts."""

from __future__ import annotations

import os

IS_SOAK = os.environ.get("SOAK") == "1"


def scaled(usual: int, soak: int) -> int:
    """Return how often to do something, in the usual run or in the long one."""
    return soak if IS_SOAK else usual
