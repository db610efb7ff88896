"""PROTOCOL section 3, F: checkpoints and commit. Each test names its points."""

from __future__ import annotations

import json

import pytest

from sync.sqlite import open_server

LOG = {
    "_id": "_local/log",
    "session_id": "s",
    "source_last_seq": "7-x",
    "replication_id_version": 4,
    "history": [{"session_id": f"s{n}", "recorded_seq": f"{n}-x", "unknown": {"n": n}} for n in range(50)],
}


class TestCheckpoints:
    """PROTOCOL F81 to F85."""

    @pytest.mark.parametrize("name", ["a=b", "a.b_c-d", "a%3Db", "a%2Fb", "%E4%B8%AD"])
    def test_ids_of_all_spellings(self, db, name):
        """F81."""
        assert db("PUT", f"/p/_local/{name}", {"v": 1}).json["rev"] == "0-1"
        assert db("PUT", f"/p/_local%2F{name}", {"v": 2, "_rev": "0-1"}).json["rev"] == "0-2"
        assert db("GET", f"/p/_local/{name}").json["v"] == 2
        assert db("DELETE", f"/p/_local/{name}?rev=0-2").status == 200
        assert db("GET", f"/p/_local/{name}").status == 404

    def test_they_are_in_no_feed_list_or_count(self, db):
        """F81."""
        db("PUT", "/p/_local/x", {})
        told = db("GET", "/p").json
        assert (told["doc_count"], told["doc_del_count"], told["update_seq"][:2]) == (0, 0, "0-")
        assert db("GET", "/p/_changes").json["results"] == db("GET", "/p/_all_docs").json["rows"] == []
        asked = {"_local/x": ["0-1"]}
        assert db("POST", "/p/_revs_diff", asked).json == {"_local/x": {"missing": ["0-1"]}}
        assert db("POST", "/p/_missing_revs", asked).json == {"missing_revs": asked}

    def test_attachments_are_refused(self, db):
        """F81."""
        assert db("PUT", "/p/_local/x/att", raw=b"x", Content_Type="text/plain").status == 400
        assert db("PUT", "/p/_local/x", {"_attachments": {"a": {"data": ""}}}).status == 400

    def test_what_is_no_checkpoint_is_400(self, db):
        """F81."""
        for body in ({"_foo": 1}, {"_rev": 1}, {"_rev": "x"}, [1]):
            assert db("PUT", "/p/_local/x", body).status == 400
        for path in ("/p/_local", "/p/_local/"):
            assert db("GET", path).json["reason"] == "Invalid _local document id."
        db("PUT", "/p/_local/x", {})
        assert db("GET", "/p/_local/x?rev=0-7").status == 404

    def test_a_batch_may_hold_them(self, db):
        """F81."""
        rows = [{"_id": "_local/x", "v": 1}, {"_id": "a"}]
        answer = db("POST", "/p/_bulk_docs", {"docs": rows}).json
        assert (answer[0], answer[1]["id"]) == ({"ok": True, "id": "_local/x", "rev": "0-1"}, "a")
        assert db("GET", "/p/_local/x").json["v"] == 1
        gone = db("POST", "/p/_bulk_docs", {"docs": [{"_id": "_local/x", "_deleted": True}]}).json
        assert gone == [{"ok": True, "id": "_local/x", "rev": "0-0"}]
        assert db("GET", "/p/_local/x").status == 404

    def test_a_stale_or_missing_rev_overwrites(self, db):
        """F82."""
        for rev in ({}, {"_rev": "0-1"}, {"_rev": "0-1"}, {}):
            assert db("PUT", "/p/_local/x", rev | {"v": 1}).status == 201

    def test_an_unknown_one_is_404_and_a_long_log_comes_back_as_it_was_written(self, db):
        """F83."""
        missing = db("GET", "/p/_local/log")
        assert (missing.status, missing.json) == (404, {"error": "not_found", "reason": "missing"})
        db("PUT", "/p/_local/log", LOG)
        assert db("GET", "/p/_local/log").json == LOG | {"_rev": "0-1"}
        assert json.dumps(db("GET", "/p/_local/log").json["history"]) == json.dumps(LOG["history"])

    def test_a_backup_holds_data_and_checkpoints_of_one_moment(self, db, server, tmp_path):
        """F84."""
        for number in range(3):
            db("PUT", f"/p/d{number}", {})
            db("PUT", "/p/_local/x", {"seen": number})
        server.backup_to(tmp_path / "copy.sqlite")
        db("PUT", "/p/d3", {})
        db("PUT", "/p/_local/x", {"seen": 3})
        copy = open_server(tmp_path / "copy.sqlite")
        found = copy.open("p")
        assert (found.info().doc_count, found.get_local("x")["seen"]) == (3, 2)
        copy.close()

    def test_a_full_commit_is_201_and_says_which_life_it_is(self, db):
        """F85."""
        answer = db("POST", "/p/_ensure_full_commit", {})
        began = db("GET", "/p").json["instance_start_time"]
        assert (answer.status, answer.json) == (201, {"ok": True, "instance_start_time": began})
