"""PROTOCOL section 3, D: `_revs_diff` and `_bulk_get`. Each test names its points."""

from __future__ import annotations

import pytest

from sync.sqlite.connections import connect

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


@pytest.fixture
def tree(db):
    """Document `a` with the leaves 3-c (over b, a) and 2-d; `gone` deleted."""
    docs = [
        {"_id": "a", "_revisions": {"start": 3, "ids": [C, B, A]}, "v": 3},
        {"_id": "a", "_revisions": {"start": 2, "ids": [D, A]}, "v": 2},
        {"_id": "gone", "_rev": f"1-{A}", "_deleted": True},
    ]
    assert db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": docs}).json == []
    return db


def bulk_get(db, *docs, query=""):
    return db("POST", f"/p/_bulk_get{query}", {"docs": list(docs)}).json


class TestRevsDiff:
    """PROTOCOL D52 to D55."""

    def test_only_what_is_missing_is_told_and_inner_revisions_are_known(self, tree):
        """D52."""
        asked = {"a": [f"3-{C}", f"2-{B}", f"1-{A}", f"2-{D}"], "gone": [f"1-{A}"]}
        assert tree("POST", "/p/_revs_diff", asked).json == {}
        assert tree("POST", "/p/_revs_diff", {}).json == {}
        told = tree("POST", "/p/_revs_diff", {"a": [f"3-{C}", f"5-{A}"]}).json
        assert told["a"]["missing"] == [f"5-{A}"]

    def test_possible_ancestors_are_the_leaves_of_smaller_generations(self, tree):
        """D53."""
        told = tree("POST", "/p/_revs_diff", {"a": [f"3-{D}"]}).json
        assert told == {"a": {"missing": [f"3-{D}"], "possible_ancestors": [f"2-{D}"]}}
        assert "possible_ancestors" not in tree("POST", "/p/_revs_diff", {"a": [f"2-{A}"]}).json["a"]

    def test_unknown_local_and_impossible_ids_are_missing_and_bad_revs_400(self, tree):
        """D54."""
        asked = {"q": [f"1-{A}"], "_local/x": [f"1-{A}"], "_bad": [f"1-{A}"], "": [f"1-{A}"]}
        assert tree("POST", "/p/_revs_diff", asked).json == {
            doc_id: {"missing": [f"1-{A}"]} for doc_id in asked
        }
        for body in ({"a": ["zz"]}, {"a": f"1-{A}"}, {"a": 5}, {"a": [5]}, {"a": None}, []):
            assert tree("POST", "/p/_revs_diff", body).status == 400

    def test_the_older_form_of_the_question(self, tree):
        """D52."""
        assert tree("POST", "/p/_missing_revs", {"q": [f"1-{A}"], "a": [f"3-{C}"]}).json == {
            "missing_revs": {"q": [f"1-{A}"]}
        }

    def test_writes_do_not_rely_on_having_been_asked_for(self, tree):
        """D55."""
        known = {"_id": "a", "_revisions": {"start": 3, "ids": [C, B, A]}, "v": 3}
        seq = tree("GET", "/p").json["update_seq"]
        assert tree("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [known, known]}).json == []
        assert tree("GET", "/p").json["update_seq"] == seq


class TestBulkGet:
    """PROTOCOL D56 to D63."""

    def test_as_many_results_as_asked_in_that_order_under_the_only_key(self, tree):
        """D56."""
        told = bulk_get(tree, {"id": "q"}, {"id": "a", "rev": f"2-{D}"}, {"id": "a", "rev": f"9-{A}"})
        assert told == {
            "results": [
                {
                    "id": "q",
                    "docs": [
                        {"error": {"id": "q", "rev": "undefined", "error": "not_found", "reason": "missing"}}
                    ],
                },
                {"id": "a", "docs": [{"ok": {"_id": "a", "_rev": f"2-{D}", "v": 2}}]},
                {
                    "id": "a",
                    "docs": [
                        {"error": {"id": "a", "rev": f"9-{A}", "error": "not_found", "reason": "missing"}}
                    ],
                },
            ]
        }

    def test_ids_asked_twice_are_answered_twice_and_nothing_is_nothing(self, tree):
        """D57."""
        wanted = {"id": "a", "rev": f"3-{C}"}
        assert [row["id"] for row in bulk_get(tree, wanted, wanted)["results"]] == ["a", "a"]
        assert bulk_get(tree) == {"results": []}

    def test_what_to_add_is_asked_in_the_query_and_ignored_in_the_body(self, tree):
        """D58."""
        wanted = {"id": "a", "rev": f"2-{B}"}
        query = "?revs=true&latest=true&attachments=false"
        [row] = bulk_get(tree, wanted, query=query)["results"]
        assert row["docs"][0]["ok"]["_revisions"] == {"start": 3, "ids": [C, B, A]}
        body = {"docs": [{"id": "a", "rev": f"3-{C}"}], "revs": True}
        [row] = tree("POST", "/p/_bulk_get", body).json["results"]
        assert "_revisions" not in row["docs"][0]["ok"]

    def test_without_a_rev_all_leaves_come_deleted_ones_too(self, tree):
        """D59."""
        rows = bulk_get(tree, {"id": "a"}, {"id": "gone"})["results"]
        assert {each["ok"]["_rev"] for each in rows[0]["docs"]} == {f"3-{C}", f"2-{D}"}
        assert rows[1]["docs"] == [{"ok": {"_id": "gone", "_rev": f"1-{A}", "_deleted": True}}]

    def test_atts_since_is_read_and_changes_nothing_without_attachments(self, tree):
        """D60."""
        wanted = {"id": "a", "rev": f"3-{C}"}
        with_it = bulk_get(tree, wanted | {"atts_since": [f"2-{B}"]}, query="?attachments=true")
        assert with_it == bulk_get(tree, wanted)
        [row] = bulk_get(tree, wanted | {"atts_since": 5})["results"]
        assert row["docs"][0]["error"]["error"] == "bad_request"

    @pytest.mark.parametrize(
        "damage",
        [
            'UPDATE body SET json = \'{"v":"x"}\' WHERE number = 1',
            "UPDATE document SET is_deleted = 1 WHERE id = 'a'",
            "UPDATE document SET body = 2 WHERE id = 'a'",
        ],
    )
    def test_a_damaged_document_is_an_error_row_among_the_others(self, db, server, damage):
        rev, _ = (db("PUT", f"/p/{doc_id}", {"v": doc_id}).json["rev"] for doc_id in "ab")
        writing = connect(server.path)
        writing.execute(damage)
        writing.close()
        asked = [{"id": "a"}, {"id": "a", "rev": rev}, {"id": "b"}]
        rows = db("POST", "/p/_bulk_get", {"docs": asked}).json["results"]
        assert [row["docs"][0].get("error", {}).get("error") for row in rows] == ["damaged", "damaged", None]
        assert rows[2]["docs"][0]["ok"]["v"] == "b"

    def test_a_row_whose_id_was_damaged_is_no_missing_document(self, db, server):
        writing = connect(server.path)
        for doc_id in "ab":
            db("PUT", f"/p/{doc_id}", {})
        writing.execute("UPDATE document SET id = 'c' WHERE id = 'a'")
        writing.close()
        asked = [{"id": "b"}, {"id": "c"}]
        rows = db("POST", "/p/_bulk_get", {"docs": asked}).json["results"]
        assert [row["docs"][0].get("error", {}).get("error") for row in rows] == [None, "damaged"]

    @pytest.mark.parametrize(
        ("entry", "error"),
        [
            ({"id": 5}, "illegal_docid"),
            ({}, "bad_request"),
            (7, "bad_request"),
            ({"id": "_bad"}, "illegal_docid"),
            ({"id": "a", "rev": "zz"}, "bad_request"),
            ({"id": "a", "rev": 5}, "bad_request"),
            ({"id": "_local/x"}, "not_found"),
        ],
    )
    def test_one_bad_entry_is_an_error_row_among_the_others(self, tree, entry, error):
        """D61."""
        rows = bulk_get(tree, entry, {"id": "a", "rev": f"3-{C}"})["results"]
        assert rows[0]["docs"][0]["error"]["error"] == error
        assert rows[1]["docs"][0]["ok"]["v"] == 3

    @pytest.mark.parametrize("body", [{}, {"docs": 3}, {"docs": {}}, []])
    def test_what_is_no_list_is_400(self, tree, body):
        """D61."""
        assert tree("POST", "/p/_bulk_get", body).status == 400

    @pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/related"])
    def test_mime_parts_for_those_who_ask_for_them(self, tree, kind):
        """D63."""
        docs = [{"id": "a", "rev": f"3-{C}"}, {"id": "q", "rev": f"1-{A}"}]
        answer = tree("POST", "/p/_bulk_get", {"docs": docs}, Accept=kind)
        assert answer.headers["content-type"].startswith(f'{kind}; boundary="')
        boundary = answer.headers["content-type"].partition('boundary="')[2][:-1]
        _, found, missing, end = answer.text.split(f"--{boundary}")
        assert found.endswith(f'\r\n\r\n{{"_id":"a","_rev":"3-{C}","v": 3}}\r\n')
        assert 'error="true"' in missing
        assert end == "--"
