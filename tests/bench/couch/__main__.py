"""`python -m tests.bench.couch`: ours, CouchDB (COUCHDB_URL) and others, alternated; a table of medians."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.bench.couch.operations import OPERATIONS, NotOffered, Operation, drop, fill
from tests.bench.couch.plot import plot_ratios
from tests.bench.couch.replications import REPLICATIONS
from tests.bench.couch.servers import places
from tests.bench.couch.wire import Place

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
OURS, THEIRS = "liandong", "CouchDB"
PICTURE = Path("build/bench/couch.svg")


def main(only: list[str]) -> int:
    chosen = [op for op in (*OPERATIONS, *REPLICATIONS) if not only or any(word in op.name for word in only)]
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {platform.platform()}; {ROUNDS} rounds")
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder, places(Path(folder)) as found:
        filled = {name: fill(place) for name, place in found.items()}
        rates = {}
        for operation in chosen:
            rates[operation.name] = measure(operation, found, filled)
            print(line(operation, rates[operation.name]), flush=True)
        for name, place in found.items():
            drop(place, filled[name])
    plot_ratios(PICTURE, rates, THEIRS if THEIRS in found else OURS)
    print(f"plotted: {PICTURE}")
    return 0


def measure(operation: Operation, found: dict[str, Place], filled: dict[str, str]) -> dict[str, list[float]]:
    """Return rates by server, one a round, the servers taking turns."""
    rates: dict[str, list[float]] = {name: [] for name in found}
    for number in range(ROUNDS + 1):
        for name, place in found.items():
            with suppress(NotOffered):
                rows, seconds = operation.run(place, filled[name])
                if number:  # the first round warms caches
                    rates[name].append(rows / seconds)
    return {name: found for name, found in rates.items() if found}


def line(operation: Operation, rates: dict[str, list[float]]) -> str:
    parts = [f"{operation.name:48}"]
    for name, found in rates.items():
        median = statistics.median(found)
        parts.append(f"{name} {median:9,.0f} ({min(found):,.0f}–{max(found):,.0f}) {operation.unit}")
    if THEIRS in rates:
        ratio = statistics.median(rates[OURS]) / statistics.median(rates[THEIRS])
        parts.append(
            f"{ratio:5.2f} × (goal {operation.goal:g}) {'' if ratio >= operation.goal else 'MISSED'}"
        )
    return "  ".join(parts)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
