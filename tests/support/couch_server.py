"""`liandong couch` as a process on a free port: started, killed with -9, started again on the same data."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

ADMIN, PASSWORD = "root", "relax"
START_S = 20.0
_READY = re.compile(r"ready: (http://127\.0\.0\.1:(\d+))/")


class CouchServer:
    """`url` is where it answers, `admin_url` the same with who may do everything."""

    def __init__(
        self, data: Path, *arguments: str, workers: int = 1, port: int = 0, admin: str = f"{ADMIN}:{PASSWORD}"
    ) -> None:
        self.data = data
        self.admin = admin
        self.port = port
        self._arguments = ["--workers", str(workers), *arguments]
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"http://{self.admin}@127.0.0.1:{self.port}"

    def start(self) -> CouchServer:
        """Begin to serve; the port of the first start is kept."""
        self.data.mkdir(parents=True, exist_ok=True)
        errors = (self.data / "server.log").open("ab")
        options = ["--data", str(self.data), "--port", str(self.port), "--admin", self.admin]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "couch", *options, *self._arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        self._read_port()
        return self

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9 of the process that leads; its workers end with it."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        return (self.data / "server.log").read_text("utf-8", "replace")

    def __enter__(self) -> CouchServer:
        return self.start() if self.process is None else self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def _read_port(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        watchdog = threading.Timer(START_S, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            if found := _READY.search(line):
                watchdog.cancel()
                self.port = int(found[2])
                return
        watchdog.cancel()
        raise AssertionError(self.log())
