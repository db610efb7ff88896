"""How a connection to the file is opened: every commit on it is on disk when it returns.

Refuses an SQLite library that can corrupt a WAL database.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

import apsw
import apsw.sqlite_extra

from sync.errors import Overloaded, StorageFailed

OLDEST_SAFE_SQLITE: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 10.0
WAL_BYTES_KEPT: Final = 67_108_864
CHECKSUM_BYTES: Final = 8
"""At the end of each page of a file with checksums; SQLite's own shim writes and verifies them."""

_CHECKSUMS: Final = "cksumvfs"


def connect(path: Path, *, is_reader: bool = False, verifies: bool = True) -> apsw.Connection:
    """Open one connection. A commit on it returns when the disk has it (synchronous=FULL).

    Without `verifies` a page whose checksum is wrong is read all the same.
    """
    load_checksums()
    flags = apsw.SQLITE_OPEN_READWRITE | (0 if is_reader else apsw.SQLITE_OPEN_CREATE)
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=200)
    if not verifies:
        connection.config(apsw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1)  # reads on where a table is misspelt
        connection.pragma("checksum_verification", "OFF")
    configure(connection)
    if is_reader:
        connection.execute("PRAGMA query_only = ON")
    return connection


def configure(connection: apsw.Connection) -> None:
    connection.set_busy_handler(_PatientWait())
    connection.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -8000")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT}")
    # Freed room in pages that are written anyway is overwritten with zeros; compaction does so everywhere.
    connection.pragma("secure_delete", "fast")


def empty_wal(path: Path) -> None:
    """Take everything out of the write-ahead log into the file, and cut the log to nothing.

    Raises: Overloaded where somebody reads on for longer than we wait.
    """
    connection = connect(path)
    try:
        is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
    finally:
        connection.close()
    if is_busy:
        raise Overloaded("The write-ahead log is being read, longer than we wait.")


class _PatientWait:
    """SQLite's own back-off sleeps up to 100 ms; writers of two processes want to alternate faster."""

    def __init__(self) -> None:
        self._started_s = 0.0
        self._never = threading.Event()

    def __call__(self, attempts: int) -> bool:
        now_s = time.monotonic()
        if attempts == 0:
            self._started_s = now_s
        if now_s - self._started_s > BUSY_TIMEOUT_S:
            return False
        # Not time.sleep: an application on greenlets may have replaced it, and this is a native thread.
        self._never.wait(min(0.0005 * 2 ** min(attempts, 4), 0.005))
        return True


def load_checksums() -> bool:
    """Let SQLite verify the checksum of each page that it reads; False where this build cannot."""
    if "cksmvfs" in apsw.vfs_names():
        return True
    if apsw.sqlite_extra.has(_CHECKSUMS) is None:
        return False
    passing = apsw.Connection(":memory:")
    apsw.sqlite_extra.load(passing, _CHECKSUMS)
    passing.close()
    return True


def refuse_unsafe_library() -> None:
    """Raises: StorageFailed."""
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < OLDEST_SAFE_SQLITE:
        raise StorageFailed(
            f"SQLite {version} can corrupt the database (WAL reset); 3.51.3 or newer is required.",
            hint="Install apsw 3.51.3 or newer.",
        )
