"""`liandong couch` as others meet it: a process of its own, an administrator, a free port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.server_process import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Couch:
    """A server as its clients are told of it."""

    port: int
    user: str = "admin"
    password: str = "secret"

    @property
    def url(self) -> str:
        return f"http://{self.user}:{self.password}@127.0.0.1:{self.port}"

    @property
    def bare_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_couch(folder: Path) -> Iterator[Couch]:
    found = Couch(free_port())
    accounts = folder / "admins"
    accounts.write_text(f"{found.user}:{found.password}\n")
    command = [sys.executable, "-m", "server.cli", "couch", "--port", str(found.port)]
    command += ["--data", str(folder / "data"), "--admin-file", str(accounts)]
    with (folder / "couch.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        while str(found.port) not in process.stdout.readline():
            assert process.poll() is None, (folder / "couch.log").read_text()
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)
