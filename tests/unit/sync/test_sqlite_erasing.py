"""What is compacted or purged away is gone from the bytes on disk, not from the answers alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import Overloaded
from sync.sqlite.server import SqliteServer, open_server


@pytest.fixture
def place(tmp_path: Path):
    server = open_server(tmp_path / "couch.sqlite")
    yield server, tmp_path
    server.close()


def on_disk(folder: Path, secret: str) -> bool:
    return any(secret.encode() in path.read_bytes() for path in folder.iterdir())


def fill(server: SqliteServer, secret: str) -> dict[str, str]:
    """Documents with a secret among many without, small ones and some that take several pages."""
    peer = server.ensure("logs")
    for number in range(300):
        has_secret = number % 7 == 0
        text = f"{secret}-{number}" if has_secret else f"plain-{number}"
        peer.bulk_docs([{"_id": f"d{number:04}", "text": text, "more": "x" * (20 if number % 3 else 9000)}])
    return {row.id: row.rev for row in peer.all_docs()}


class TestCompaction:
    @pytest.mark.parametrize("is_large", [False, True])
    def test_an_older_body_is_overwritten_where_it_lay(self, place, is_large):
        server, folder = place
        secret = "36.738116,116.872391" * (800 if is_large else 1)
        revs = fill(server, secret)
        peer = server.ensure("logs")
        assert on_disk(folder, "36.738116")

        peer.bulk_docs([{"_id": doc_id, "_rev": rev, "text": "erased"} for doc_id, rev in revs.items()])
        assert on_disk(folder, "36.738116")
        peer.compact()
        server.wipe_freed()

        assert not on_disk(folder, "36.738116")
        assert peer.get("d0007")["text"] == "erased"

    def test_a_purged_document_leaves_no_bytes(self, place):
        server, folder = place
        revs = fill(server, "36.738116,116.872391")
        peer = server.ensure("logs")

        peer.purge({doc_id: [rev] for doc_id, rev in revs.items()})
        server.wipe_freed()

        assert not on_disk(folder, "36.738116")

    def test_a_reader_who_holds_the_log_open_is_told_of_and_nothing_is_claimed(self, place, monkeypatch):
        server, _folder = place
        fill(server, "36.738116,116.872391")
        monkeypatch.setattr("sync.sqlite.connections.BUSY_TIMEOUT_S", 0.1)
        with server._readers.snapshot() as connection:
            connection.execute("SELECT count(*) FROM body").fetchall()
            server.ensure("logs").bulk_docs([{"_id": "later"}])

            with pytest.raises(Overloaded):
                server.wipe_freed()
