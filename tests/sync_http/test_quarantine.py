"""Refused replicated revisions are kept before the refusal is answered, and can come in after all."""

from __future__ import annotations

import base64

import pytest

from sync.errors import Forbidden, StorageFailed
from sync.http.quarantine import QUARANTINE, Quarantine, RefusedRow

A, B = ("a" * 32, "b" * 32)
DENIED = {"_id": "x", "_revisions": {"start": 2, "ids": [B, A]}, "_rev": f"2-{B}", "secret": 1}


@pytest.fixture
def policy(guard):
    def check_row(doc):
        if "secret" in doc:
            raise Forbidden("Not granted.")

    guard.check_row = check_row


def offer(db, *docs):
    return db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": list(docs)})


def kept(db):
    return db("GET", "/_liandong/quarantine").json["rows"]


class TestQuarantine:
    """PROTOCOL C47, section 1 items 2 and 3; RELIABILITY T13."""

    def test_a_refused_revision_is_kept_as_it_came(self, db, policy):
        """C47."""
        sent = b'{"_id":"x","_rev":"1-%s","secret":1.50, "n":1e2}' % A.encode()
        body = b'{"new_edits":false,"docs":[ ' + sent + b" ]}"
        [refused] = db("POST", "/p/_bulk_docs", raw=body).json
        assert refused["error"] == "forbidden"
        [row] = kept(db)
        assert (row["database"], row["doc_id"], row["rev"]) == ("p", "x", f"1-{A}")
        assert (row["error"], row["reason"]) == ("forbidden", "Not granted.")
        shown = db("GET", f"/_liandong/quarantine/{row['_id']}").json
        assert base64.b64decode(shown["row_base64"]) == sent

    def test_it_is_kept_once_however_often_it_is_offered(self, db, policy):
        """C47."""
        for _ in range(3):
            offer(db, DENIED)
        assert len(kept(db)) == 1

    def test_after_the_grant_it_comes_in_with_its_history_and_leaves_quarantine(self, db, guard, policy):
        """C47."""
        offer(db, DENIED, {"_id": "y", "_rev": f"1-{A}"})
        assert db("GET", "/p/x").status == 404
        [row] = kept(db)
        answer = db("POST", f"/_liandong/quarantine/{row['_id']}/readmit", {})
        assert (answer.status, answer.json) == (201, {"ok": True, "rev": f"2-{B}"})
        assert db("GET", "/p/x?revs=true").json == {
            "_id": "x",
            "_rev": f"2-{B}",
            "secret": 1,
            "_revisions": {"start": 2, "ids": [B, A]},
        }
        assert kept(db) == []
        assert db("POST", f"/_liandong/quarantine/{row['_id']}/readmit", {}).status == 404

    def test_a_row_refused_again_after_it_left_is_kept_again(self, db, policy):
        """C47."""
        offer(db, DENIED)
        db("POST", f"/_liandong/quarantine/{kept(db)[0]['_id']}/readmit", {})
        offer(db, DENIED)
        assert len(kept(db)) == 1

    def test_what_is_malformed_or_too_large_is_kept_whole(self, db):
        """C47."""
        large = {"_id": "l", "_rev": f"1-{A}", "v": "x" * 8_500_000}
        nan = b'{"_id":"n","_rev":"1-x","v":NaN}'
        assert len(offer(db, {"_id": "m", "_rev": "nonsense"}, large).json) == 2
        db("POST", "/p/_bulk_docs", raw=b'{"new_edits":false,"docs":[' + nan + b"]}")
        assert {row["doc_id"]: row["size_bytes"] for row in kept(db)} == {
            "m": 32,
            "l": 8_500_067,
            "n": len(nan),
        }
        for row in kept(db):
            assert db("POST", f"/_liandong/quarantine/{row['_id']}/readmit", {}).status in (400, 413)
        assert len(kept(db)) == 3

    def test_a_single_put_is_kept_with_the_id_of_its_url(self, db, policy):
        """C47."""
        db("PUT", "/p/a%2Fb?new_edits=false", {"_id": "other", "_rev": f"1-{A}", "secret": 1})
        [row] = kept(db)
        assert row["doc_id"] == "a/b"
        db("POST", f"/_liandong/quarantine/{row['_id']}/readmit", {})
        assert db("GET", "/p/a%2Fb").json == {"_id": "a/b", "_rev": f"1-{A}", "secret": 1}

    def test_ordinary_edits_that_are_refused_are_not_kept(self, db, policy):
        """C47: who makes an ordinary edit hears of its refusal and still has it."""
        db("PUT", "/p/a", {"secret": 1})
        assert kept(db) == []

    def test_what_cannot_be_kept_is_not_answered_as_refused(self, db, policy, monkeypatch):
        """C47."""

        def full(*_):
            raise StorageFailed("disk full")

        monkeypatch.setattr(Quarantine, "refuse", full)
        assert offer(db, DENIED).status == 507

    def test_it_is_for_administrators_alone(self, db, guard, policy):
        offer(db, DENIED)
        guard.asked.clear()
        db("GET", "/_liandong/quarantine")
        db("POST", "/_liandong/quarantine/x/readmit", {})
        assert {(str(endpoint), database) for endpoint, database, _ in guard.asked} == {("server", None)}
        assert db("GET", "/_liandong/nope").status == 404
        assert db("DELETE", "/_liandong/quarantine").status == 405

    def test_pieces_of_a_large_row_come_together_again(self, server):
        """C47."""
        quarantine = Quarantine(server)
        server.create("p")
        data = b'{"_id":"x","_rev":"1-%s","v":"' % A.encode() + b"v" * 7_900_000 + b'"}'
        quarantine.refuse("p", [RefusedRow(data, "x", f"1-{A}", "forbidden", "no")])
        [row] = quarantine.refused("p")
        assert quarantine.refused("q") == []
        assert quarantine.row(row["_id"])[1] == data
        quarantine.readmit(row["_id"])
        assert server.open("p").get("x")["v"] == "v" * 7_900_000
        assert server.open(QUARANTINE).info().doc_count == 0
