"""The one writer: callers share a commit, never a fate; a disk that fails is never acknowledged."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import apsw
import pytest

from sync.errors import StorageFailed
from sync.sqlite import open_server
from sync.sqlite.connections import configure
from sync.sqlite.database import create_database, sweep_dropped
from sync.sqlite.peer import SqlitePeer
from sync.sqlite.writer import Writer
from tests.chaos.losing_disk import FailingDisk


class TestGroups:
    """Many callers to a commit (DESIGN 6, "an acknowledged write is on disk")."""

    @pytest.fixture
    def server(self, tmp_path):
        opened = open_server(tmp_path / "couch.sqlite")
        yield opened
        opened.close()

    @pytest.fixture
    def held(self, server):
        """Keep the writer busy until the returned function is called, so that callers queue up."""
        entered, go_on = threading.Event(), threading.Event()
        busy = threading.Thread(target=server._writer.run, args=(lambda _: (entered.set(), go_on.wait(20)),))
        busy.start()
        assert entered.wait(20)
        yield go_on.set
        go_on.set()
        busy.join()

    def test_a_job_that_fails_leaves_no_trace_and_its_neighbours_stay(self, server, held):
        def failing(connection):
            create_database(connection, "halfway")
            raise ValueError("a defect")

        with ThreadPoolExecutor(3) as callers:
            before = callers.submit(server.create, "before")
            failed = callers.submit(server._writer.run, failing)
            after = callers.submit(server.create, "after")
            held()
            assert (before.result().name, after.result().name) == ("before", "after")
            assert str(failed.exception()) == "a defect"
        assert server.names() == ["after", "before"]

    def test_callers_that_come_together_share_a_commit(self, server, held):
        commits = []
        server._writer._connection.set_commit_hook(lambda: bool(commits.append(1)))
        with ThreadPoolExecutor(40) as callers:
            created = [callers.submit(server.create, f"d{number}") for number in range(40)]
            while len(server._writer._queue) < 40:
                pass
            held()
            assert all(each.result() for each in created)
        server._writer._connection.set_commit_hook(None)
        assert len(server.names()) == 40
        assert len(commits) <= 3

    def test_a_subscriber_that_fails_stops_nobody(self, server, caplog):
        def fail(name):
            raise ValueError("a defect")

        names = []
        server.subscribe(fail)
        server.subscribe(names.append)
        server.create("a")
        server.create("b")
        assert names == ["a", "b"]
        assert "A subscriber to commits failed" in caplog.text

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_writer_that_dies_refuses_its_callers_instead_of_holding_them(self, server, monkeypatch):
        monkeypatch.setattr(server._writer, "_next_group", lambda **_: 1 / 0)
        refused = []
        for name in ("last", "late"):  # the first may find it waiting still
            try:
                server.create(name)
            except StorageFailed as error:
                refused.append(error.reason)
        assert refused
        assert all("stopped" in reason or "closed" in reason for reason in refused)


class TestFailingDisk:
    """Every n-th operation of the disk fails once; no false acknowledgement (RELIABILITY T6)."""

    @pytest.mark.parametrize("operation", ["write", "sync"])
    def test_what_was_acknowledged_is_there_after_every_single_failure(self, tmp_path, operation):
        points = 0
        for point in range(1, 400, 7):
            path = tmp_path / f"{operation}{point}.sqlite"
            acknowledged, refused = write_on_a_failing_disk(path, operation, point)
            connection = apsw.Connection(str(path))
            stored = {doc_id for (doc_id,) in connection.execute("SELECT id FROM document")}
            assert connection.pragma("integrity_check") == "ok"
            assert acknowledged <= stored
            assert not refused or operation == "write" or len(acknowledged) < 40
            points += bool(refused)
        assert points > 3

    def test_after_a_failed_fsync_nothing_more_is_acknowledged_before_a_restart(self, tmp_path):
        path = tmp_path / "couch.sqlite"
        acknowledged, refused = write_on_a_failing_disk(path, "sync", 5)
        assert refused
        assert sorted(acknowledged | refused) == sorted(f"d{number}" for number in range(40))
        first_refused = min(int(doc_id[1:]) for doc_id in refused)
        assert refused == {f"d{number}" for number in range(first_refused, 40)}
        reopened = open_server(path)
        assert reopened.open("logs").bulk_docs([{"_id": "after"}])[0].is_ok
        reopened.close()


def write_on_a_failing_disk(path, operation, point):
    """Write 40 documents one after another; return the ids acknowledged and those refused."""
    prepared = open_server(path)
    prepared.create("logs")
    prepared.close()
    disk = FailingDisk(operation, point)
    connection = apsw.Connection(str(path), vfs=FailingDisk.NAME)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    configure(connection)
    connection.execute("PRAGMA wal_autocheckpoint = 10")
    writer = Writer(connection, on_commit=lambda _: None, on_idle=sweep_dropped)
    peer = SqlitePeer("logs", None, writer, None)
    acknowledged, refused = set(), set()
    for number in range(40):
        try:
            assert peer.bulk_docs([{"_id": f"d{number}", "v": "x" * 3000}])[0].is_ok
            acknowledged.add(f"d{number}")
        except StorageFailed:
            refused.add(f"d{number}")
    writer.close()
    disk.unregister()
    return acknowledged, refused
