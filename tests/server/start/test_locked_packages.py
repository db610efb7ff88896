"""What `make run` installs is enough to run: nothing leans on a package that only the tests bring."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent

IMPORT_WITHOUT = """
import importlib, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
FORBIDDEN = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Missing())
for module in ("server.web", "server.cli", "server.app", "server.demo.day", "server.client_build"):
    importlib.import_module(module)
"""


def locked(name: str) -> set[str]:
    names = re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text("utf-8"), re.M)
    return {re.sub(r"[-_.]+", "-", one).lower() for one in names}


def test_the_server_starts_without_the_packages_of_the_tests():
    only_for_tests = locked("requirements-dev.txt") - locked("requirements.txt")
    assert "pytest" in only_for_tests
    forbidden = [
        module
        for module, owners in packages_distributions().items()
        if all(re.sub(r"[-_.]+", "-", owner).lower() in only_for_tests for owner in owners)
    ]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT, ",".join(forbidden)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_the_server_needs_is_locked_for_the_tests_alike():
    assert locked("requirements.txt") <= locked("requirements-dev.txt")
