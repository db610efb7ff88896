"""Our server for clients that others wrote, and the packages of those for Node."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.couch_process import ROOT, Couch, running_couch

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def couch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couch]:
    with running_couch(tmp_path_factory.mktemp("couch")) as found:
        yield found


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """The clients for Node, installed from their lock where they are not yet."""
    done, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        npm = [sys.executable, "-m", "server.node", "npm", "--prefix", str(HERE), "ci"]
        subprocess.run([*npm, "--ignore-scripts", "--silent", "--no-progress"], cwd=ROOT, check=True)
        os.utime(done)
    return HERE
