"""Files of another format: a newer one is left alone, an older one is brought up, with a copy first."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from sync.errors import StorageFailed
from sync.peer import ReadOptions
from sync.sqlite import migration, open_server, schema

FORMAT_1 = Path(__file__).with_name("format_1.sql").read_text("utf-8")


@pytest.fixture
def path(tmp_path) -> Path:
    """A file that a build of format 1 wrote and closed."""
    made = tmp_path / "couch.sqlite"
    connection = apsw.Connection(str(made))
    connection.execute(FORMAT_1)
    connection.pragma("journal_mode", "wal")
    connection.close()
    return made


def first_page(path: Path) -> bytes:
    return path.read_bytes()[:100]


class TestOlderFormat:
    def test_everything_is_there_afterwards_and_seqs_stay_good(self, path):
        server = open_server(path)
        peer = server.open("leads")
        assert (server.uuid, server.epoch) == ("6031530dfdc97407a9449ba1191e72fe", "harvest1")
        assert server.names() == ["empty", "leads"]
        assert peer.get("plain")["n"] == 2
        assert [(row.id, row.is_deleted) for row in peer.changes("2-b2ddc2c1a000").rows] == [
            ("forked", False),
            ("gone", True),
        ]
        assert peer.get("forked", options=ReadOptions(conflicts=True))["_conflicts"] == ["2-" + "b" * 32]
        assert peer.get_local("checkpoint") == {"_id": "_local/checkpoint", "_rev": "0-1", "seq": "7"}
        assert peer.changes(limit=1).pending == 2
        assert server.open("empty").info().doc_count == 0
        server.close()

    def test_it_can_be_written_and_compacted_as_a_new_one(self, path):
        server = open_server(path)
        peer = server.open("leads")
        peer.compact()
        [row] = peer.bulk_docs([{"_id": "plain", "_rev": peer.get("plain")["_rev"], "n": 3}])
        assert row.rev.startswith("3-")
        assert peer.purge({"forked": ["2-" + "c" * 32]}) == {"forked": ["2-" + "c" * 32]}
        assert [each.id for each in peer.changes().rows] == ["gone", "plain", "forked"]
        server.close()

    def test_a_copy_of_the_old_file_stays_beside_it(self, path):
        open_server(path).close()
        copy = apsw.Connection(str(path.with_name("couch.sqlite.format-1")))
        assert copy.pragma("user_version") == 1
        assert copy.execute("SELECT count(*) FROM document").get == 3
        assert {file.name for file in path.parent.iterdir()} == {"couch.sqlite", "couch.sqlite.format-1"}

    def test_its_pages_have_checksums_from_then_on(self, path):
        assert first_page(path)[20] == 0
        open_server(path).close()
        assert first_page(path)[20] == 8

    def test_cut_off_halfway_it_is_still_the_old_one_and_starts_again(self, path, monkeypatch):
        with monkeypatch.context() as cut:
            cut.setattr(migration, "document_seal", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                open_server(path)
        assert apsw.Connection(str(path)).pragma("user_version") == 1
        server = open_server(path)
        assert server.open("leads").info().doc_count == 2
        server.close()

    def test_in_use_by_an_older_build_it_is_refused_in_one_line_and_left_alone(self, path, monkeypatch):
        monkeypatch.setattr("sync.sqlite.connections.BUSY_TIMEOUT_S", 0.05)
        older = apsw.Connection(str(path))
        older.execute("SELECT * FROM document").fetchall()
        with pytest.raises(StorageFailed, match="older file format 1 and is in use"):
            open_server(path)
        assert older.pragma("user_version") == 1


class TestNewerFormat:
    def test_it_is_refused_and_left_alone(self, tmp_path):
        path = tmp_path / "couch.sqlite"
        open_server(path).close()
        connection = apsw.Connection(str(path))
        connection.pragma("user_version", schema.FORMAT + 1)
        connection.close()
        before = path.read_bytes()
        with pytest.raises(StorageFailed, match=r"couch.sqlite has file format 3, written by a newer build"):
            open_server(path)
        assert path.read_bytes() == before
