"""The background of a node: ingest, projection, ledgers and publish, one after the other, woken by commits.

Exactly one worker runs ingest and publish; a node that only shows the console runs the projection.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from server.identity.housekeeping import Housekeeping
from server.ingest import Ingest
from server.ledger import LedgerProjection
from server.messages.told import Told
from server.opening import people_journal
from server.publish import Publish
from server.readmodel import Projection
from server.services import Services
from server.spot_checks import SpotCheckDraw

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
    return [
        Ingest(services).run_once,
        Projection(services).run_once,
        LedgerProjection(services).run_once,
        SpotCheckDraw(services).run_once,
        Publish(services).run_once,
        housekeeping.run_once,
    ]


def view_steps(services: Services) -> list[Step]:
    """What a node does that shows the console while the worker runs elsewhere."""
    return [Projection(services).run_once]


def run_worker(
    services: Services,
    *,
    stop: threading.Event,
    steps_of: Callable[[Services], Sequence[Step]] = worker_steps,
) -> None:
    """Work until `stop` is set; a failing step is told on stderr and tried again.

    Raises: AnotherWorkerRuns.
    """
    lock = exclusive_lock(services.settings.data / "worker.lock")
    nudge = threading.Event()
    unsubscribe = services.couch.subscribe(lambda _database: nudge.set())
    try:
        people_journal(services.settings, services.key_ring).catch_up(services.couch.ensure("accounts"))
        steps = steps_of(services)
        while not stop.is_set():
            nudge.clear()  # before the work: what arrives during it is seen in the next round
            wait_s = RETRY_S if _run_round(steps, stop) else SWEEP_S
            _wait(nudge, stop, wait_s)
    finally:
        unsubscribe()
        lock.close()


def _wait(nudge: threading.Event, stop: threading.Event, wait_s: float) -> None:
    """Wait for a nudge or the time; a signal handler may set `stop`, and must not take our locks."""
    deadline = time.monotonic() + wait_s
    while not stop.is_set() and (left_s := deadline - time.monotonic()) > 0:
        if nudge.wait(min(left_s, STOP_CHECK_S)):
            return


def settle(steps: Sequence[Step], *, on_round: Callable[[], None] = lambda: None) -> None:
    """Run the steps until none of them has anything left to do; failures rise."""
    while any([step() for step in steps]):  # noqa: C419 every step has its turn
        on_round()


def _run_round(steps: Sequence[Step], stop: threading.Event) -> bool:
    """Run until idle; True when a step failed and should be tried again soon."""
    try:
        while not stop.is_set() and any([step() for step in steps]):  # noqa: C419
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
