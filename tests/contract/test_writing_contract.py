"""What every Peer does with writes: ordinary edits, and revisions made elsewhere."""

from __future__ import annotations

import pytest

from sync.errors import DatabaseNotFound, DocumentNotFound
from sync.peer import ReadOptions

BAD_ROWS = [
    {"_id": "_z"},
    {"_id": 5},
    {"_id": "b", "_foo": 1},
    {"_id": "b", "_rev": f"1-{'z' * 32}"},
    {"_id": "b", "t": "\ud800"},
    {"_id": "b", "n": float("nan")},
    {"_id": "b", "k": {"__proto__": 1}},
    {"_id": "b", "v": "x" * 8_000_001},
    "text",
    None,
]
A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def edit(peer, doc_id, rev=None, **members):
    offered = {"_id": doc_id, **members} | ({"_rev": rev} if rev else {})
    return peer.bulk_docs([offered])[0]


def replicate(peer, doc_id, start, *ids, **members):
    offered = {"_id": doc_id, "_revisions": {"start": start, "ids": list(ids)}, **members}
    return peer.bulk_docs([offered], new_edits=False)[0]


class TestOrdinaryEdits:
    """An edit extends the leaf its writer saw, or is a conflict (PROTOCOL B19, B23)."""

    def test_a_new_document_is_read_back_with_id_and_rev(self, peer):
        written = edit(peer, "lead:1", title="污水", n=1.0)
        assert written.is_ok
        assert peer.get("lead:1") == {"_id": "lead:1", "_rev": written.rev, "title": "污水", "n": 1.0}

    def test_a_document_without_id_is_given_one(self, peer):
        written = peer.bulk_docs([{"x": 1}])[0]
        assert len(written.id) == 32
        assert peer.get(written.id)["x"] == 1

    def test_without_the_current_rev_it_is_a_conflict_and_nothing_changes(self, peer):
        first = edit(peer, "a", x=1)
        second = edit(peer, "a", first.rev, x=2)
        for rev in (None, first.rev, f"7-{A}"):
            refused = edit(peer, "a", rev, x=3)
            assert (refused.error, refused.rev) == ("conflict", None)
        assert peer.get("a") == {"_id": "a", "_rev": second.rev, "x": 2}

    def test_an_edit_of_what_is_not_there_is_a_conflict(self, peer):
        assert edit(peer, "a", f"1-{A}", x=1).error == "conflict"
        assert peer.info().doc_count == 0

    def test_a_deleted_document_is_gone_and_can_be_written_again(self, peer):
        first = edit(peer, "a", x=1)
        gone = edit(peer, "a", first.rev, _deleted=True)
        with pytest.raises(DocumentNotFound, match="deleted"):
            peer.get("a")
        again = edit(peer, "a", x=1)
        assert again.rev.startswith("3-")
        assert gone.rev.startswith("2-")

    def test_a_deleted_document_is_extended_by_who_names_no_revision_alone(self, peer):
        gone = edit(peer, "a", edit(peer, "a", x=1).rev, _deleted=True)
        assert edit(peer, "a", gone.rev, x=2).error == "conflict"
        assert edit(peer, "a", gone.rev, _deleted=True).error == "conflict"
        assert edit(peer, "a", _deleted=True).error == "conflict"
        assert edit(peer, "a", x=2).rev.startswith("3-")

    def test_beside_a_living_leaf_a_deleted_one_can_be_extended(self, peer):
        replicate(peer, "a", 1, A)
        replicate(peer, "a", 2, B, _deleted=True)
        assert edit(peer, "a", f"2-{B}", _deleted=True).rev.startswith("3-")

    def test_a_tombstone_keeps_its_members(self, peer):
        gone = edit(peer, "a", _deleted=True, who="x")
        assert peer.open_revs("a", "all") == [{"_id": "a", "_rev": gone.rev, "who": "x", "_deleted": True}]

    def test_the_same_edit_has_the_same_rev_whatever_the_order_of_its_keys(self, peer, server):
        other = server.create("copy")
        assert edit(peer, "a", x=1, y=2).rev == edit(other, "a", y=2, x=1).rev


