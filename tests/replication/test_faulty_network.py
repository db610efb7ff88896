"""Replication over real HTTP through a proxy that spoils one request of each.

NETWORK_FAULTS and POUCH_FAULTS say how many; a failure prints the number that FIRST_FAULT begins at.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from sync.couchdb import open_server as open_couchdb
from sync.couchdb.retries import Patience
from sync.errors import SyncError
from sync.replication.replicator import Pace, Replication
from sync.sqlite import open_server as open_sqlite
from tests.contract.backends import running
from tests.replication.pouch import Pouch
from tests.support.faulty_proxy import KINDS, Fault, FaultyProxy
from tests.support.peers import holdings

SOAK = "SOAK" in os.environ
FAULTS = int(os.environ.get("NETWORK_FAULTS", "20000" if SOAK else "2000"))
POUCH_FAULTS = int(os.environ.get("POUCH_FAULTS", "1000" if SOAK else "100"))
FIRST = int(os.environ.get("FIRST_FAULT", "0"))
HEALING_S = 60
MENDED_AFTER_S = 0.03
SHARING = 25
PATIENCES = (Patience(attempts=1), Patience(attempts=2, first_s=0.002, longest_s=0.005))
"""Without patience of the client the replicator itself meets every fault."""
REQUESTS = 18
"""About as many as a replication of a few documents makes."""


@dataclass
class Line:
    """A server of ours behind a proxy, and a file of ours before it."""

    proxy: FaultyProxy
    through: list[Any]
    direct: Any
    near: Any
    url: str


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("line")
    with running("own_http", folder) as url:
        parts = urlsplit(url)
        assert parts.port is not None
        proxy = FaultyProxy(parts.port)
        proxied = url.replace(f":{parts.port}", f":{proxy.port}")
        through = [open_couchdb(proxied, patience=patience) for patience in PATIENCES]
        direct = open_couchdb(url)
        near = open_sqlite(folder / "near.sqlite")
        yield Line(proxy, through, direct, near, proxied)
        for server in (*through, direct, near):
            server.close()
        proxy.close()


def fault_of(number: int) -> Fault:
    """Each kind in turn; where it strikes is drawn, and the same for the same number."""
    lot = random.Random(number)
    return Fault(KINDS[number % len(KINDS)], lot.randrange(REQUESTS), lot.choice((0, 1, 20, 200, 900, 4000)))


def pulls(number: int) -> bool:
    """Each kind of fault strikes both ways."""
    return number // len(KINDS) % 2 == 1


def documents(number: int) -> list[dict[str, Any]]:
    return [{"_id": f"d{number}:{n}", "n": number, "text": "x" * 200} for n in range(6)]


def replicate(source: Any, target: Any, number: int) -> bool:
    pace = Pace(batch_rows=4, checkpoint_s=number % 3, attempts=3)
    try:
        Replication(source, target, "ab"[pulls(number)] * 32, pace=pace, clock=Hasty()).run()
    except SyncError:
        return False
    return True


class Hasty:
    """A clock whose waits are a hundredth of what is asked."""

    monotonic_s = staticmethod(time.monotonic)
    chance = staticmethod(random.random)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float, cancelled: Any) -> None:
        cancelled.wait(seconds / 100)


@pytest.mark.timeout(900)
class TestReplicator:
    """RELIABILITY T7: whatever request is spoiled, both sides are equal soon after healing."""

    def test_both_sides_are_equal_after_healing(self, line):
        struck = 0
        for number in range(FIRST, FIRST + FAULTS):
            fault = fault_of(number)
            try:
                self.sync(line, number, fault)
            except BaseException:
                print(f"\nfailing fault: {number} {fault}")
                raise
            struck += fault.has_struck
        print(f"{FAULTS} faulted replications from {FIRST}, {struck} struck")
        assert struck > FAULTS * 0.6

    def sync(self, line: Line, number: int, fault: Fault) -> None:
        """Pull or push; some in a row share their databases and go on from logs."""
        near, far, seen = databases(line, number)
        source, target = (far, near) if pulls(number) else (near, far)
        ends = (seen, near) if pulls(number) else (near, seen)
        source.bulk_docs(documents(number))
        line.proxy.arm(fault)
        # At a byte a second nothing fails and nothing ends before the line is mended.
        mending = threading.Timer(MENDED_AFTER_S, line.proxy.heal)
        if fault.kind == "slow":
            mending.start()
        replicate(*ends, number)
        mending.cancel()
        line.proxy.heal()
        healed_s = time.monotonic()
        while not replicate(*ends, number):
            assert time.monotonic() - healed_s < HEALING_S
        held = holdings(target)
        assert all(held[doc_id] == leaves for doc_id, leaves in holdings(source).items())
        assert {doc["_id"] for doc in documents(number)} <= held.keys()


def databases(line: Line, number: int) -> tuple[Any, Any, Any]:
    name = f"n{number // SHARING}"
    if number % SHARING == 0 and number >= SHARING:
        line.near.delete(f"n{number // SHARING - 1}")
        line.direct.delete(f"n{number // SHARING - 1}")
    return line.near.ensure(name), line.direct.ensure(name), line.through[number // 16 % 2].open(name)


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
