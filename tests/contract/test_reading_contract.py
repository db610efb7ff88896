"""What every Peer answers to reads: revisions, feeds, lists, comparison, `_local`, compaction."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest, DocumentNotFound
from sync.peer import SEQ_START, ReadOptions, RevsDiff
from tests.contract.neighbours import near

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


@pytest.fixture
def forked(peer):
    """1-a with 2-b and 2-c after it, and the tombstone 4-d."""
    offered = [
        (2, [B, A], {"v": "b"}),
        (2, [C, A], {"v": "c"}),
        (4, [D, "3" * 32, "2" * 32, A], {"_deleted": True}),
    ]
    for start, ids, members in offered:
        peer.bulk_docs([{"_id": "w", "_revisions": {"start": start, "ids": ids}, **members}], new_edits=False)
    return peer


def write(peer, *ids):
    return [result.rev for result in peer.bulk_docs([{"_id": doc_id, "v": doc_id} for doc_id in ids])]


def pages_of(peer, count):
    """Return so many pages of two rows, one after the other."""
    pages, seq = [], SEQ_START
    for _ in range(count):
        pages.append(peer.changes(seq, limit=2))
        seq = pages[-1].last_seq
    return pages


class TestRevisions:
    """PROTOCOL B27, B31 to B34."""

    def test_unknown_ones_are_missing_and_bad_text_is_refused(self, peer):
        write(peer, "a")
        for rev in (f"1-{A}", f"9-{A}"):
            with pytest.raises(DocumentNotFound, match="missing"):
                peer.get("a", rev=rev)
        with pytest.raises(BadRequest, match="Invalid rev format"):
            peer.get("a", rev=f"1-{'z' * 32}")
        with pytest.raises(DocumentNotFound, match="missing"):
            peer.get("nope")

    def test_an_old_revision_is_readable_until_compaction(self, peer):
        [first] = write(peer, "a")
        peer.bulk_docs([{"_id": "a", "_rev": first, "v": 2}])
        assert peer.get("a", rev=first)["v"] == "a"
        peer.compact()
        with pytest.raises(DocumentNotFound, match="missing"):
            peer.get("a", rev=first)
        assert peer.get("a")["v"] == 2
        info = peer.get("a", options=ReadOptions(revs_info=True))["_revs_info"]
        assert [each["status"] for each in info] == ["available", "missing"]

    def test_latest_leads_from_an_ancestor_to_its_leaves(self, forked):
        options = ReadOptions(latest=True)
        leaves = forked.open_revs("w", [f"1-{A}"], options=options)
        assert [leaf["_rev"] for leaf in leaves] == [f"2-{C}", f"2-{B}", f"4-{D}"]
        assert forked.get("w", rev=f"1-{A}", options=options)["_rev"] == f"2-{C}"

    def test_open_revs_gives_missing_ones_as_text(self, forked):
        found = forked.open_revs("w", [f"2-{B}", f"1-{A}", f"9-{A}"])
        assert found == [{"_id": "w", "_rev": f"2-{B}", "v": "b"}, f"1-{A}", f"9-{A}"]
        assert forked.open_revs("nope", [f"1-{A}"]) == [f"1-{A}"]
        with pytest.raises(DocumentNotFound, match="missing"):
            forked.open_revs("nope", "all")

    def test_bulk_get_answers_each_pair_in_order(self, forked):
        rows = forked.bulk_get(
            [("w", f"2-{B}"), ("nope", None), ("w", None), ("w", f"9-{A}"), ("w", f"2-{B}")]
        )
        assert [[doc["_rev"] for doc in row.docs] for row in rows] == [
            [f"2-{B}"],
            [],
            [f"2-{C}", f"2-{B}", f"4-{D}"],
            [],
            [f"2-{B}"],
        ]
        assert [(row.error.error, row.error.reason) for row in rows if row.error] == [
            ("not_found", "missing")
        ] * 2

    def test_get_many_gives_those_that_exist_and_are_not_deleted(self, peer):
        first, _ = write(peer, "a", "b")
        peer.bulk_docs([{"_id": "a", "_rev": first, "_deleted": True}])
        assert {doc_id: doc["v"] for doc_id, doc in peer.get_many(["a", "b", "nope"]).items()} == {"b": "b"}


class TestRevsDiff:
    """PROTOCOL D52 to D54."""

    def test_only_what_is_missing_is_listed_with_older_leaves(self, forked):
        asked = {"w": [f"2-{B}", f"1-{A}", f"3-{D}"], "q": [f"1-{A}"], "none": []}
        assert forked.revs_diff(asked) == {
            "w": RevsDiff([f"3-{D}"], [f"2-{C}", f"2-{B}"]),
            "q": RevsDiff([f"1-{A}"], []),
        }

    def test_bad_text_is_refused(self, peer):
        with pytest.raises(BadRequest):
            peer.revs_diff({"a": [f"1-{'z' * 32}"]})


class TestChanges:
    """One row a document at its latest seq (PROTOCOL E65 to E71)."""

    def test_a_changed_document_moves_to_the_end(self, peer):
        moved, other = near("a"), near("b")
        first, _ = write(peer, moved, other)
        peer.bulk_docs([{"_id": moved, "_rev": first, "_deleted": True}])
        page = peer.changes()
        assert [(row.id, row.is_deleted) for row in page.rows] == [(other, False), (moved, True)]
        assert (page.pending, peer.changes(page.last_seq).rows) == (0, [])

    def test_pages_follow_each_other_in_order_and_count_what_is_left(self, peer):
        ids = [near(f"d{number}") for number in range(7)]
        write(peer, *ids)
        pages = pages_of(peer, 4)
        assert [row.id for page in pages for row in page.rows] == ids
        assert [page.pending for page in pages] == [5, 3, 1, 0]

    def test_pages_leave_no_gap_and_repeat_nothing_wherever_documents_are_kept(self, peer):
        ids = [f"d{number}" for number in range(7)]
        write(peer, *ids)
        assert sorted(row.id for page in pages_of(peer, 4) for row in page.rows) == ids

    def test_now_is_the_end_and_a_limit_of_nothing_counts_what_is_left(self, peer):
        write(peer, "a", "b")
        assert peer.changes("now").rows == []
        nothing = peer.changes(limit=0)
        assert (nothing.rows, nothing.pending) == ([], 2)
        assert len(peer.changes(nothing.last_seq).rows) == 2

    def test_all_leaves_are_listed_winner_first_when_asked(self, forked):
        assert forked.changes().rows[0].revs == (f"2-{C}",)
        assert forked.changes(style="all_docs").rows[0].revs == (f"2-{C}", f"2-{B}", f"4-{D}")

    def test_backwards_the_newest_comes_first(self, peer):
        ids = [near(stem) for stem in "abc"]
        write(peer, *ids)
        page = peer.changes(descending=True, limit=2)
        assert ([row.id for row in page.rows], page.pending) == (ids[:0:-1], 1)

    def test_chosen_ids_only_and_the_seq_covers_what_was_skipped(self, peer):
        write(peer, "a", "b", "c")
        page = peer.changes(doc_ids=["b", "nope"], include_docs=True)
        assert [row.doc["v"] for row in page.rows] == ["b"]
        assert peer.changes(page.last_seq).rows == []

    def test_a_tombstone_is_shown_deleted_with_its_doc(self, peer):
        peer.bulk_docs([{"_id": "t", "_deleted": True}])
        [row] = peer.changes(include_docs=True).rows
        assert row.doc == {"_id": "t", "_rev": row.revs[0], "_deleted": True}

    @pytest.mark.parametrize("since", ["garbage", "999", "", "-1", '"0"', "1-", "1-g1AAAA"])
    def test_what_is_no_seq_is_refused(self, peer, since):
        with pytest.raises(BadRequest, match="Malformed sequence"):
            peer.changes(since)


class TestAllDocs:
    """By id, in code point order; deleted ones are not there."""

    def test_ranges_are_inclusive_in_both_directions(self, peer):
        write(peer, "b", "a", "d", "c", "中", "\U0001f33e")
        assert [row.id for row in peer.all_docs()] == ["a", "b", "c", "d", "中", "\U0001f33e"]
        assert [row.id for row in peer.all_docs(start="b", end="d")] == ["b", "c", "d"]
        assert [row.id for row in peer.all_docs(start="d", end="b", descending=True)] == ["d", "c", "b"]
        assert [row.id for row in peer.all_docs(limit=2, skip=1)] == ["b", "c"]

    def test_what_comes_before_an_id_is_counted_in_both_directions(self, peer):
        write(peer, "a", "b", "c", "d", "e")
        peer.bulk_docs([{"_id": "b", "_rev": peer.get("b")["_rev"], "_deleted": True}])
        assert [peer.count_before(start) for start in ("", "a", "c", "cc", "z")] == [0, 0, 1, 2, 4]
        assert [peer.count_before(start, descending=True) for start in ("z", "c", "bb", "")] == [0, 2, 3, 4]

    def test_keys_are_answered_in_the_order_asked(self, peer):
        write(peer, "a", "b")
        rows = peer.all_docs(keys=["b", "nope", "a"], include_docs=True)
        assert [(row.id, row.doc["v"]) for row in rows] == [("b", "b"), ("a", "a")]


class TestLocalDocuments:
    """Kept as written; never in feeds, lists or counts (PROTOCOL F81 to F83)."""

    def test_they_are_overwritten_without_a_rev_and_returned_verbatim(self, peer):
        body = {"_id": "_local/cp", "history": [{"unknown": 1.0}], "last_seq": "5-x"}
        assert peer.put_local("cp=.%3D_", body) == "0-1"
        assert peer.put_local("cp=.%3D_", body | {"_rev": "0-9"}) == "0-2"
        read = peer.get_local("cp=.%3D_")
        assert read == {
            "_id": "_local/cp=.%3D_",
            "_rev": "0-2",
            "history": [{"unknown": 1.0}],
            "last_seq": "5-x",
        }

    def test_they_are_seen_nowhere_else(self, peer):
        peer.put_local("cp", {})
        assert (peer.changes().rows, peer.all_docs(), peer.info().doc_count) == ([], [], 0)

    def test_deleting_an_unknown_one_is_not_found(self, peer):
        assert peer.get_local("cp") is None
        peer.put_local("cp", {})
        peer.delete_local("cp")
        assert peer.get_local("cp") is None
        with pytest.raises(DocumentNotFound):
            peer.delete_local("cp")
