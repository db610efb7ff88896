"""How much waiting costs: 2,000 idle feeds beside other requests, and how soon a write wakes 500 of them.

`python -m tests.bench.feeds [--idle 2000] [--waiters 500] [--seconds 10]`: figures of issue 3, printed.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import os
import selectors
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.couch_server import ADMIN, PASSWORD, CouchServer

AUTHORIZATION = "Basic " + base64.b64encode(f"{ADMIN}:{PASSWORD}".encode()).decode()
GET_EVERY_S = 0.02
ROUNDS = 15
GOALS = {
    "memory of an idle feed, kB": 30.0,
    "CPU with idle feeds, %": 10.0,
    "GET p99 beside them, ms": 50.0,
    "500 waiters woken, ms": 100.0,
}


class Waiters:
    """Feeds that wait, on bare sockets: what they cost here must not hide what they cost there."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self.sockets: list[socket.socket] = []

    def open(self, count: int, path: str) -> None:
        """Connect `count` feeds, and return when each has got the head of its answer."""
        request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: {AUTHORIZATION}\r\n\r\n".encode()
        opened = []
        for number in range(count):
            opened.append(socket.create_connection(("127.0.0.1", self._port), timeout=30))
            opened[-1].sendall(request)
            if number % 100 == 99:
                time.sleep(0.02)  # the backlog is finite
        for one in opened:
            seen = b""
            while b'"results"' not in seen:
                seen += one.recv(4096)
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self.sockets += opened

    def until_all_told(self, wanted: bytes, deadline_s: float) -> tuple[int, float]:
        """Return how many got `wanted`, and when the last of them did."""
        told, last_s = set(), time.perf_counter()
        while len(told) < len(self.sockets) and time.perf_counter() < deadline_s:
            for key, _ in self._selector.select(0.5):
                if wanted in key.fileobj.recv(65536):  # type: ignore[union-attr]
                    told.add(key.fd)
                    last_s = time.perf_counter()
        return len(told), last_s

    def close(self) -> None:
        for one in self.sockets:
            self._selector.unregister(one)
            one.close()
        self.sockets = []


def worker_pids(leader: int) -> list[int]:
    found = Path(f"/proc/{leader}/task/{leader}/children").read_text("ascii").split()
    return [int(pid) for pid in found]


def memory_bytes(pids: list[int]) -> int:
    pages = [int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGESIZE")


def cpu_s(pids: list[int]) -> float:
    fields = [Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


class Caller:
    """One ordinary client on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __call__(self, method: str, path: str, body: bytes | None = None) -> float:
        """Return how long the answer took, in seconds."""
        headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
        began_s = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        response.read()
        took_s = time.perf_counter() - began_s
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status}")
        return took_s


@contextmanager
def server(workers: int) -> Iterator[tuple[CouchServer, Caller, list[int]]]:
    with tempfile.TemporaryDirectory() as folder, CouchServer(Path(folder), workers=workers) as couch:
        caller = Caller(couch.port)
        caller("PUT", "/p")
        caller("PUT", "/p/a", b'{"v":1}')
        assert couch.process is not None
        yield couch, caller, worker_pids(couch.process.pid)


def latencies_s(caller: Caller, seconds: float) -> list[float]:
    found = []
    end_s = time.perf_counter() + seconds
    while time.perf_counter() < end_s:
        found.append(caller("GET", "/p/a"))
        time.sleep(GET_EVERY_S)
    return found


def measure_idle(count: int, seconds: float, workers: int) -> dict[str, float]:
    """Return memory, CPU and the latency of others while `count` feeds wait with PouchDB's heartbeat."""
    with server(workers) as (couch, caller, pids):
        warm = Waiters(couch.port)
        warm.open(50, "/p/_changes?feed=longpoll&since=now&heartbeat=10000")
        warm.close()
        time.sleep(1)
        alone = latencies_s(caller, seconds)
        before = memory_bytes(pids)
        waiters = Waiters(couch.port)
        waiters.open(count, "/p/_changes?feed=longpoll&since=now&heartbeat=10000&style=all_docs&limit=100")
        time.sleep(1)
        cost = (memory_bytes(pids) - before) / count
        began_s, used_s = time.perf_counter(), cpu_s(pids)
        time.sleep(seconds)
        share = (cpu_s(pids) - used_s) / (time.perf_counter() - began_s)
        latencies = latencies_s(caller, seconds)
        waiters.close()
    return {
        "memory of an idle feed, kB": cost / 1000,
        "CPU with idle feeds, %": share * 100,
        "GET p50 without feeds, ms": statistics.median(alone) * 1000,
        "GET p99 without feeds, ms": statistics.quantiles(alone, n=100)[98] * 1000,
        "GET p50 beside them, ms": statistics.median(latencies) * 1000,
        "GET p99 beside them, ms": statistics.quantiles(latencies, n=100)[98] * 1000,
    }


def measure_waking(count: int, workers: int) -> list[float]:
    """Return, for several writes, the seconds from sending it until the last of `count` feeds is told."""
    took = []
    with server(workers) as (couch, caller, _):
        for number in range(ROUNDS):
            waiters = Waiters(couch.port)
            waiters.open(count, "/p/_changes?feed=longpoll&since=now&heartbeat=10000")
            time.sleep(0.3)
            began_s = time.perf_counter()
            writing = threading.Thread(target=caller, args=("PUT", f"/p/w{number}", b"{}"))
            writing.start()
            told, last_s = waiters.until_all_told(b'"last_seq"', began_s + 20)
            writing.join()
            if told < count:
                raise SystemExit(f"only {told} of {count} feeds were told")
            took.append(last_s - began_s)
            waiters.close()
    return took


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--idle", type=int, default=2000)
    options.add_argument("--waiters", type=int, default=500)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    figures = measure_idle(given.idle, given.seconds, given.workers)
    took = measure_waking(given.waiters, given.workers)
    figures["500 waiters woken, ms"] = statistics.median(took) * 1000
    print(f"feeds: {given.idle} idle, {given.waiters} woken, {given.workers} worker, {os.cpu_count()} cores")
    for name, value in figures.items():
        goal = f"   goal {GOALS[name]:g}" if name in GOALS else ""
        print(f"  {name:32} {value:8.1f}{goal}")
    spread = ", ".join(f"{each * 1000:.0f}" for each in sorted(took))
    print(f"  woken, each write, ms: {spread}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
