"""PouchDB 9 both ways against `liandong couch`, once and live, with its own checkpoints on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from sync.couchdb import open_server
from tests.contract.backends import running
from tests.replication.pouch import Pouch

NAMES = (f"p{number}" for number in count())


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running("own_http", tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="module")
def pouch() -> Iterator[Pouch]:
    opened = Pouch()
    yield opened
    opened.close()


@pytest.fixture
def name() -> str:
    return next(NAMES)


@pytest.fixture
def leads(url, name):
    """The database on the server, and what the phone calls it."""
    server = open_server(url)
    yield server.create(name)
    server.close()


def of_server(peer):
    return {row.id: sorted(row.revs) for row in peer.changes(style="all_docs").rows}


class TestOnce:
    """PROTOCOL section 2."""

    def test_what_is_pushed_stands_on_the_server_with_every_leaf(self, pouch, leads, url, name):
        rows = pouch("write", name=name, docs=[{"_id": f"d{n}", "n": n} for n in range(10)])["rows"]
        pouch("write", name=name, docs=[{"_id": "d1", "_rev": rows[1]["rev"], "_deleted": True}])
        siblings = [{"_id": "w", "_revisions": {"start": 2, "ids": [x * 32, "a" * 32]}} for x in "bc"]
        pouch("write", name=name, docs=siblings, new_edits=False)
        done = pouch("push", name=name, url=f"{url}/{name}")
        assert (done["ok"], done["written"]) == (True, 12)
        assert pouch("leaves", name=name)["leaves"] == of_server(leads)
        assert leads.get("d2")["n"] == 2

    def test_what_is_pulled_stands_on_the_phone_with_every_leaf(self, pouch, leads, url, name):
        rows = leads.bulk_docs([{"_id": f"d{n}", "n": n} for n in range(10)])
        leads.bulk_docs([{"_id": "d1", "_rev": rows[1].rev, "_deleted": True}])
        siblings = [{"_id": "w", "_revisions": {"start": 2, "ids": [x * 32, "a" * 32]}} for x in "bc"]
        leads.bulk_docs(siblings, new_edits=False)
        assert pouch("pull", name=name, url=f"{url}/{name}")["ok"] is True
        assert pouch("leaves", name=name)["leaves"] == of_server(leads)

    def test_each_way_goes_on_from_its_checkpoint(self, pouch, leads, url, name):
        leads.bulk_docs([{"_id": f"d{n}"} for n in range(10)])
        pouch("pull", name=name, url=f"{url}/{name}")
        leads.bulk_docs([{"_id": "more"}])
        assert pouch("pull", name=name, url=f"{url}/{name}")["read"] == 1
        pouch("write", name=name, docs=[{"_id": "mine"}])
        assert pouch("push", name=name, url=f"{url}/{name}")["written"] == 1
        assert pouch("push", name=name, url=f"{url}/{name}")["written"] == 0

    def test_concurrent_edits_become_siblings_on_both_sides(self, pouch, leads, url, name):
        leads.bulk_docs([{"_id": "d"}])
        pouch("pull", name=name, url=f"{url}/{name}")
        rev = leads.get("d")["_rev"]
        leads.bulk_docs([{"_id": "d", "_rev": rev, "by": "server"}])
        pouch("write", name=name, docs=[{"_id": "d", "_rev": rev, "by": "phone"}])
        pouch("push", name=name, url=f"{url}/{name}")
        pouch("pull", name=name, url=f"{url}/{name}")
        held = of_server(leads)
        assert len(held["d"]) == 2
        assert pouch("leaves", name=name)["leaves"] == held


class TestLive:
    """Live and both ways: what either writes reaches the other by itself."""

    def test_both_see_what_the_other_writes(self, pouch, leads, url, name):
        pouch("follow", name=name, url=f"{url}/{name}")
        leads.bulk_docs([{"_id": "from-server", "n": 1}])
        assert pouch("seen", name=name, id="from-server")["doc"]["n"] == 1
        pouch("write", name=name, docs=[{"_id": "from-phone", "n": 2}])
        since = "0"
        for _ in range(20):
            if leads.get_many(["from-phone"]):
                break
            since = leads.info().update_seq
            leads.wait(since, 1.0)
        assert leads.get("from-phone")["n"] == 2
        pouch("unfollow", name=name)
