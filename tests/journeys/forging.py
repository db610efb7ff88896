"""The forge as one script, bundled from the phone's own modules."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

BUNDLER = Path(__file__).parent / "bundle_forge.mjs"


@cache
def forge_source() -> str:
    """Return a script that sets `forge`; it is evaluated in a page or a worker of the phone."""
    command = [sys.executable, "-m", "server.node", "node", str(BUNDLER)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return f"() => {{ {done.stdout} }}"
