"""A part of the faults of T7 in a process of its own: `python -m tests.replication.fault_lane FIRST COUNT`.

A server, a proxy before it and a file of ours; a failure names the fault, which FIRST then begins at.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sync.couchdb import open_server as open_couchdb
from sync.couchdb.retries import Patience
from sync.errors import SyncError
from sync.replication.replicator import Pace, Replication
from sync.sqlite import open_server as open_sqlite
from tests.contract.backends import running
from tests.support.faulty_proxy import KINDS, Fault, FaultyProxy
from tests.support.peers import holdings

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


@contextmanager
def open_line(folder: Path) -> Iterator[Line]:
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


def sync(line: Line, number: int, fault: Fault) -> None:
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
    name, before = (f"n{number // SHARING - back}" for back in (0, 1))
    if number % SHARING == 0 and before in line.near.names():
        line.near.delete(before)
        line.direct.delete(before)
    return line.near.ensure(name), line.direct.ensure(name), line.through[number // 16 % 2].open(name)


def main(first: int, count: int) -> None:
    struck = 0
    with tempfile.TemporaryDirectory() as folder, open_line(Path(folder)) as line:
        for number in range(first, first + count):
            fault = fault_of(number)
            try:
                sync(line, number, fault)
            except BaseException:
                print(f"failing fault: {number} {fault}", flush=True)
                raise
            struck += fault.has_struck
    print(f"{count} faulted replications from {first}, {struck} struck")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
