"""`_bulk_docs`, `_bulk_get`, `_revs_diff` over real HTTP: what replicators lean on."""

from __future__ import annotations

import pytest

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


class TestBulkDocs:
    """PROTOCOL C37 to C46, section 1 items 1 to 3."""

    def test_ordinary_edits_answer_a_row_each(self, db):
        db("PUT", "/p/m2", {})
        answer = db("POST", "/p/_bulk_docs", {"docs": [{"_id": "m1"}, {"_id": "m2"}, {"_id": "_z"}, 5]})
        assert answer.status == 201
        assert [(row["id"], row.get("ok"), row.get("error")) for row in answer.json] == [
            ("m1", True, None),
            ("m2", None, "conflict"),
            ("_z", None, "illegal_docid"),
            ("", None, "bad_request"),
        ]

    def test_replicated_revisions_answer_failures_only(self, db):
        doc = {"_id": "n", "_revisions": {"start": 2, "ids": [B, A]}, "v": 1}
        for _ in range(2):
            answer = db(
                "POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]}, X_Couch_Full_Commit="false"
            )
            assert (answer.status, answer.json) == (201, [])
        assert db("GET", "/p").json["update_seq"].startswith("1-")

    def test_a_bad_row_is_forbidden_and_never_spoils_the_batch(self, db):
        docs = [
            {"_id": "ok1", "_rev": f"1-{A}"},
            {"_id": "bad", "_rev": f"1-{'z' * 32}"},
            {"_id": "ok2", "_rev": f"1-{A}"},
        ]
        answer = db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": docs})
        assert answer.status == 201
        assert answer.json == [
            {
                "id": "bad",
                "error": "forbidden",
                "reason": "bad_request: Invalid rev format",
                "rev": f"1-{'z' * 32}",
            }
        ]
        assert [row["id"] for row in db("GET", "/p/_all_docs").json["rows"]] == ["ok1", "ok2"]

    @pytest.mark.parametrize("body", [{}, {"docs": {}}, {"docs": 3}, [], {"docs": [], "new_edits": "false"}])
    def test_a_malformed_batch_is_400(self, db, body):
        assert db("POST", "/p/_bulk_docs", body).status == 400
        assert db("POST", "/p/_bulk_docs", {"docs": []}).json == []

    def test_too_many_rows_are_413(self, db):
        assert db("POST", "/p/_bulk_docs", {"docs": [{}] * 10_001}).status == 413


class TestBulkGet:
    """PROTOCOL D56 to D63, section 1 item 11."""

    def test_results_are_as_many_as_asked_in_that_order_and_alone(self, db):
        doc = {"_id": "d", "_revisions": {"start": 3, "ids": [D, C, B]}, "x": 1}
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
        asked = [("d", f"3-{D}"), ("d", f"2-{C}"), ("nope", None), ("d", f"9-{A}"), ("_bad", None), (5, None)]
        docs = [{"id": doc_id} | ({"rev": rev} if rev else {}) for doc_id, rev in asked]
        answer = db("POST", "/p/_bulk_get?revs=true&latest=true&attachments=false", {"docs": [*docs, 7]}).json
        assert list(answer) == ["results"]
        found = {"_id": "d", "_rev": f"3-{D}", "x": 1, "_revisions": {"start": 3, "ids": [D, C, B]}}
        shown = [
            (row["id"], row["docs"][0].get("ok") or row["docs"][0]["error"]["error"])
            for row in answer["results"]
        ]
        assert shown == [
            ("d", found),
            ("d", found),
            ("nope", "not_found"),
            ("d", "not_found"),
            ("_bad", "illegal_docid"),
            (None, "illegal_docid"),
            (None, "bad_request"),
        ]
        missing = {"id": "nope", "rev": "undefined", "error": "not_found", "reason": "missing"}
        assert answer["results"][2]["docs"] == [{"error": missing}]

    def test_nothing_asked_is_nothing_answered(self, db):
        assert db("POST", "/p/_bulk_get", {"docs": []}).json == {"results": []}
        assert db("POST", "/p/_bulk_get", {}).json["reason"] == "Missing JSON list of 'docs'."

    def test_mime_parts_for_clients_that_accept_them(self, db):
        db("PUT", "/p/a", {"x": 1})
        answer = db("POST", "/p/_bulk_get", {"docs": [{"id": "a"}, {"id": "q"}]}, Accept="multipart/mixed")
        assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
        assert answer.text.count("Content-Type: application/json\r\n") == 1
        assert answer.text.count('error="true"') == 1


