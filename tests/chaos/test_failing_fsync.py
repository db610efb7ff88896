"""After a failed fsync nobody can say what the disk holds: nothing more is acknowledged before reopening."""

from __future__ import annotations

import apsw
import pytest

from sync.errors import StorageFailed
from sync.sqlite import open_server
from sync.sqlite.connections import configure
from sync.sqlite.database import sweep_dropped
from sync.sqlite.peer import SqlitePeer
from sync.sqlite.scrub import check
from sync.sqlite.writer import Writer
from tests.chaos.losing_disk import FailingDisk

DOCUMENTS = 18


def write_on_a_failing_disk(path, operation, point):
    """Write documents one after another; return the numbers acknowledged and those refused."""
    prepared = open_server(path)
    prepared.create("logs")
    prepared.close()
    disk = FailingDisk(operation, point)
    connection = apsw.Connection(str(path), vfs=FailingDisk.NAME)
    # A Python VFS has no shared memory: one connection, that keeps its index of the WAL to itself.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    configure(connection)
    connection.execute("PRAGMA wal_autocheckpoint = 10")
    writer = Writer(connection, on_commit=lambda _: None, on_idle=sweep_dropped)
    peer = SqlitePeer("logs", None, writer, None)
    acknowledged, refused = set(), set()
    for number in range(DOCUMENTS):
        try:
            assert peer.bulk_docs([{"_id": f"d{number}", "v": "x" * 3000}])[0].is_ok
            acknowledged.add(number)
        except StorageFailed:
            refused.add(number)
    writer.close()
    disk.unregister()
    return acknowledged, refused


class TestEveryPoint:
    """RELIABILITY T6."""

    @pytest.mark.parametrize(("operation", "at_least"), [("sync", 18), ("write", 60)])
    def test_what_was_acknowledged_is_there_after_every_single_failure(self, tmp_path, operation, at_least):
        point, refused = 0, {0}
        while refused:
            point += 1
            path = tmp_path / f"{point}.sqlite"
            acknowledged, refused = write_on_a_failing_disk(path, operation, point)
            if operation == "sync" and refused:
                assert refused == set(range(min(refused), DOCUMENTS)), f"point {point}"
            server = open_server(path)
            stored = {int(row.id[1:]) for row in server.open("logs").all_docs()}
            assert acknowledged <= stored, f"point {point}"
            assert server.open("logs").bulk_docs([{"_id": "after"}])[0].is_ok
            assert list(check(path)) == []
            server.close()
        assert point > at_least
