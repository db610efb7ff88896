"""PROTOCOL section 3, C: revisions made elsewhere (`new_edits=false`). Each test names its points."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from sync.errors import Forbidden

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def row(doc_id, start, *ids, **members):
    return {"_id": doc_id, "_revisions": {"start": start, "ids": list(ids)}, **members}


def offer(db, *docs, **headers):
    answer = db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": list(docs)}, **headers)
    assert answer.status == 201
    return answer.json


def leaves(db, doc_id):
    found = db("GET", f"/p/{doc_id}?open_revs=all&revs=true", Accept="application/json").json
    return [(leaf["ok"]["_rev"], leaf["ok"]["_revisions"]["ids"]) for leaf in found]


class TestReplicatedRevisions:
    """PROTOCOL C37 to C45."""

    def test_success_is_201_with_failures_only_and_a_repeat_changes_nothing(self, db):
        """C37, C38."""
        assert offer(db, row("a", 2, B, A, v=1)) == []
        seq = db("GET", "/p").json["update_seq"]
        assert offer(db, row("a", 2, B, A, v="another")) == []
        assert db("GET", "/p").json["update_seq"] == seq
        assert db("GET", "/p/a").json["v"] == 1
        assert db("PUT", "/p/a?new_edits=false", row("a", 2, B, A)).status == 201

    def test_any_order_and_grouping_of_paths_gives_the_same_tree(self, db):
        """C39."""
        paths = [row("x", 3, C, B, A), row("x", 2, D, A), row("x", 4, D, C), row("x", 1, D)]
        trees = []
        for number, order in enumerate(itertools.permutations(paths)):
            docs = [path | {"_id": f"x{number}"} for path in order]
            half = number % 3
            offer(db, *docs[:half])
            offer(db, *docs[half:])
            trees.append(leaves(db, f"x{number}"))
        assert trees == [[(f"4-{D}", [D, C, B, A]), (f"2-{D}", [D, A]), (f"1-{D}", [D])]] * 24

    def test_a_row_needs_a_rev_or_a_path_and_the_path_wins(self, db):
        """C40."""
        assert offer(db, {"_id": "a", "_rev": f"5-{A}"}) == []
        assert leaves(db, "a") == [(f"5-{A}", [A])]
        refused = offer(db, {"_id": "b"}, row("c", 2, B, A, _rev=f"2-{C}"))
        assert [(each["id"], each["error"]) for each in refused] == [("b", "forbidden")]
        assert leaves(db, "c") == [(f"2-{B}", [B, A])]

    def test_several_revisions_of_one_document_in_one_batch_all_land(self, db):
        """C41, C42."""
        assert offer(db, row("a", 3, C, B, A), row("a", 2, D, A), row("a", 2, B, A)) == []
        assert [rev for rev, _ in leaves(db, "a")] == [f"3-{C}", f"2-{D}"]

    def test_a_concurrent_edit_becomes_a_sibling_never_a_conflict(self, db):
        """C42."""
        rev = db("PUT", "/p/a", {"v": 1}).json["rev"]
        assert offer(db, row("a", 1, A)) == []
        assert {leaf for leaf, _ in leaves(db, "a")} == {rev, f"1-{A}"}

    def test_a_path_is_kept_to_its_newest_thousand(self, db):
        """C43."""
        ids = [f"{number:032x}" for number in range(1500, 0, -1)]
        assert offer(db, row("a", 1500, *ids)) == []
        assert leaves(db, "a") == [(f"1500-{ids[0]}", ids[:1000])]
        assert db("GET", "/p/_revs_limit").json == 1000

    @pytest.mark.parametrize(
        "revisions",
        [
            {"start": 1, "ids": [B, A]},
            {"start": 1, "ids": []},
            {"start": "1", "ids": [A]},
            {"start": 1, "ids": [5]},
            {"start": 0, "ids": [A]},
            {"start": -1, "ids": [A]},
            {"start": 1.5, "ids": [A]},
            {"start": True, "ids": [A]},
            {"ids": [A]},
            {"start": 1, "ids": A},
            [],
            None,
        ],
    )
    def test_a_malformed_path_is_refused_for_itself(self, db, revisions):
        """C44."""
        bad = {"_id": "bad", "_revisions": revisions}
        [refused] = offer(db, row("a", 1, A), bad, row("b", 1, A))
        assert (refused["id"], refused["error"]) == ("bad", "forbidden")
        assert [each["id"] for each in db("GET", "/p/_all_docs").json["rows"]] == ["a", "b"]
        assert db("PUT", "/p/bad?new_edits=false", bad).status == 400

    def test_a_row_that_is_no_json_is_refused_for_itself(self, db):
        """C45: CouchDB answers 400 for all of them, and its replicator sends the batch for ever."""
        deep = b"[" * 100_000 + b"]" * 100_000
        rows = [b'{"_id":"a","_rev":"1-%s"}' % A.encode(), b'{"_id":"deep","_rev":"1-x","v":' + deep + b"}"]
        rows += [b'{"_id":"nan","v":[{"_id":"inner"}],"n":NaN}', b'{"_id":"b","_rev":"1-%s"}' % B.encode()]
        answer = db("POST", "/p/_bulk_docs", raw=b'{"docs":[' + b",".join(rows) + b'],"new_edits":false}')
        assert answer.status == 201
        assert [(each["id"], each["error"]) for each in answer.json] == [
            ("deep", "forbidden"),
            ("nan", "forbidden"),
        ]
        assert [each["id"] for each in db("GET", "/p/_all_docs").json["rows"]] == ["a", "b"]
        ordinary = db("POST", "/p/_bulk_docs", raw=b'{"docs":[{"_id":"c"},{"_id":"d","n":NaN}]}')
        assert [each.get("error") for each in ordinary.json] == [None, "bad_request"]
        for broken in (b'{"docs":[{"_id":"e"}', b'{"docs":[{}],"x":NaN}', b"NaN", b'{"docs":NaN}'):
            assert db("POST", "/p/_bulk_docs", raw=broken).status == 400


class TestRefusals:
    """PROTOCOL C46 to C51."""

    @pytest.fixture
    def policy(self, guard):
        def check_row(doc):
            if "secret" in doc:
                raise Forbidden("No secrets here.")

        guard.check_row = check_row

    def test_a_refusal_by_policy_is_a_row_and_403_alone(self, db, policy):
        """C46."""
        refused = offer(db, row("a", 1, A), row("b", 1, A, secret=1, _rev=f"1-{A}"))
        assert refused == [
            {"id": "b", "rev": f"1-{A}", "error": "forbidden", "reason": "No secrets here."},
        ]
        assert db("GET", "/p/a").status == 200
        single = db("PUT", "/p/b?new_edits=false", row("b", 1, A, secret=1))
        assert (single.status, single.json) == (403, {"error": "forbidden", "reason": "No secrets here."})
        assert db("PUT", "/p/b", {"secret": 1}).status == 403
        ordinary = db("POST", "/p/_bulk_docs", {"docs": [{"_id": "c"}, {"_id": "d", "secret": 1}]}).json
        assert [each.get("error") for each in ordinary] == [None, "forbidden"]

    def test_a_document_that_is_too_large_is_413_and_spoils_no_batch(self, db):
        """C48."""
        large = row("b", 1, B, v="x" * 8_000_001)
        assert db("PUT", "/p/a", {"v": "x" * 8_000_001}).json["error"] == "document_too_large"
        assert db("PUT", "/p/b?new_edits=false", large).status == 413
        [refused] = offer(db, row("a", 1, A), large)
        assert (refused["id"], refused["error"]) == ("b", "forbidden")
        assert refused["reason"].startswith("document_too_large: ")

    def test_a_document_has_at_most_so_many_conflicts_and_a_branch_may_grow(self, db, server):
        """C42, C44: every write of a document costs its whole tree."""
        server._limits = replace(server._limits, leaves=3)
        assert offer(db, row("a", 1, A), row("a", 1, B), row("a", 1, C)) == []
        [refused] = offer(db, row("a", 1, D), row("a", 2, D, C), row("a", 1, A))
        assert refused["error"] == "forbidden"
        assert {rev for rev, _ in leaves(db, "a")} == {f"1-{A}", f"1-{B}", f"2-{D}"}

    def test_a_stub_that_the_target_lacks_stores_nothing_of_its_document(self, db):
        """C49: attachments are not offered yet, so every stub is one that the target lacks."""
        stub = {"f": {"stub": True, "digest": "md5-x", "revpos": 1, "length": 1, "content_type": "x/y"}}
        answer = db("PUT", "/p/a?new_edits=false", row("a", 1, A, _attachments=stub))
        assert (answer.status, answer.json["error"]) == (501, "not_implemented")
        assert db("GET", "/p/a").status == 404

    def test_the_header_about_commits_changes_nothing(self, db, server, tmp_path):
        """C51: tests/unit/sync shows that what is answered 201 survives a loss of power."""
        assert offer(db, row("a", 1, A), X_Couch_Full_Commit="false") == []
        from sync.sqlite import open_server

        other = open_server(tmp_path / "couch.sqlite")
        assert other.open("p").get("a")["_rev"] == f"1-{A}"
        other.close()
