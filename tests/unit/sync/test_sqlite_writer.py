"""The one writer: callers share a commit, never a fate."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.errors import StorageFailed
from sync.sqlite import open_server
from sync.sqlite.database import create_database
from sync.sqlite.edits import Batch, PreparedRow, WriteRows


def wait_for(server, queued):
    while len(server._writer._queue) < queued:
        time.sleep(0.001)


class TestGroups:
    """Many callers to a commit (DESIGN 6, "an acknowledged write is on disk")."""

    @pytest.fixture
    def server(self, tmp_path):
        opened = open_server(tmp_path / "couch.sqlite")
        yield opened
        opened.close()

    @pytest.fixture
    def peer(self, server):
        """Asked for before `held`: while the writer is kept busy nothing can be made."""
        return server.create("d")

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
            wait_for(server, 40)
            held()
            assert all(each.result() for each in created)
        server._writer._connection.set_commit_hook(None)
        assert len(server.names()) == 40
        assert len(commits) <= 3

    def test_writes_to_one_database_that_come_together_are_one_batch_with_results_of_their_own(
        self, server, peer, held, monkeypatch
    ):
        store = Batch.store
        commits = []
        monkeypatch.setattr(Batch, "store", lambda batch: (commits.append(batch), store(batch)))
        with ThreadPoolExecutor(8) as callers:
            written = [callers.submit(peer.bulk_docs, [{"_id": f"{n}"}]) for n in range(4)]
            wait_for(server, 4)
            same = [callers.submit(peer.bulk_docs, [{"_id": "same", "n": n}]) for n in range(2)]
            wait_for(server, 6)
            held()
        assert [each.result()[0].id for each in written] == ["0", "1", "2", "3"]
        assert len(commits) == 1
        assert sorted(str(each.result()[0].error) for each in same) == ["None", "conflict"]
        assert peer.info().doc_count == 5

    def test_of_writes_done_as_one_the_one_that_fails_fails_alone(self, server, peer, held):
        broken = WriteRows("d", [PreparedRow(None, None, b"")], new_edits=True)
        with ThreadPoolExecutor(8) as callers:
            before = callers.submit(peer.bulk_docs, [{"_id": "before"}])
            failed = callers.submit(server._writer.run, broken)
            after = callers.submit(peer.bulk_docs, [{"_id": "after"}])
            wait_for(server, 3)
            held()
        assert isinstance(failed.exception(), AttributeError)
        assert before.result()[0].is_ok
        assert after.result()[0].is_ok
        assert [row.id for row in peer.all_docs()] == ["after", "before"]

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
