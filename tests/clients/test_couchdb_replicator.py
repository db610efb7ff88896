"""CouchDB's own replicator pulls from and pushes to our server. Set COUCHDB_URL to run it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.remote import Remote
from tests.support.couch_server import CouchServer

COUCHDB_URL = os.environ.get("COUCHDB_URL")

pytestmark = pytest.mark.skipif(
    not COUCHDB_URL,
    reason="set COUCHDB_URL to http://ADMIN:PASSWORD@HOST:PORT of a CouchDB 3 on this machine",
)

A, B, C = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture(scope="module")
def ours(couch: CouchServer) -> Remote:
    return Remote(couch.admin_url)


@pytest.fixture(scope="module")
def theirs() -> Iterator[Remote]:
    made = Remote(COUCHDB_URL or "")
    yield made
    made.clear()


@pytest.fixture(params=["pull", "push"])
def sides(request: pytest.FixtureRequest, ours: Remote, theirs: Remote) -> tuple[Remote, Remote]:
    """Source and target: CouchDB's replicator always runs in CouchDB."""
    return (ours, theirs) if request.param == "pull" else (theirs, ours)


def replicate(theirs: Remote, source: Remote, target: Remote, name: str, **more: Any) -> Any:
    body = {"source": f"{source.url}/{name}", "target": f"{target.url}/{name}-copy"}
    return theirs("POST", "/_replicate", body | more)


def fill(source: Remote, path: str) -> None:
    """2,000 documents; of every ten one is deleted, one is in conflict, one was edited often."""
    docs = [{"_id": f"d{number:04}", "n": number, "text": "污水 🌾"} for number in range(2_000)]
    for first in range(0, 2_000, 500):
        rows = source.write(path, docs[first : first + 500])
        gone = [{"_id": row["id"], "_rev": row["rev"], "_deleted": True} for row in rows[::10]]
        source.write(path, gone)
        edited = [{"_id": row["id"], "_rev": row["rev"], "again": True} for row in rows[1::10]]
        source.write(path, edited)
        split = [{"_id": row["id"], "_revisions": {"start": 2, "ids": [C, B]}} for row in rows[2::10]]
        source.write(path, split, new_edits=False)


class TestOnce:
    def test_two_thousand_documents_arrive_with_conflicts_and_deletions(self, sides, theirs):
        source, target = sides
        path, copy = source.make("replicated-once"), target.make("replicated-once-copy")
        fill(source, path)

        done = replicate(theirs, source, target, "replicated-once")

        assert done["ok"]
        assert done["history"][0]["doc_write_failures"] == 0
        assert target.leaves(copy) == source.leaves(path)
        assert target.winners(copy) == source.winners(path)

    def test_the_next_one_goes_on_where_the_last_ended(self, sides, theirs):
        source, target = sides
        path, copy = source.make("replicated-twice"), target.make("replicated-twice-copy")
        source.write(path, [{"_id": "a"}, {"_id": "b"}])
        first = replicate(theirs, source, target, "replicated-twice")
        source.write(path, [{"_id": "c"}])

        second = replicate(theirs, source, target, "replicated-twice")

        assert second["history"][0]["start_last_seq"] == first["source_last_seq"]
        assert replicate(theirs, source, target, "replicated-twice").get("no_changes") is True
        assert set(target.winners(copy)) == {"a", "b", "c"}

    def test_both_ways_leave_both_alike(self, ours, theirs):
        mine, yours = ours.make("replicated-both"), theirs.make("replicated-both")
        ours.write(mine, [{"_id": "a", "_rev": f"1-{A}", "by": "ours"}], new_edits=False)
        theirs.write(yours, [{"_id": "a", "_rev": f"1-{B}", "by": "theirs"}], new_edits=False)
        for source, target in ((ours, theirs), (theirs, ours)):
            theirs(
                "POST",
                "/_replicate",
                {"source": f"{source.url}/replicated-both", "target": f"{target.url}/replicated-both"},
            )

        assert ours.leaves(mine) == theirs.leaves(yours)
        assert ours("GET", "/replicated-both/a?conflicts=true")["_conflicts"] == [f"1-{A}"]

    def test_a_target_is_made_when_it_is_asked_for(self, sides, theirs):
        source, target = sides
        path = source.make("replicated-made")
        target.remove("replicated-made-copy")
        source.write(path, [{"_id": "_design/x", "v": 1}, {"_id": "é/中 +%", "v": 2}])
        replicate(theirs, source, target, "replicated-made", create_target=True)
        assert target.leaves("/replicated-made-copy") == source.leaves(path)


class TestContinuous:
    def test_what_is_written_meanwhile_arrives_by_itself(self, sides, theirs):
        source, target = sides
        path, copy = source.make("replicated-live"), target.make("replicated-live-copy")
        source.write(path, [{"_id": f"first{number}"} for number in range(100)])
        replicate(theirs, source, target, "replicated-live", continuous=True)
        try:
            for number in range(100):
                row = source("PUT", f"{path}/later{number}", {"n": number})
                if number % 5 == 0:
                    source("DELETE", f"{path}/later{number}?rev={row['rev']}")
            deadline_s = time.monotonic() + 60
            while target.winners(copy) != source.winners(path) and time.monotonic() < deadline_s:
                time.sleep(0.2)
            assert target.leaves(copy) == source.leaves(path)
        finally:
            replicate(theirs, source, target, "replicated-live", continuous=True, cancel=True)
