"""One worker for a county on a CouchDB, wherever it runs: what the lock of a data folder is on one machine.

A worker that stood still for longer than its lease may finish one step beside its successor; what both
write is decided by revisions, as it is after a crash.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from server.messages.told import Told, one_line
from server.store import worker_lease
from sync.errors import SyncError
from sync.lease import Holder, Lease
from sync.peer import Server

LOOK_S: Final = 1.0
BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def lease_of(couch: Server, lock: Path, *, takeover_s: float) -> Lease | None:
    """Return the lease that a worker needs beside the lock of its data folder; None where that is enough."""
    name = f"{socket.gethostname()} {lock.parent.resolve()} pid {os.getpid()}"
    return worker_lease(couch, key=holder_key(lock), name=name, takeover_s=takeover_s)


def holder_key(lock: Path) -> str:
    """Return what is the same for every process that may hold this lock file, of which one does at a time."""
    try:
        boot = BOOT.read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(16)  # no way to tell a copy of this machine from itself
    file = lock.stat()
    text = f"{boot} {socket.gethostname()} {file.st_dev} {file.st_ino} {lock.resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class WorkerElsewhere(Told):
    """A worker of the county is at work on another machine."""


class Turn:
    """This process's turn to be the worker: waited for, renewed by a thread, given back at the end."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._ended = threading.Event()

    def is_ours(self) -> bool:
        return self._lease.is_ours()

    def wait(self, stop: threading.Event) -> None:
        """Return when the turn is ours, or when `stop` is set; say once whom it waits for."""
        said = ""
        while not stop.is_set():
            try:
                holder = self._lease.take()
            except SyncError as error:
                said = _say(said, one_line("cli.worker.no_lease", reason=error.reason))
            else:
                if holder is None:
                    return
                said = _say(said, self._waits_for(holder))
            stop.wait(LOOK_S)

    def renew(self) -> None:
        while not self._ended.wait(self._lease.terms.renew_s):
            self._lease.renew()

    def end(self) -> None:
        self._ended.set()

    def _waits_for(self, holder: Holder) -> str:
        takeover_s = round(self._lease.terms.takeover_s)
        return one_line("cli.worker.elsewhere", name=holder.name, since=holder.since, takeover_s=takeover_s)


@contextmanager
def turn_of(lease: Lease, stop: threading.Event) -> Iterator[Turn]:
    """Wait for the turn and keep it as long as this lasts. Look at `is_ours` before each step."""
    turn = Turn(lease)
    turn.wait(stop)
    renewing = threading.Thread(target=turn.renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield turn
    finally:
        turn.end()
        renewing.join()
        lease.release()


@contextmanager
def no_worker_elsewhere(couch: Server, lock: Path, *, takeover_s: float) -> Iterator[None]:
    """Keep every other worker of the county waiting; one that was killed is waited for until it shows.

    Raises: WorkerElsewhere.
    """
    lease = lease_of(couch, lock, takeover_s=takeover_s)
    if lease is None:
        yield
        return
    patience = threading.Event()
    timer = threading.Timer(takeover_s + 2 * LOOK_S, patience.set)
    timer.daemon = True
    timer.start()
    with turn_of(lease, patience) as turn:
        timer.cancel()
        if not turn.is_ours():
            raise WorkerElsewhere("cli.worker.stop_it")
        yield


def _say(before: str, line: str) -> str:
    if line != before:
        print(f"liandong: {line}", file=sys.stderr, flush=True)
    return line
