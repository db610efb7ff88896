"""`_all_docs` and `_design_docs` over real HTTP: ranges, keys, long lists."""

from __future__ import annotations

import pytest

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def write(db, *ids):
    docs = [{"_id": doc_id} for doc_id in ids]
    return {row["id"]: row["rev"] for row in db("POST", "/p/_bulk_docs", {"docs": docs}).json}


def ids_of(answer):
    return [row["id"] for row in answer.json["rows"]]


class TestAllDocs:
    """CouchDB's `_all_docs`; QUIRKS says where this differs."""

    def test_a_long_list_comes_in_pages_and_is_whole(self, db):
        names = [f"d{number:03}" for number in range(175)]
        write(db, *names)
        assert ids_of(db("GET", "/p/_all_docs")) == names
        assert ids_of(db("GET", "/p/_all_docs?descending=true")) == names[::-1]
        assert ids_of(db("GET", "/p/_all_docs?skip=3&limit=120")) == names[3:123]
        assert ids_of(db("GET", '/p/_all_docs?startkey="d010"&endkey="d160"')) == names[10:161]
        open_end = '/p/_all_docs?startkey="d160"&endkey="d010"&descending=true&inclusive_end=false'
        assert ids_of(db("GET", open_end)) == names[160:10:-1]
        assert db("GET", "/p/_all_docs?limit=0").json["rows"] == []

    def test_a_deleted_document_asked_for_by_key_is_told_as_deleted(self, db):
        revs = write(db, "a", "b")
        gone = db("DELETE", f"/p/a?rev={revs['a']}").json["rev"]
        deleted = {"id": "a", "key": "a", "value": {"rev": gone, "deleted": True}}
        asked = {"keys": ["a", "b", "nope", 5, "a"]}
        listed = db("POST", "/p/_all_docs", asked).json
        assert listed["total_rows"] == 1
        assert listed["rows"] == [
            deleted,
            {"id": "b", "key": "b", "value": {"rev": revs["b"]}},
            {"key": "nope", "error": "not_found"},
            {"key": 5, "error": "not_found"},
            deleted,
        ]
        with_docs = db("POST", "/p/_all_docs?include_docs=true", {"keys": ["a"]}).json["rows"]
        assert with_docs == [deleted | {"doc": None}]
        assert db("GET", '/p/_all_docs?keys=["b","a"]&descending=true&limit=1').json["rows"] == [deleted]

    def test_documents_come_with_their_conflicts(self, db):
        docs = [{"_id": "a", "_rev": f"1-{digest}"} for digest in (A, B)]
        db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": docs})
        shown = {"_id": "a", "_rev": f"1-{B}", "_conflicts": [f"1-{A}"]}
        for answer in (
            db("GET", "/p/_all_docs?include_docs=true&conflicts=true"),
            db("POST", "/p/_all_docs?include_docs=true&conflicts=true", {"keys": ["a"]}),
        ):
            assert [row["doc"] for row in answer.json["rows"]] == [shown]

    @pytest.mark.parametrize(
        ("query", "offset"),
        [
            ('startkey="c"', 2),
            ('startkey="c"&skip=1', 3),
            ('startkey="c"&skip=9', 5),
            ('startkey="c"&endkey="a"', 2),
            ('startkey="c"&descending=true', 2),
            ('startkey="d"&endkey="b"&descending=true&skip=1', 2),
            ('startkey="bb"&descending=true', 3),
            ('startkey="0"&descending=true', 5),
            ('endkey="b"&descending=true', 0),
            ('key="c"&descending=true', 2),
            ('startkey="zz"', 5),
            ('keys=["b","a"]', None),
        ],
    )
    def test_the_offset_is_the_place_of_the_first_row(self, db, query, offset):
        """As CouchDB 3.5 answers each of these."""
        write(db, *"abcde")
        gone = write(db, "bb")["bb"]
        db("DELETE", f"/p/bb?rev={gone}")
        assert db("GET", f"/p/_all_docs?{query}").json["offset"] == offset

    def test_in_the_midst_of_a_large_database_it_is_not_counted(self, db, monkeypatch):
        """QUIRKS 61: it would cost the more the larger the database is."""
        monkeypatch.setattr("sync.sqlite.lists.MOST_COUNTED", 2)
        write(db, *"abcdefg")
        offsets = [db("GET", f'/p/_all_docs?startkey="{start}"').json["offset"] for start in "acdfg"]
        assert offsets == [0, 2, None, 5, 6]

    def test_design_documents_have_a_list_of_their_own(self, db):
        write(db, "a", "_design/x", "_design/y", "z")
        assert ids_of(db("GET", "/p/_design_docs")) == ["_design/x", "_design/y"]
        assert ids_of(db("GET", "/p/_design_docs?descending=true&limit=1")) == ["_design/y"]
        assert ids_of(db("GET", '/p/_design_docs?key="_design/x"')) == ["_design/x"]
        assert ids_of(db("GET", "/p/_all_docs")) == ["_design/x", "_design/y", "a", "z"]

    def test_the_seq_of_the_list_is_told_to_who_asks(self, db):
        write(db, "a")
        assert "update_seq" not in db("GET", "/p/_all_docs").json
        assert (
            db("GET", "/p/_all_docs?update_seq=true").json["update_seq"] == db("GET", "/p").json["update_seq"]
        )

    @pytest.mark.parametrize(
        "query", ["limit=x", "skip=-1", "startkey=x", "startkey=5", "keys=5", "descending=1", "conflicts=x"]
    )
    def test_malformed_questions_are_400(self, db, query):
        path = f"/p/_all_docs?include_docs=true&{query}"
        assert db("GET", path).status == 400
