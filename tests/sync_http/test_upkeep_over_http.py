"""`_compact`, `_purge`, `_revs_limit` and what is not offered, over real HTTP."""

from __future__ import annotations

import time

import pytest

A, B = ("a" * 32, "b" * 32)


class TestPurge:
    """PROTOCOL G96."""

    def test_a_purged_leaf_is_gone_and_does_not_come_back(self, db):
        doc = {"_id": "a", "_revisions": {"start": 1, "ids": [A]}, "v": 1}
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
        seq = db("GET", "/p").json["update_seq"]
        purged = db("POST", "/p/_purge", {"a": [f"1-{A}", f"1-{B}"], "nope": [f"1-{A}"]})
        assert (purged.status, purged.json) == (
            201,
            {"purge_seq": None, "purged": {"a": [f"1-{A}"], "nope": []}},
        )
        assert db("GET", "/p/a").json["reason"] == "missing"
        assert db("GET", "/p").json["update_seq"] != seq
        assert db("POST", "/p/_revs_diff", {"a": [f"1-{A}"]}).json == {}
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
        assert db("GET", "/p/a").status == 404

    @pytest.mark.parametrize("body", [{"a": 5}, {"a": ["x"]}, {"a": [5]}, []])
    def test_malformed_ones_are_400(self, db, body):
        assert db("POST", "/p/_purge", body).status == 400


class TestCompaction:
    """PROTOCOL A11; issue 3: compaction runs while clients work."""

    def test_it_is_begun_at_once_and_old_bodies_go(self, db):
        first = db("PUT", "/p/a", {"v": 1}).json["rev"]
        db("PUT", f"/p/a?rev={first}", {"v": 2})
        assert db("GET", f"/p/a?rev={first}").json["v"] == 1
        assert (db("POST", "/p/_compact", {}).status, db("POST", "/nope/_compact", {}).status) == (202, 404)
        deadline = time.monotonic() + 10
        while db("GET", "/p").json["compact_running"]:
            assert time.monotonic() < deadline
        assert db("GET", f"/p/a?rev={first}").status == 404
        assert db("GET", "/p/a").json["v"] == 2


class TestNotOffered:
    """501 with a reason, never a lie (issue 3)."""

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/p/_find"),
            ("POST", "/p/_index"),
            ("POST", "/p/_explain"),
            ("GET", "/p/_design/x/_view/y"),
            ("POST", "/p/_design/x/_view/y"),
            ("GET", "/p/_design/x/_show/y/z"),
            ("GET", "/p/_design/x/_list/y/z"),
            ("POST", "/p/_design/x/_update/y"),
            ("GET", "/p/_design/x/_rewrite/y"),
            ("GET", "/p/_design/x/_info"),
            ("PUT", "/p/a/file.txt"),
            ("GET", "/p/a/file.txt"),
            ("PUT", "/p/_design/x/file.txt"),
            ("GET", "/p/_local_docs"),
            ("POST", "/_replicate"),
        ],
    )
    def test_what_couchdb_has_and_this_has_not(self, db, method, path):
        answer = db(method, path, None if method == "GET" else {})
        assert (answer.status, answer.json["error"]) == (501, "not_implemented")
        assert answer.json["reason"].endswith(": not offered here.") or "file" in path

    def test_a_document_with_attachments_is_501_and_a_row_of_its_own(self, db):
        doc = {"_id": "a", "_attachments": {"f": {"data": "eA==", "content_type": "text/plain"}}}
        assert db("PUT", "/p/a", doc).json["error"] == "not_implemented"
        rows = db("POST", "/p/_bulk_docs", {"docs": [doc, {"_id": "b"}]}).json
        assert [row.get("error") for row in rows] == ["not_implemented", None]
