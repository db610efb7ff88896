"""The background of a node: ingest, projection, ledgers and publish, one after the other, woken by commits.

Exactly one worker of a county runs ingest and publish (see lease.py); a node that only shows the
console runs the projection.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO

from server.identity.housekeeping import Housekeeping
from server.ingest import Ingest
from server.lease import lease_of, turn_of
from server.ledger import LedgerProjection, SystemWriter
from server.messages.told import Told
from server.opening import people_journal
from server.publish import Publish
from server.readmodel import Projection
from server.retention.participants import ParticipantLife
from server.retention.retention import Retention, ViewWiping
from server.retention.withdrawal import Withdrawals
from server.services import Services
from server.spot_checks import SpotCheckDraw
from sync.lease import Lease

WORKER_LOCK = "worker.lock"
SWEEP_S = 60.0
RETRY_S = 2.0
STOP_CHECK_S = 0.5

Step = Callable[[], bool]
"""Does a bounded piece of work; False when nothing was left to do."""


class AnotherWorkerRuns(Told):
    """The data folder has a worker already."""


def worker_steps(services: Services) -> list[Step]:
    housekeeping = Housekeeping(
        services.console_sessions, services.device_sessions, services.enrolment, services.media.intake
    )
    ledger = LedgerProjection(services, now=services.now)
    return [
        Ingest(services, clock=services.now).run_once,
        Projection(services).run_once,
        ledger.run_once,
        SystemWriter(services, ledger).run_once,
        SpotCheckDraw(services, now=services.now).run_once,
        Publish(services, now=services.now).run_once,
        Retention(services, clock=services.now).run_once,
        Withdrawals(services).run_once,
        ParticipantLife(services).run_once,
        housekeeping.run_once,
    ]


def view_steps(services: Services) -> list[Step]:
    """What a node does that shows the console while the worker runs elsewhere."""
    return [Projection(services).run_once, ViewWiping(services).run_once]


def run_worker(
    services: Services,
    *,
    stop: threading.Event,
    steps_of: Callable[[Services], Sequence[Step]] = worker_steps,
    is_only_one: bool = True,
) -> None:
    """Work until `stop` is set; a failing step is told on stderr and tried again.

    `is_only_one`: it works only while no other of the county does, and waits for its turn otherwise.

    Raises: AnotherWorkerRuns.
    """
    lock = exclusive_lock(services.settings.data / WORKER_LOCK)
    nudge = threading.Event()
    unsubscribe = services.couch.subscribe(lambda _database: nudge.set())
    try:
        people_journal(services.settings, services.key_ring).catch_up(services.couch.ensure("accounts"))
        lease = _lease(services, Path(lock.name)) if is_only_one else None
        while not stop.is_set():
            with turn_of(lease, stop) if lease else nullcontext() as turn:
                # Made anew for each turn: another worker has been at work meanwhile.
                _work(steps_of(services), nudge, stop, may_go_on=turn.is_ours if turn else lambda: True)
    finally:
        unsubscribe()
        lock.close()


def _lease(services: Services, lock: Path) -> Lease | None:
    return lease_of(services.couch, lock, takeover_s=services.settings.worker_takeover_s)


def _work(
    steps: Sequence[Step], nudge: threading.Event, stop: threading.Event, may_go_on: Callable[[], bool]
) -> None:
    while not stop.is_set() and may_go_on():
        nudge.clear()  # before the work: what arrives during it is seen in the next round
        wait_s = RETRY_S if _run_round(steps, stop, may_go_on) else SWEEP_S
        _wait(nudge, stop, wait_s, may_go_on)


def _wait(
    nudge: threading.Event, stop: threading.Event, wait_s: float, may_go_on: Callable[[], bool]
) -> None:
    """Wait for a nudge or the time; a signal handler may set `stop`, and must not take our locks."""
    deadline = time.monotonic() + wait_s
    while not stop.is_set() and may_go_on() and (left_s := deadline - time.monotonic()) > 0:
        if nudge.wait(min(left_s, STOP_CHECK_S)):
            return


def settle(steps: Sequence[Step], *, on_round: Callable[[], None] = lambda: None) -> None:
    """Run the steps until none of them has anything left to do; failures rise."""
    while any([step() for step in steps]):  # noqa: C419 every step has its turn
        on_round()


def _run_round(steps: Sequence[Step], stop: threading.Event, may_go_on: Callable[[], bool]) -> bool:
    """Run until idle; True when a step failed and should be tried again soon."""
    try:
        while not stop.is_set() and any([may_go_on() and step() for step in steps]):  # noqa: C419
            pass
    except Exception:  # noqa: BLE001 the loop must outlive a full disk; nothing is acknowledged meanwhile
        traceback.print_exc()
        return True
    return False


def exclusive_lock(path: Path) -> IO[str]:
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise AnotherWorkerRuns("cli.worker.another", folder=path.parent) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
