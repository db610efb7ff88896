"""The one file: its format, its lives, its backups, and disks that fail."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import apsw
import pytest

from sync.errors import StorageFailed
from sync.sqlite import open_server, schema
from sync.sqlite.connections import connect


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "couch.sqlite"


@pytest.fixture
def server(path):
    opened = open_server(path)
    yield opened
    opened.close()


class TestOpening:
    """A file or library that cannot be trusted is refused in one clear line."""

    def test_an_older_sqlite_with_the_wal_reset_bug_is_refused(self, path, monkeypatch):
        monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
        with pytest.raises(StorageFailed, match=r"SQLite 3\.51\.2 .* 3\.51\.3 or newer is required"):
            open_server(path)

    def test_a_newer_file_format_is_refused_and_left_alone(self, path):
        open_server(path).close()
        connection = apsw.Connection(str(path))
        connection.pragma("user_version", schema.FORMAT + 1)
        with pytest.raises(StorageFailed, match="written by a newer build"):
            open_server(path)
        assert connection.pragma("user_version") == schema.FORMAT + 1

    def test_another_programs_file_is_refused(self, path):
        apsw.Connection(str(path)).execute("CREATE TABLE theirs (x)")
        with pytest.raises(StorageFailed, match="of another program"):
            open_server(path)

    def test_a_missing_folder_and_a_file_that_is_no_database_are_refused(self, tmp_path):
        with pytest.raises(StorageFailed):
            open_server(tmp_path / "nowhere" / "couch.sqlite")
        (tmp_path / "text").write_text("not a database, and long enough to be looked at" * 30)
        with pytest.raises(StorageFailed):
            open_server(tmp_path / "text")

    def test_commits_are_synced_to_disk(self, server):
        connection = connect(server.path)
        assert connection.pragma("synchronous") == 2  # FULL
        assert connection.pragma("journal_mode") == "wal"

    def test_a_forked_child_is_told_to_open_it_itself(self, server):
        peer = server.create("a")
        child = os.fork()
        if child == 0:
            try:
                peer.bulk_docs([{"_id": "x"}])
            except StorageFailed:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


class TestLives:
    """uuid never changes; seqs belong to an epoch (PROTOCOL A1, A4, E80)."""

    def test_a_restart_changes_nothing_a_client_can_see(self, path):
        first = open_server(path)
        first.create("a").bulk_docs([{"_id": "x"}])
        before = (first.uuid, first.epoch, first.open("a").info())
        first.close()
        second = open_server(path)
        assert (second.uuid, second.epoch, second.open("a").info()) == before
        second.close()

    def test_another_epoch_rewinds_every_seq_and_keeps_the_data(self, server):
        peer = server.create("a")
        peer.bulk_docs([{"_id": "x"}])
        uuid, epoch, old = server.uuid, server.epoch, peer.info()
        assert server.change_epoch() != epoch
        assert server.uuid == uuid
        assert peer.info().instance_start_time != old.instance_start_time
        assert [row.id for row in peer.changes(old.update_seq).rows] == ["x"]
        assert peer.wait(old.update_seq, 0) is True

    def test_the_epoch_handed_in_is_the_files_from_then_on(self, path):
        open_server(path, epoch="harvest1").close()
        server = open_server(path)
        assert server.epoch == "harvest1"
        server.close()

    def test_an_epoch_fits_into_a_database_name(self, server):
        assert server.create(f"catalog-{server.epoch}").name.startswith("catalog-")

    def test_a_seq_beyond_the_end_restarts_at_the_beginning(self, server):
        peer = server.create("a")
        peer.bulk_docs([{"_id": "x"}])
        life = peer.info().update_seq.split("-")[1]
        assert [row.id for row in peer.changes(f"7-{life}").rows] == ["x"]


class TestBackups:
    def test_a_copy_made_while_others_write_opens_and_is_consistent(self, server, tmp_path):
        peer = server.create("a")
        peer.put_local("cp", {"n": 1})
        stop = threading.Event()

        def write():
            number = 0
            while not stop.is_set():
                peer.bulk_docs([{"_id": f"{number}-{row}"} for row in range(5)])
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        peer.wait("0", 10)
        server.backup_to(tmp_path / "copy.sqlite")
        stop.set()
        writer.join()
        copy = open_server(tmp_path / "copy.sqlite")
        copied = copy.open("a")
        assert copied.info().doc_count == len(copied.all_docs()) > 0
        assert copied.info().doc_count % 5 == 0
        assert copied.get_local("cp") == {"_id": "_local/cp", "_rev": "0-1", "n": 1}
        assert (copy.uuid, copy.epoch) == (server.uuid, server.epoch)
        copy.close()

    def test_an_existing_file_is_never_overwritten(self, server, tmp_path):
        (tmp_path / "copy").write_text("precious")
        with pytest.raises(StorageFailed, match="never overwrites"):
            server.backup_to(tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == "precious"


class TestHousekeeping:
    def test_rows_of_a_dropped_database_are_removed_in_the_background(self, server):
        peer = server.create("feed")
        docs = [{"_id": f"d{number}"} for number in range(1200)]
        revs = [row.rev for row in peer.bulk_docs(docs)]
        peer.bulk_docs([{**doc, "_rev": rev, "v": 2} for doc, rev in zip(docs, revs, strict=True)])
        peer.put_local("cp", {})
        server.delete("feed")
        connection = connect(server.path)
        tables = ("document", "body", "local", "dropped")
        deadline = time.monotonic() + 20
        while any(connection.execute(f"SELECT count(*) FROM {table}").get for table in tables):
            assert time.monotonic() < deadline
        assert server.names() == []

    def test_compaction_frees_old_bodies_only(self, server):
        peer = server.create("a")
        rev = peer.bulk_docs([{"_id": "x", "v": 0}])[0].rev
        for value in range(1, 6):
            rev = peer.bulk_docs([{"_id": "x", "_rev": rev, "v": value}])[0].rev
        connection = connect(server.path)
        assert connection.execute("SELECT count(*) FROM body").get == 6
        peer.compact()
        assert connection.execute("SELECT count(*) FROM body").get == 1
        assert peer.get("x")["v"] == 5


class TestFailingDisk:
    """A write that the disk refuses is never acknowledged, and reads go on (RELIABILITY T6, T9)."""

    def test_a_full_disk_refuses_writes_and_recovers_without_a_restart(self, server):
        peer = server.create("a")
        peer.bulk_docs([{"_id": "before"}])
        writer = server._writer._connection
        pages = writer.pragma("page_count")
        writer.pragma("max_page_count", pages + 5)
        with pytest.raises(StorageFailed, match="could not be stored"):
            peer.bulk_docs([{"_id": f"d{number}", "v": "x" * 4000} for number in range(50)])
        assert [row.id for row in peer.all_docs()] == ["before"]
        assert peer.bulk_docs([{"_id": "small"}])[0].is_ok
        writer.pragma("max_page_count", 1_000_000)
        assert peer.bulk_docs([{"_id": "after", "v": "x" * 100_000}])[0].is_ok
        assert [row.id for row in peer.all_docs()] == ["after", "before", "small"]

    def test_a_damaged_body_is_never_served(self, server):
        peer = server.create("a")
        peer.bulk_docs([{"_id": "x", "amount": 100}])
        connect(server.path).execute("UPDATE body SET json = CAST('{\"amount\":900}' AS BLOB)")
        with pytest.raises(StorageFailed, match="damaged"):
            peer.get("x")
        with pytest.raises(StorageFailed, match="damaged"):
            peer.changes(include_docs=True)

    def test_after_close_nothing_is_accepted(self, path):
        server = open_server(path)
        peer = server.create("a")
        server.close()
        with pytest.raises(StorageFailed, match="closed"):
            peer.bulk_docs([{"_id": "x"}])
        with pytest.raises(StorageFailed, match="closed"):
            peer.info()
