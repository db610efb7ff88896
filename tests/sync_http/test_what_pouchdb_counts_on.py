"""What PouchDB's own tests and other clients ask of a server, beyond the protocol's checklist."""

from __future__ import annotations

A, B = "a" * 32, "b" * 32


class TestNothingThatCouldBeStored:
    """A list of refusals would be success to PouchDB (QUIRKS 14)."""

    def test_a_batch_of_bad_rows_alone_is_refused_with_the_first_ones_words(self, db):
        answer = db("POST", "/p/_bulk_docs", {"docs": [{"_zing": 4}, {"_id": "_x"}]})
        assert answer.status == 400
        assert answer.json == {"error": "doc_validation", "reason": "Bad special document member: _zing"}

    def test_one_good_row_is_enough_for_a_row_each(self, db):
        rows = db("POST", "/p/_bulk_docs", {"docs": [{"_id": "_x"}, {"_id": "a"}]}).json
        assert [row.get("error", "stored") for row in rows] == ["illegal_docid", "stored"]

    def test_replicated_rows_that_name_no_revision_are_refused(self, db):
        answer = db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [{"_id": "a"}]})
        assert (answer.status, answer.json["error"]) == (400, "bad_request")

    def test_a_bad_revision_is_final_and_never_stops_a_replication(self, db):
        answer = db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [{"_id": "a", "_rev": "x"}]})
        assert (answer.status, answer.json[0]["error"]) == (201, "forbidden")

    def test_conflicts_alone_are_rows(self, db):
        for status in ("ok", "error"):
            answer = db("POST", "/p/_bulk_docs", {"docs": [{"_id": "a"}]})
            assert (answer.status, status in answer.json[0]) == (201, True)


class TestReading:
    def test_a_leaf_that_two_revisions_lead_to_comes_once(self, db):
        doc = {"_id": "a", "_revisions": {"start": 2, "ids": [B, A]}}
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
        asked = f'/p/a?latest=true&open_revs=["1-{A}","2-{B}"]'
        found = db("GET", asked, Accept="application/json").json
        assert [leaf["ok"]["_rev"] for leaf in found] == [f"2-{B}"]

    def test_keys_and_a_range_at_once_are_refused(self, db):
        answer = db("POST", '/p/_all_docs?startkey="a"', {"keys": ["a", "b"]})
        assert (answer.status, answer.json["error"]) == (400, "query_parse_error")

    def test_a_list_asked_for_in_a_body_goes_by_the_body(self, db):
        db("POST", "/p/_bulk_docs", {"docs": [{"_id": doc_id} for doc_id in "abcd"]})
        asked = {"start_key": "b", "limit": 2, "descending": True, "include_docs": True}
        found = db("POST", "/p/_all_docs?limit=9", asked).json
        assert [row["doc"]["_id"] for row in found["rows"]] == ["b", "a"]

    def test_a_deleted_ancestor_is_told_as_deleted(self, db):
        first = db("PUT", "/p/a", {}).json["rev"]
        second = db("DELETE", f"/p/a?rev={first}").json["rev"]
        third = db("PUT", "/p/a", {}).json["rev"]
        told = db("GET", "/p/a?revs_info=true").json["_revs_info"]
        assert [(each["rev"], each["status"]) for each in told] == [
            (third, "available"),
            (second, "deleted"),
            (first, "available"),
        ]


class TestCheckpoints:
    def test_one_written_as_deleted_is_gone(self, db):
        db("PUT", "/p/_local/a", {"n": 1})
        answer = db("PUT", "/p/_local/a", {"_deleted": True})
        assert (answer.status, answer.json["rev"]) == (200, "0-0")
        assert db("GET", "/p/_local/a").status == 404

    def test_a_history_that_a_client_read_is_no_member(self, db):
        db("PUT", "/p/_local/a", {"n": 1, "_revisions": {"start": 0, "ids": ["1"]}})
        assert db("GET", "/p/_local/a").json == {"_id": "_local/a", "_rev": "0-1", "n": 1}