class TestRevsDiff:
    """PROTOCOL D52 to D54."""

    def test_missing_ones_with_possible_ancestors(self, db):
        doc = {"_id": "d", "_revisions": {"start": 3, "ids": [D, C, B]}}
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
        asked = {"d": [f"3-{D}", f"4-{A}", f"2-{C}"], "q": [f"1-{A}"], "a": [], "_local/x": [f"1-{A}"]}
        assert db("POST", "/p/_revs_diff", asked).json == {
            "d": {"missing": [f"4-{A}"], "possible_ancestors": [f"3-{D}"]},
            "q": {"missing": [f"1-{A}"]},
            "_local/x": {"missing": [f"1-{A}"]},
        }
        assert db("POST", "/p/_revs_diff", {}).json == {}
        assert db("POST", "/p/_missing_revs", {"d": [f"4-{A}"]}).json == {"missing_revs": {"d": [f"4-{A}"]}}

    @pytest.mark.parametrize("body", [[], {"a": 5}, {"a": [f"1-{'z' * 32}"]}, {"a": [5]}])
    def test_malformed_ones_are_400(self, db, body):
        assert db("POST", "/p/_revs_diff", body).status == 400


class TestCurrentLeavesOnly:
    """Old revisions and tombstones' bodies answer as unknown ones do (ATTACKS 7.6 to 7.8)."""

    @pytest.fixture
    def revs(self, db, guard):
        old = db("PUT", "/p/a", {"secret": 1}).json["rev"]
        new = db("PUT", f"/p/a?rev={old}", {"public": 2}).json["rev"]
        gone = db("PUT", "/p/t", {"_deleted": True, "secret": 3}).json["rev"]
        guard.current_leaves_only = True
        return old, new, gone

    def test_an_old_revision_is_byte_equal_to_an_unknown_one(self, db, revs):
        old, new, _ = revs
        unknown = f"1-{A}"
        for path in ("/p/a?rev={}", "/p/a?rev={}&revs=true", "/p/a?rev={}&revs_info=true"):
            assert db("GET", path.format(old)).text == db("GET", path.format(unknown)).text
        for path in ('/p/a?open_revs=["{}"]',):
            shown = [db("GET", path.format(rev), Accept="application/json").text for rev in (old, unknown)]
            assert shown[0].replace(old, unknown) == shown[1]
        asked = [
            db("POST", "/p/_bulk_get", {"docs": [{"id": "a", "rev": rev}]}).text for rev in (old, unknown)
        ]
        assert asked[0].replace(old, unknown) == asked[1]
        assert db("GET", f"/p/a?rev={new}").json["public"] == 2

    def test_latest_leads_to_the_leaf(self, db, revs):
        old, new, _ = revs
        rows = db("POST", "/p/_bulk_get?latest=true&revs=true", {"docs": [{"id": "a", "rev": old}]}).json[
            "results"
        ]
        assert rows[0]["docs"][0]["ok"]["_rev"] == new
        assert db("GET", f"/p/a?rev={old}&latest=true").json["public"] == 2

    def test_a_tombstone_is_shown_without_what_it_holds(self, db, revs):
        *_, gone = revs
        bare = {"_id": "t", "_rev": gone, "_deleted": True}
        assert db("GET", "/p/t").json == {"error": "not_found", "reason": "missing"}
        assert db("GET", f"/p/t?rev={gone}").json == bare
        assert db("GET", "/p/t?open_revs=all", Accept="application/json").json == [{"ok": bare}]
        assert db("POST", "/p/_bulk_get", {"docs": [{"id": "t"}]}).json["results"][0]["docs"] == [
            {"ok": bare}
        ]
        changed = db("GET", "/p/_changes?include_docs=true").json["results"]
        assert changed[1]["doc"] == bare
        assert "secret" not in str(changed)
