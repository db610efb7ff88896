"""Every server as source and as target of every other: each real, over a file or over HTTP.

Set COUCHDB_URL for a real CouchDB among them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sync.peer import Peer, Server
from sync.replication.replication_id import Place, replication_id
from sync.replication.replicator import Pace, Replication
from tests.contract.backends import BACKENDS, opened, running
from tests.support.peers import histories, holdings

PAIRS = [(source, target) for source in BACKENDS for target in BACKENDS]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Each server is started once, when it is first needed."""
    known: dict[str, str] = {}
    with ExitStack() as stack:

        def start(backend: str) -> str:
            if backend not in known:
                known[backend] = stack.enter_context(running(backend, tmp_path_factory.mktemp(backend)))
            return known[backend]

        yield start


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-to-{pair[1]}")
def servers(request: Any, address: Callable[[str], str], tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    with ExitStack() as stack:
        both = []
        for side, backend in zip(("source", "target"), request.param, strict=True):
            (tmp_path / side).mkdir()
            both.append(stack.enter_context(opened(backend, address(backend), tmp_path / side)))
        yield both[0], both[1]


@pytest.fixture
def source(servers: tuple[Server, Server]) -> Peer:
    return servers[0].create("leads")


@pytest.fixture
def target(servers: tuple[Server, Server]) -> Peer:
    return servers[1].create("leads")


@pytest.fixture
def replication(servers, source, target):
    """Make one, as each run of the command does."""
    name = replication_id(Place(servers[0].uuid, "leads"), Place(servers[1].uuid, "leads"))
    return lambda: Replication(source, target, name, pace=Pace(batch_rows=40, wait_s=2.0))


def write_some(peer):
    rows = peer.bulk_docs([{"_id": f"lead:{n:03}", "n": n, "title": "污水 🌾"} for n in range(100)])
    peer.bulk_docs([{"_id": "lead:003", "_rev": rows[3].rev, "n": -3, "ratio": 0.5}])
    peer.bulk_docs([{"_id": "lead:004", "_rev": rows[4].rev, "_deleted": True, "why": "twice"}])
    siblings = [{"_id": "w", "_revisions": {"start": 2, "ids": [x * 32, "a" * 32]}, "x": x} for x in "bcd"]
    peer.bulk_docs(siblings, new_edits=False)


class TestAnyToAny:
    """Issue: any peer to any peer by the published protocol."""

    def test_all_leaves_arrive_and_the_next_run_goes_on(self, source, target, replication):
        write_some(source)
        done = replication().run()
        assert (done.refused, done.is_recorded) == ([], True)
        assert holdings(target) == holdings(source)
        assert histories(target) == histories(source)

        source.bulk_docs([{"_id": f"more:{n}"} for n in range(7)])
        again = replication().run()
        assert again.statistics.missing_checked <= 20
        assert target.get("more:6")["_id"] == "more:6"

    def test_continuously_what_is_written_later_arrives_until_it_is_cancelled(
        self, source, target, replication
    ):
        running_one = replication()
        thread = threading.Thread(target=running_one.run, kwargs={"is_continuous": True})
        thread.start()
        try:
            source.bulk_docs([{"_id": "first"}])
            seen = target.info().update_seq
            assert target.wait(seen, 20) or target.get_many(["first"])
            source.bulk_docs([{"_id": "second"}])
            wait_for(target, "second")
        finally:
            running_one.cancel()
            thread.join(30)
        assert not thread.is_alive()


def wait_for(peer, doc_id):
    since = "0"
    for _ in range(40):
        if peer.get_many([doc_id]):
            return
        since = peer.info().update_seq
        peer.wait(since, 0.5)
    raise AssertionError(f"{doc_id} did not arrive")
