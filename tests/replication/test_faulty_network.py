"""Replication over real HTTP through a proxy that spoils one request of each.

NETWORK_FAULTS and POUCH_FAULTS say how many; a failure prints the number that FIRST_FAULT begins at.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.replication.fault_lane import (
    HEALING_S,
    MENDED_AFTER_S,
    SHARING,
    Line,
    documents,
    fault_of,
    open_line,
    pulls,
)
from tests.replication.pouch import Pouch
from tests.support.faulty_proxy import Fault

SOAK = "SOAK" in os.environ
FAULTS = int(os.environ.get("NETWORK_FAULTS", "20000" if SOAK else "2000"))
POUCH_FAULTS = int(os.environ.get("POUCH_FAULTS", "1000" if SOAK else "100"))
FIRST = int(os.environ.get("FIRST_FAULT", "0"))
LANES = 3
"""A replication waits more than it works: several at once, each with a server of its own, end sooner."""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with open_line(tmp_path_factory.mktemp("line")) as opened:
        yield opened


def lanes() -> list[tuple[int, int]]:
    """Return where each lane begins and how many faults are its; databases are shared within a lane alone."""
    length = -(-FAULTS // LANES // SHARING) * SHARING
    starts = range(FIRST, FIRST + FAULTS, length)
    return [(start, min(length, FIRST + FAULTS - start)) for start in starts]


@pytest.mark.timeout(900)
class TestReplicator:
    """RELIABILITY T7: whatever request is spoiled, both sides are equal soon after healing."""

    def test_both_sides_are_equal_after_healing(self):
        command = [sys.executable, "-m", "tests.replication.fault_lane"]
        parts = [
            subprocess.Popen([*command, str(first), str(count)], stdout=subprocess.PIPE, text=True)
            for first, count in lanes()
        ]
        try:
            said = [part.communicate()[0] for part in parts]
        finally:
            for part in parts:
                part.kill()
        print(*said, sep="\n")
        assert [part.returncode for part in parts] == [0] * len(parts)
        counts = [re.search(r"(\d+) faulted replications from \d+, (\d+) struck", text) for text in said]
        done, struck = (sum(int(count[place]) for count in counts if count) for place in (1, 2))
        assert (done, struck > FAULTS * 0.6) == (FAULTS, True)


@pytest.fixture(scope="module")
def pouch() -> Iterator[Pouch]:
    opened = Pouch()
    yield opened
    opened.close()


@pytest.mark.timeout(900)
class TestPouchDB:
    """RELIABILITY T7: PouchDB 9 through the same line, both ways, with its checkpoints on both sides."""

    def test_both_sides_are_equal_after_healing(self, line, pouch):
        for number in range(FIRST, FIRST + POUCH_FAULTS):
            fault = fault_of(number)
            try:
                self.sync(line, pouch, number, fault)
            except BaseException:
                print(f"\nfailing fault: {number} {fault}")
                raise
        print(f"{POUCH_FAULTS} faulted replications of PouchDB from {FIRST}")

    def sync(self, line: Line, pouch: Pouch, number: int, fault: Fault) -> None:
        name, command = f"pouch{number}", ("push", "pull")[pulls(number)]
        far, url = line.direct.create(name), f"{line.url}/{name}"
        pouch("write", name=name, docs=documents(number) if command == "push" else [])
        far.bulk_docs(documents(number) if command == "pull" else [])
        line.proxy.arm(fault)
        mending = threading.Timer(MENDED_AFTER_S, line.proxy.heal)
        if fault.kind == "slow":
            mending.start()
        pouch(command, name=name, url=url)
        mending.cancel()
        line.proxy.heal()
        healed_s = time.monotonic()
        while not pouch(command, name=name, url=url).get("ok"):
            assert time.monotonic() - healed_s < HEALING_S
        theirs = pouch("leaves", name=name)["leaves"]
        assert theirs == {row.id: sorted(row.revs) for row in far.changes(style="all_docs").rows}
        assert len(theirs) == len(documents(number))
        pouch("drop", name=name)
        line.direct.delete(name)
