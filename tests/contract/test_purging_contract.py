"""What every Peer does with purges: gone without a tombstone, and replication cannot bring it back."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest, DocumentNotFound

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def replicate(peer, start, *ids, **members):
    offered = {"_id": "w", "_revisions": {"start": start, "ids": list(ids)}, **members}
    return peer.bulk_docs([offered], new_edits=False)[0]


@pytest.fixture
def forked(peer):
    """1-a with 2-b and 2-c after it."""
    replicate(peer, 2, B, A, v="b")
    replicate(peer, 2, C, A, v="c")
    return peer


class TestPurge:
    """PROTOCOL G96."""

    def test_a_leaf_goes_and_its_sibling_wins(self, forked):
        before = forked.info().update_seq
        assert forked.purge({"w": [f"2-{C}"]}) == {"w": [f"2-{C}"]}
        assert forked.get("w") == {"_id": "w", "_rev": f"2-{B}", "v": "b"}
        assert forked.changes(before, style="all_docs").rows[0].revs == (f"2-{B}",)
        assert (forked.info().doc_count, forked.info().doc_del_count) == (1, 0)

    def test_without_leaves_the_document_is_gone_and_the_seq_has_risen(self, forked):
        before = forked.info().update_seq
        forked.purge({"w": [f"2-{C}", f"2-{B}"]})
        with pytest.raises(DocumentNotFound, match="missing"):
            forked.get("w")
        assert forked.changes().rows == []
        info = forked.info()
        assert (info.doc_count, info.doc_del_count) == (0, 0)
        assert info.update_seq != before

    def test_a_tombstone_can_be_purged_and_the_counts_follow(self, peer):
        [row] = peer.bulk_docs([{"_id": "t", "_deleted": True}])
        assert peer.info().doc_del_count == 1
        peer.purge({"t": [row.rev]})
        assert peer.info().doc_del_count == 0

    def test_what_is_unknown_or_no_leaf_is_left_alone(self, forked):
        before = forked.info()
        assert forked.purge({"w": [f"1-{A}", f"9-{A}"], "nope": [f"1-{A}"]}) == {}
        assert forked.info() == before

    def test_bad_rev_text_is_refused(self, peer):
        with pytest.raises(BadRequest, match="Invalid rev format"):
            peer.purge({"w": ["1-"]})


class TestNoReturn:
    """A peer that still has it sends it again; the record of the purge blocks it (PROTOCOL G96)."""

    def test_replication_neither_asks_for_it_nor_brings_it_back(self, forked):
        forked.purge({"w": [f"2-{C}", f"2-{B}"]})
        seq = forked.info().update_seq
        assert forked.revs_diff({"w": [f"2-{B}", f"2-{C}"]}) == {}
        assert replicate(forked, 2, C, A, v="c").is_ok
        with pytest.raises(DocumentNotFound, match="missing"):
            forked.get("w")
        assert forked.info().update_seq == seq

    def test_a_revision_made_after_it_elsewhere_does_arrive(self, forked):
        forked.purge({"w": [f"2-{C}", f"2-{B}"]})
        replicate(forked, 3, "d" * 32, B, A, v="d")
        assert forked.get("w")["v"] == "d"

    def test_who_writes_the_same_again_here_has_it_again(self, peer):
        [first] = peer.bulk_docs([{"_id": "x", "v": 1}])
        peer.purge({"x": [first.rev]})
        [again] = peer.bulk_docs([{"_id": "x", "v": 1}])
        assert (again.rev, peer.get("x")["v"]) == (first.rev, 1)
        peer.purge({"x": [first.rev]})
        assert peer.revs_diff({"x": [first.rev]}) == {}
