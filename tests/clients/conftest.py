"""Our server for clients that others wrote, and the packages of those for Node."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.couch_server import CouchServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def couch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CouchServer]:
    with CouchServer(tmp_path_factory.mktemp("couch")) as found:
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