class TestOneBadRow:
    """A bad row has its own error and the others land (PROTOCOL C45)."""

    @pytest.mark.parametrize("bad", BAD_ROWS, ids=range(len(BAD_ROWS)))
    @pytest.mark.parametrize("new_edits", [True, False])
    def test_its_neighbours_are_stored(self, peer, bad, new_edits):
        good = {"_id": "good", "_rev": f"1-{A}"} if not new_edits else {"_id": "good"}
        last = good | {"_id": "last"}
        results = peer.bulk_docs([good, bad, last], new_edits=new_edits)
        assert [result.is_ok for result in results] == [True, False, True]
        assert results[1].rev is None
        assert [row.id for row in peer.all_docs()] == ["good", "last"]

    def test_rows_are_applied_in_order_each_seeing_the_one_before(self, peer):
        results = peer.bulk_docs([{"_id": "m", "v": 1}, {"_id": "m", "v": 2}])
        assert [result.error for result in results] == [None, "conflict"]
        assert peer.get("m")["v"] == 1


class TestReplicatedRevisions:
    """new_edits=False never conflicts, and is idempotent (PROTOCOL C38 to C43)."""

    def test_a_path_is_taken_as_it_is(self, peer):
        assert replicate(peer, "n", 3, C, B, A, v=1).rev == f"3-{C}"
        read = peer.get("n", options=ReadOptions(revs=True))
        assert read["_revisions"] == {"start": 3, "ids": [C, B, A]}

    def test_a_known_revision_changes_nothing_even_with_another_body(self, peer):
        replicate(peer, "n", 3, C, B, A, v=1)
        before = peer.info().update_seq
        assert replicate(peer, "n", 3, C, B, A, v="forged").is_ok
        assert peer.get("n")["v"] == 1
        assert peer.changes(before).rows == []

    def test_the_body_of_a_known_ancestor_is_not_filled_in(self, peer):
        replicate(peer, "n", 3, C, B, A, v=1)
        assert replicate(peer, "n", 2, B, A, v="forged").is_ok
        assert peer.open_revs("n", [f"2-{B}"]) == [f"2-{B}"]

    def test_concurrent_edits_become_siblings_and_all_peers_choose_one_winner(self, peer):
        for digest in (B, C):
            replicate(peer, "w", 2, digest, A, v=digest[0])
        replicate(peer, "w", 4, D, "3" * 32, "2" * 32, A, _deleted=True)
        options = ReadOptions(conflicts=True, deleted_conflicts=True)
        assert peer.get("w", options=options) == {
            "_id": "w",
            "_rev": f"2-{C}",
            "v": "c",
            "_conflicts": [f"2-{B}"],
            "_deleted_conflicts": [f"4-{D}"],
        }

    def test_several_revisions_of_one_id_in_one_batch_all_land(self, peer):
        docs = [{"_id": "a", "_rev": f"1-{digest}", "v": digest[0]} for digest in (A, B, C)]
        assert all(result.is_ok for result in peer.bulk_docs(docs, new_edits=False))
        assert {leaf["v"] for leaf in peer.open_revs("a", "all")} == {"a", "b", "c"}

    def test_a_document_is_deleted_only_when_all_its_leaves_are(self, peer):
        replicate(peer, "a", 1, A, v=1)
        replicate(peer, "a", 1, B, v=2)
        assert edit(peer, "a", f"1-{B}", _deleted=True).is_ok
        assert peer.get("a")["v"] == 1
        assert edit(peer, "a", f"1-{A}", _deleted=True).is_ok
        with pytest.raises(DocumentNotFound, match="deleted"):
            peer.get("a")

    def test_a_branch_is_stemmed_to_its_newest_thousand(self, peer):
        replicate(peer, "a", 1500, *[f"{number:032x}" for number in range(1500)])
        assert len(peer.get("a", options=ReadOptions(revs=True))["_revisions"]["ids"]) == 1000

    def test_without_any_revision_the_row_is_refused(self, peer):
        assert peer.bulk_docs([{"_id": "a"}], new_edits=False)[0].error == "bad_request"


class TestCounts:
    """`info` counts living documents and tombstones apart (PROTOCOL A3)."""

    def test_documents_move_between_the_two_counts(self, peer):
        first = edit(peer, "a")
        edit(peer, "b")
        edit(peer, "a", first.rev, _deleted=True)
        edit(peer, "t", _deleted=True)
        assert (peer.info().doc_count, peer.info().doc_del_count) == (1, 2)
        edit(peer, "a", x=1)
        assert (peer.info().doc_count, peer.info().doc_del_count) == (2, 1)


class TestGoneDatabase:
    """Every call on a database that is gone says so (PROTOCOL A7)."""

    def test_reads_and_writes_raise(self, server, peer):
        edit(peer, "a")
        server.delete("leads")
        reads = (peer.info, peer.changes, peer.all_docs, lambda: peer.get("a"), lambda: peer.get_local("x"))
        for use in (*reads, peer.compact, lambda: peer.bulk_docs([{}]), lambda: peer.wait("0", 0)):
            with pytest.raises(DatabaseNotFound):
                use()
