"""Real PouchDB 9 pulls over real HTTP, with its checkpoint on the phone's side alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sync.http import Endpoint

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "client"


class Phone:
    def __init__(self, url: str) -> None:
        node = [sys.executable, "-m", "server.node", "node"]
        command = [*node, str(HERE / "pouch_puller.mjs"), str(CLIENT / "package.json"), url]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, command: str, **options: object) -> dict:
        self.tell(command, **options)
        assert self._node.stdout is not None
        return json.loads(self._node.stdout.readline())

    def tell(self, command: str, **options: object) -> None:
        assert self._node.stdin is not None
        self._node.stdin.write(json.dumps({"command": command, **options}) + "\n")
        self._node.stdin.flush()

    def close(self) -> None:
        assert self._node.stdin is not None
        self._node.stdin.close()
        self._node.wait(timeout=20)


@pytest.fixture
def feed(server):
    return server.create("member-1")


@pytest.fixture
def phone(send, feed, guard):
    # What a phone may see and do: current leaves, and nothing but reading.
    guard.current_leaves_only = True
    opened = Phone(f"http://127.0.0.1:{send.port}/db/member-1")
    yield opened
    opened.close()


def write(feed, first, last, **members):
    docs = [{"_id": f"lead:{number:04}", "n": number, **members} for number in range(first, last)]
    rows = feed.bulk_docs(docs)
    assert all(row.is_ok for row in rows)
    return {row.id: row.rev for row in rows}


class TestPull:
    """As from CouchDB (PROTOCOL section 2)."""

    def test_every_document_arrives_as_it_was_written(self, phone, feed):
        write(feed, 0, 250, title="污水 🌾", ratio=1.5)
        done = phone("pull")
        assert (done["ok"], done["written"], done["failures"]) == (True, 250, 0)
        assert phone("docs")["docs"] == [row.doc for row in feed.all_docs(include_docs=True)]

    def test_deletions_arrive_and_what_tombstones_hold_does_not(self, phone, feed):
        revs = write(feed, 0, 20)
        phone("pull")
        gone = [{"_id": doc_id, "_rev": rev, "_deleted": True, "secret": 1} for doc_id, rev in revs.items()][
            :5
        ]
        feed.bulk_docs(gone)
        assert phone("pull")["ok"] is True
        assert [doc["n"] for doc in phone("docs")["docs"]] == list(range(5, 20))
        assert phone("tombstones")["ids"] == [f"lead:{number:04}" for number in range(5)]

    def test_a_second_pull_goes_on_from_the_checkpoint(self, phone, feed):
        write(feed, 0, 250)
        phone("pull")
        nothing = phone("pull")
        assert (nothing["written"], "POST _bulk_get" in nothing["requests"]) == (0, False)
        write(feed, 250, 253)
        more = phone("pull")
        assert (more["written"], more["requests"].count("POST _bulk_get")) == (3, 1)

    def test_no_checkpoint_and_nothing_else_is_written_on_the_server(self, phone, feed, guard):
        write(feed, 0, 5)
        phone("pull")
        assert {str(endpoint) for endpoint, *_ in guard.asked} == {
            "welcome",
            "database",
            "changes",
            "bulk_get",
        }

    def test_an_update_replaces_and_compaction_does_not_disturb(self, phone, feed):
        revs = write(feed, 0, 10)
        phone("pull")
        for turn in range(3):
            rows = feed.bulk_docs(
                [{"_id": doc_id, "_rev": rev, "turn": turn} for doc_id, rev in revs.items()]
            )
            revs = {row.id: row.rev for row in rows}
        feed.compact()
        assert phone("pull")["written"] == 10
        assert {doc["turn"] for doc in phone("docs")["docs"]} == {2}
        assert all("_conflicts" not in doc for doc in phone("docs")["docs"])

    def test_another_epoch_starts_over_and_loses_nothing(self, phone, feed, server):
        write(feed, 0, 30)
        phone("pull")
        server.change_epoch()
        write(feed, 30, 33)
        assert phone("pull")["written"] == 3
        assert len(phone("docs")["docs"]) == 33

    def test_concurrent_leaves_of_replicated_documents_arrive_with_the_same_winner(self, phone, feed):
        leaves = [{"_id": "w", "_revisions": {"start": 2, "ids": [digest * 32, "a" * 32]}} for digest in "bc"]
        feed.bulk_docs(leaves, new_edits=False)
        phone("pull")
        [doc] = phone("docs")["docs"]
        assert (doc["_rev"], doc["_conflicts"]) == ("2-" + "c" * 32, ["2-" + "b" * 32])

    def test_a_feed_that_is_not_granted_fails_without_being_created(self, send, guard, server):
        guard.refused = set(Endpoint)
        stranger = Phone(f"http://127.0.0.1:{send.port}/db/member-2")
        assert "failed" in stranger("pull")
        stranger.close()
        assert server.names() == []


class TestLive:
    def test_a_commit_reaches_a_following_phone_by_itself(self, phone, feed):
        write(feed, 0, 3)
        phone("follow")
        assert phone("seen", id="lead:0002")["doc"]["n"] == 2
        phone.tell("seen", id="lead:0003")
        write(feed, 3, 4)
        assert json.loads(phone._node.stdout.readline())["doc"]["n"] == 3
        phone("unfollow")
