"""Ids as locks: what two writers write is never the same, and who lost leaves nothing behind."""

from __future__ import annotations

from server.identity.audit import Audit
from server.identity.races import own, withdrawn
from sync.sqlite import open_server
from tests.support.peers import Altered


class TestOwn:
    """QUIRKS 98: the same content under one id is one revision, acknowledged to all who write it."""

    def test_two_writers_of_the_same_never_write_the_same(self):
        assert own({"_id": "a", "x": 1}) != own({"_id": "a", "x": 1})

    def test_a_tombstone_stays_empty(self):
        gone = {"_id": "a", "_rev": "1-a", "_deleted": True}
        assert own(gone) == gone

    def test_what_accounts_write_at_one_moment_differs_by_writer(self, directory):
        sent = []
        accounts = directory.accounts
        accounts.peer = Altered(accounts.peer, bulk_docs=_noting(sent))
        for _ in range(2):
            accounts.create({"_id": "used_challenge:1", "expires_at": "later"})
        assert [doc["_id"] for doc in sent] == ["used_challenge:1"] * 2
        assert sent[0] != sent[1]

    def test_rows_of_the_audit_of_one_moment_differ_by_writer(self, tmp_path, clock):
        hashes = set()
        for name in ("one", "two"):
            audit = Audit(open_server(tmp_path / f"{name}.sqlite"), clock=clock)
            hashes.add(audit.append("login", actor="m1").hash)
            assert audit.verify() is None
        assert len(hashes) == 2


class TestWithdrawn:
    """QUIRKS 99: on a cluster a write that lost may stand on one node, and win later."""

    def test_who_lost_takes_its_own_leaf_away(self, tmp_path):
        peer = open_server(tmp_path / "couch.sqlite").create("accounts")
        won, lost = ({"_id": "a", "nonce": name} for name in ("won", "lost"))
        for digest, document in (("b" * 32, won), ("c" * 32, lost)):
            peer.bulk_docs([{**document, "_rev": f"1-{digest}"}], new_edits=False)
        assert withdrawn(peer, lost) is True
        assert peer.get("a")["nonce"] == "won"

    def test_what_stands_alone_stays_whoever_wrote_it(self, tmp_path):
        peer = open_server(tmp_path / "couch.sqlite").create("accounts")
        peer.bulk_docs([{"_id": "a", "nonce": "mine"}])
        assert withdrawn(peer, {"_id": "a", "nonce": "mine"}) is False
        assert withdrawn(peer, {"_id": "nope", "nonce": "mine"}) is False
        assert peer.get("a")["nonce"] == "mine"


def _noting(sent):
    def write(peer, docs, *, new_edits=True):
        sent.extend(docs)
        return peer.bulk_docs(docs, new_edits=new_edits)

    return write
