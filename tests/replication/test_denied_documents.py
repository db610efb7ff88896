"""A document that was denied arrives once the permission is granted: all of them, whoever sent them."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.serving import make_server

from sync.couchdb import open_server as open_couchdb
from sync.errors import Forbidden
from sync.http import Access, Endpoint, create_blueprint
from sync.http.quarantine import Quarantine
from sync.peer import Peer, Server
from sync.replication.replicator import Pace, Replication
from tests.replication.pouch import Pouch
from tests.support.peers import holdings

DOCUMENTS = 300


@dataclass
class Policy:
    """Lets everybody do everything, but for writing the documents that are denied."""

    denied: set[str] = field(default_factory=set)

    def check(self, request: Request, endpoint: Endpoint, database: str | None, doc_id: str | None) -> Access:
        return Access(current_leaves_only=False, check_row=self._check_row)

    def _check_row(self, row: Mapping[str, Any]) -> None:
        if row.get("_id") in self.denied:
            raise Forbidden("Not yet.")


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
def url(far: Server, policy: Policy) -> Iterator[str]:
    app = Flask("couch")
    app.register_blueprint(create_blueprint(far, policy), url_prefix="/db")
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}/db"
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.fixture
def over_http(url: str, target: Peer) -> Iterator[Peer]:
    server = open_couchdb(url)
    yield server.open("leads")
    server.close()


def replicate(source, target):
    return Replication(source, target, "d" * 32, pace=Pace(batch_rows=50)).run()


@pytest.fixture
def ids(source: Peer) -> list[str]:
    source.bulk_docs([{"_id": f"lead:{n:03}", "n": n} for n in range(DOCUMENTS)])
    return [f"lead:{n:03}" for n in range(DOCUMENTS)]


class TestReplicator:
    """RELIABILITY T13, PROTOCOL 1.2: 100 % re-admitted after the grant."""

    def test_all_arrive_as_permissions_are_granted(self, source, target, over_http, policy, ids):
        lot = random.Random(13)
        policy.denied = set(lot.sample(ids, 120))
        while policy.denied:
            done = replicate(source, over_http)
            assert {row.id for row in done.refused} == policy.denied
            assert {row.reason for row in done.refused} == {"Not yet."}
            assert len(holdings(target)) == DOCUMENTS - len(policy.denied)
            policy.denied -= set(lot.sample(sorted(policy.denied), min(40, len(policy.denied))))
        assert replicate(source, over_http).refused == []
        assert holdings(target) == holdings(source)

    def test_what_was_changed_meanwhile_arrives_as_it_now_is(
        self, source, target, over_http, policy, ids: list[str]
    ):
        policy.denied = {"lead:007"}
        replicate(source, over_http)
        rev = source.get("lead:007")["_rev"]
        source.bulk_docs([{"_id": "lead:007", "_rev": rev, "n": -7}])
        assert [row.rev[:2] for row in replicate(source, over_http).refused] == ["2-"]
        policy.denied = set()
        assert replicate(source, over_http).refused == []
        assert holdings(target) == holdings(source)

    def test_continuously_they_arrive_by_themselves(self, source, target, over_http, policy, ids):
        policy.denied = set(ids[:50])
        replication = Replication(source, over_http, "d" * 32, pace=Pace(reoffer_s=0.2, wait_s=0.1))
        thread = threading.Thread(target=replication.run, kwargs={"is_continuous": True})
        thread.start()
        try:
            arrived(target, DOCUMENTS - 50)
            policy.denied = set()
            arrived(target, DOCUMENTS)
        finally:
            replication.cancel()
            thread.join(30)
        assert holdings(target) == holdings(source)


class TestPouchDB:
    """PouchDB never offers them again, and calls that success: what it sent waits in quarantine."""

    def test_all_that_it_sent_can_be_let_in(self, far, target, policy, url):
        pouch, ids = Pouch(), [f"lead:{n:03}" for n in range(60)]
        policy.denied = set(random.Random(7).sample(ids, 25))
        pouch("write", name="phone", docs=[{"_id": doc_id, "x": doc_id} for doc_id in ids])
        assert pouch("push", name="phone", url=f"{url}/leads")["ok"] is True
        assert len(holdings(target)) == 35
        policy.denied = set()
        assert pouch("push", name="phone", url=f"{url}/leads")["written"] == 0
        quarantine = Quarantine(far)
        for row in quarantine.refused("leads"):
            quarantine.readmit(row["_id"])
        assert {row.id: sorted(row.revs) for row in target.changes(style="all_docs").rows} == pouch(
            "leaves", name="phone"
        )["leaves"]
        assert quarantine.refused("leads") == []
        pouch.close()


def arrived(peer: Peer, doc_count: int) -> None:
    for _ in range(60):
        if peer.info().doc_count == doc_count:
            return
        peer.wait(peer.info().update_seq, 0.5)
    raise AssertionError(peer.info())
