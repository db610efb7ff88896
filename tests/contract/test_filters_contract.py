"""What every Peer's changes feed shows of what was asked: selectors, design documents, options."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest
from sync.peer import SEQ_START, ReadOptions
from tests.contract.neighbours import near

NUMBERED = [near(f"d{number}") for number in range(10)]
A, B, C = ("a" * 32, "b" * 32, "c" * 32)


@pytest.fixture
def numbered(peer):
    """Ten documents with n = 0 to 9, which have an order in every feed."""
    peer.bulk_docs([{"_id": doc_id, "n": number} for number, doc_id in enumerate(NUMBERED)])
    return peer


@pytest.fixture
def forked(peer):
    """1-a with 2-b and 2-c after it."""
    for digest, value in ((B, "b"), (C, "c")):
        revisions = {"start": 2, "ids": [digest, A]}
        peer.bulk_docs([{"_id": "w", "_revisions": revisions, "v": value}], new_edits=False)
    return peer


class TestSelector:
    """PROTOCOL E79: a filter fills the page before the limit counts."""

    def test_only_what_matches_is_listed_and_the_seq_covers_the_rest(self, numbered):
        page = numbered.changes(selector={"n": {"$lt": 2}})
        assert ([row.id for row in page.rows], page.pending) == (NUMBERED[:2], 0)
        assert page.rows[0].doc is None
        assert numbered.changes(page.last_seq).rows == []

    def test_pages_are_full_until_the_end(self, numbered):
        seq, pages = SEQ_START, []
        while True:
            page = numbered.changes(seq, selector={"n": {"$mod": [3, 0]}}, limit=2, include_docs=True)
            seq = page.last_seq
            pages.append([row.doc["n"] for row in page.rows])
            if len(page.rows) < 2:
                break
        assert pages == [[0, 3], [6, 9], []]

    def test_a_tombstone_is_tried_like_any_document(self, numbered):
        numbered.bulk_docs([{"_id": "t", "_deleted": True}])
        assert [row.id for row in numbered.changes(selector={"_deleted": True}).rows] == ["t"]
        assert numbered.changes(selector={"_id": NUMBERED[3]}).rows[0].id == NUMBERED[3]

    def test_with_all_leaves_those_that_match_are_listed(self, forked):
        one = forked.changes(selector={"v": "b"}, style="all_docs")
        assert [row.revs for row in one.rows] == [(f"2-{B}",)]
        assert forked.changes(selector={"v": "b"}).rows == []
        both = forked.changes(selector={"v": {"$exists": True}}, style="all_docs")
        assert both.rows[0].revs == (f"2-{C}", f"2-{B}")

    def test_what_is_no_selector_is_refused(self, peer):
        for selector in ({"n": {"$near": 1}}, {"$and": 3}, ["n"]):
            with pytest.raises(BadRequest):
                peer.changes(selector=selector)


class TestDesign:
    def test_only_design_documents_are_listed(self, numbered):
        one, other = near("_design/a"), near("_design/b")
        numbered.bulk_docs([{"_id": one}, {"_id": near("x")}, {"_id": other}])
        page = numbered.changes(design_only=True)
        assert [row.id for row in page.rows] == [one, other]
        first = numbered.changes(design_only=True, limit=1)
        assert ([row.id for row in first.rows], first.pending) == ([one], 1)


class TestOptions:
    """PROTOCOL E78."""

    def test_documents_show_their_conflicts_when_asked(self, forked):
        [row] = forked.changes(include_docs=True, options=ReadOptions(conflicts=True)).rows
        assert row.doc == {"_id": "w", "_rev": f"2-{C}", "_conflicts": [f"2-{B}"], "v": "c"}

    def test_without_documents_there_is_nothing_to_show_them_in(self, forked):
        assert forked.changes(options=ReadOptions(conflicts=True)).rows[0].doc is None
