"""The real server as a process: started, killed with -9, started again on the same data and port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import urllib3

from tests.support.product_store import environment_of

START_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`liandong serve` on a data folder; `url` is where it answers."""

    def __init__(self, data: Path, *, port: int | None = None, public_port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.public_port = public_port or self.port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "LIANDONG_DATA": str(self.data),
            "LIANDONG_PORT": str(self.port),
            "LIANDONG_PUBLIC_URL": f"http://localhost:{self.public_port}",
            **environment_of(self.data),
        }

    def start(self, part: str = "serve") -> None:
        """Start all of it, or `web` alone: the door open and nobody who judges what comes in."""
        log = (self.data / "server.log").open("ab")
        command = [sys.executable, "-m", *{"serve": ["server.cli", "serve"], "web": ["server.web"]}[part]]
        self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self._wait_until_up()

    def kill(self) -> None:
        """kill -9 of the whole: the children end with their parent."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None
        self._wait_until_gone()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def command(self, *arguments: str) -> str:
        """Run `liandong <arguments>` on the same data and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        pool = urllib3.PoolManager(retries=False, timeout=2)
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.data / "server.log").read_text("utf-8", "replace")
            try:
                if pool.request("GET", f"{self.url}/db/_up").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError((self.data / "server.log").read_text("utf-8", "replace"))

    def _wait_until_gone(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the killed server still listens")
