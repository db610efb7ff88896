"""Opening the file for the first time in a process: made new, checked, or brought up to this format.

Refuses a file that a newer build wrote, and one of another program; touches neither.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from sync.errors import StorageFailed
from sync.sqlite.connections import CHECKSUM_BYTES, connect, load_checksums, refuse_unsafe_library
from sync.sqlite.log import refuse_damaged_log
from sync.sqlite.migration import migrate
from sync.sqlite.schema import APPLICATION_ID, FORMAT, create_tables


def prepare_file(path: Path) -> None:
    """Create the tables in a new file; check the format of an old one, and migrate it with a copy first.

    Raises: StorageFailed, in one line an operator can act on.
    """
    refuse_unsafe_library()
    with _alone(path):
        _prepare(path)


def _prepare(path: Path) -> None:
    try:
        connection = connect(path)
    except apsw.Error as error:
        raise StorageFailed(f"Cannot open the database file {path.name}: {error}") from error
    try:
        # A log that must be looked at may not be emptied into the file when this is refused.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        if _is_new(connection) and load_checksums():
            connection.reserve_bytes(reserve=CHECKSUM_BYTES)
        found = _found_format(connection, path.name)
        if found and found < FORMAT:
            migrate(connection, path, found)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")  # two processes may both find a new file
        if _found_format(connection, path.name) == 0:
            create_tables(connection)
        refuse_damaged_log(path)
        connection.execute("COMMIT")
    except (apsw.Error, OSError) as error:
        raise StorageFailed(f"Cannot use the database file {path.name}: {error}") from error
    finally:
        connection.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time look at a file: several that find none would each begin one of their own.

    The lock is the folder's, so that nothing is left beside the file, and ends with the process.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise StorageFailed(f"Cannot open the database file {path.name}: {error}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _is_new(connection: apsw.Connection) -> bool:
    return bool(connection.pragma("page_count") == 0)


def _found_format(connection: apsw.Connection, file_name: str) -> int:
    """Return the format of the file, 0 for an empty one.

    Raises: StorageFailed for what this build cannot read.
    """
    found = int(connection.pragma("user_version"))
    is_ours = connection.pragma("application_id") == APPLICATION_ID
    if found > FORMAT and is_ours:
        raise StorageFailed(
            f"{file_name} has file format {found}, written by a newer build; this one reads {FORMAT}.",
            hint="Start the newer build, or restore a backup made by this one.",
        )
    if not is_ours and connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get is not None:
        raise StorageFailed(f"{file_name} is an SQLite file of another program.")
    if is_ours and not load_checksums() and connection.reserve_bytes() == CHECKSUM_BYTES:
        raise StorageFailed(
            f"{file_name} has page checksums, and this build of apsw cannot keep them.",
            hint="Install apsw from its wheel.",
        )
    return found if is_ours else 0
