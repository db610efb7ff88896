"""Continuous replication between two files: what happens while nothing is written at the source."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from sync.errors import DatabaseNotFound
from sync.peer import Peer, Server
from sync.replication.replicator import Pace, Progress, Replication
from tests.support.centre import until


@pytest.fixture
def said() -> list[Progress]:
    return []


@pytest.fixture
def replication(source: Peer, target: Peer, said: list[Progress]) -> Iterator[Replication]:
    """One that runs, with the documents of the source at the target already."""
    source.bulk_docs([{"_id": f"d{n}"} for n in range(30)])
    running = Replication(source, target, "c" * 32, pace=Pace(wait_s=0.1), on_progress=said.append)
    thread = threading.Thread(target=running.run, kwargs={"is_continuous": True})
    thread.start()
    until(lambda: target.info().doc_count == 30)
    yield running
    running.cancel()
    thread.join(30)
    assert not thread.is_alive()


class TestContinuous:
    """CouchDB #3897: whoever makes a database again must not have to touch the other one."""

    def test_a_target_made_again_gets_everything_though_nothing_is_new(self, replication, far):
        far.delete("leads")
        peer = far.create("leads")
        until(lambda: peer.info().doc_count == 30)

    def test_a_target_that_is_away_is_waited_for_and_it_is_said(self, replication, far: Server, source, said):
        far.delete("leads")
        source.bulk_docs([{"_id": "meanwhile"}])
        until(lambda: any(isinstance(each.trouble, DatabaseNotFound) for each in said))

    def test_what_is_written_arrives_and_is_recorded(self, replication, source, target):
        source.bulk_docs([{"_id": "one more"}])
        until(lambda: target.info().doc_count == 31)
        until(lambda: target.get_local("c" * 32)["source_last_seq"] == source.info().update_seq)
