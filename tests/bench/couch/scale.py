"""`python -m tests.bench.couch.scale`: what calls cost up to a million documents; restart, memory."""

from __future__ import annotations

import gc
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sync.peer import Peer, ReadOptions
from sync.sqlite import open_server
from tests.bench.couch.documents import document, name, replicated, revision
from tests.bench.couch.plot import plot_costs
from tests.bench.couch.wire import Place, Wire
from tests.support.couch_server import CouchServer

COUNTS = [10**n for n in range(3, 7)]
MOST = int(os.environ.get("BENCH_DOCUMENTS", str(COUNTS[-1])))
ROUNDS = 60
PICTURE = Path("build/bench/scale.svg")
Call = Callable[[Peer, random.Random, int], object]


def _many(draw: random.Random, count: int) -> list[int]:
    return draw.sample(range(count), 100)


CALLS: dict[str, Call] = {
    "get": lambda peer, draw, count: peer.get(name("check_event", draw.randrange(count))),
    "put": lambda peer, draw, count: peer.bulk_docs([document(count + 1 + draw.randrange(10**9))]),
    "bulk_docs, 100 replicated": lambda peer, draw, count: peer.bulk_docs(
        [replicated(count + 10**9 + draw.randrange(10**9)) for _ in range(100)], new_edits=False
    ),
    "bulk_get, 100": lambda peer, draw, count: peer.bulk_get(
        [(name("check_event", n), revision(n)) for n in _many(draw, count)], options=ReadOptions(revs=True)
    ),
    "revs_diff, 100": lambda peer, draw, count: peer.revs_diff(
        {name("check_event", n): [revision(n)] for n in _many(draw, count)}
    ),
    "changes, the newest 100": lambda peer, _draw, _count: peer.changes(descending=True, limit=100),
    "changes, 100 from the start": lambda peer, _draw, _count: peer.changes(limit=100),
    "all_docs, 100 from anywhere": lambda peer, draw, count: peer.all_docs(
        start=name("check_event", draw.randrange(count)), limit=100
    ),
    "info": lambda peer, _draw, _count: peer.info(),
}


def main() -> int:
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {platform.platform()}; medians of {ROUNDS}")
    costs: dict[str, dict[int, float]] = {call: {} for call in CALLS}
    counts = [count for count in COUNTS if count <= MOST]
    with tempfile.TemporaryDirectory(prefix="liandong-scale-") as folder:
        data = Path(folder)
        server = open_server(data / "couch.sqlite")
        peer, stored = server.create("scale"), 0
        for count in counts:
            while stored < count:
                more = min(1000, count - stored)
                peer.bulk_docs([replicated(n) for n in range(stored, stored + more)], new_edits=False)
                stored += more
            for call, use in CALLS.items():
                costs[call][count] = milliseconds(peer, use, count)
        server.close()
        print_costs(costs, counts)
        print_restart(data)
    plot_costs(PICTURE, costs)
    print(f"plotted: {PICTURE}")
    return 0


def milliseconds(peer: Peer, use: Call, count: int) -> float:
    draw, times = random.Random(count), []
    gc.collect()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        use(peer, draw, count)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def print_costs(costs: dict[str, dict[int, float]], counts: list[int]) -> None:
    print(f"{'milliseconds a call':32}" + "".join(f"{count:>12,}" for count in counts) + "   most / least")
    for call, by_count in costs.items():
        row = "".join(f"{by_count[count]:12.3f}" for count in counts)
        print(f"{call:32}{row}   {max(by_count.values()) / min(by_count.values()):.2f}")


def print_restart(data: Path) -> None:
    """Start the server on what is there, and say how long until it answers and what it weighs."""
    began = time.perf_counter()
    with CouchServer(data) as server:
        wire = Wire(Place.of(server.admin_url))
        wire.json("GET", f"/scale/{document(1)['_id']}")
        seconds = time.perf_counter() - began
        wire.json("GET", "/scale/_changes?include_docs=true&limit=10000")
        assert server.process is not None
        print(f"restart on {MOST:,} documents, to the first document read: {seconds:.2f} s (limit 2)")
        weight = memory_mib(server.process.pid)
        print(f"memory after a page of 10,000 documents: {weight:.0f} MiB in all processes (limit 300)")


def memory_mib(pid: int) -> float:
    """Return the resident memory of a process and its children, what they share counted once each."""
    found = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return sum(_resident_kib(one) for one in found) / 1024


def _resident_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main())
