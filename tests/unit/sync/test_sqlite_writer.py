"""The one writer: callers share a commit, never a fate."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.errors import StorageFailed
from sync.sqlite import open_server
from sync.sqlite.database import create_database


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
