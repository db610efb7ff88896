"""Compaction, purge, backup and scrubbing run while clients write: nobody waits long, nothing is lost."""

from __future__ import annotations

import threading
import time

import pytest

from sync.sqlite import open_server
from sync.sqlite.scrub import check

DOCUMENTS = 3000


@pytest.fixture
def server(tmp_path):
    """Many documents of two revisions each, so that there is much to compact."""
    opened = open_server(tmp_path / "couch.sqlite")
    peer = opened.create("a")
    ids = [f"d{number:05}" for number in range(DOCUMENTS)]
    rows = peer.bulk_docs([{"_id": doc_id, "v": "x" * 500} for doc_id in ids])
    peer.bulk_docs([{"_id": row.id, "_rev": row.rev, "v": "y" * 500} for row in rows])
    yield opened
    opened.close()


class Writers:
    """Three clients that write until told to stop; `longest_s` is how long one of their calls took."""

    def __init__(self, peer) -> None:
        self._peer = peer
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.longest_s = 0.0
        self._threads = [threading.Thread(target=self._write, args=(name,)) for name in "uvw"]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, name) -> None:
        number = 0
        while not self._stop.is_set():
            started_s = time.monotonic()
            assert self._peer.bulk_docs([{"_id": f"{name}{number}"}])[0].is_ok
            self.longest_s = max(self.longest_s, time.monotonic() - started_s)
            self.acknowledged.append(f"{name}{number}")
            number += 1


class TestUpkeep:
    """Issue: compaction and purge run while clients work."""

    def test_all_of_it_at_once_loses_nothing_and_finds_no_damage(self, server, tmp_path):
        peer = server.open("a")
        purged = {f"d{number:05}": [peer.get(f"d{number:05}")["_rev"]] for number in range(100)}
        with Writers(peer) as writers:
            while len(writers.acknowledged) < 10:
                pass
            started = len(writers.acknowledged)
            peer.compact()
            while_compacting = len(writers.acknowledged) - started
            for doc_id, revs in purged.items():
                assert peer.purge({doc_id: revs}) == {doc_id: revs}
            server.backup_to(tmp_path / "copy.sqlite")
            found = list(check(server.path))
        assert found == []
        assert while_compacting >= DOCUMENTS // 200 // 2  # a turn between the pieces, not the whole
        stored = {row.id for row in peer.all_docs()}
        assert set(writers.acknowledged) <= stored
        assert len(stored) == DOCUMENTS - 100 + len(writers.acknowledged)
        assert list(check(tmp_path / "copy.sqlite")) == []
