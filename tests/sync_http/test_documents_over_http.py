"""Documents over real HTTP, compared with answers recorded from CouchDB 3.5."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
MISSING = {"error": "not_found", "reason": "missing"}
CONFLICT = {"error": "conflict", "reason": "Document update conflict."}
BAD_REV = {"error": "bad_request", "reason": "Invalid rev format"}


def put(db, doc_id, **members):
    return db("PUT", f"/p/{doc_id}", members).json["rev"]


def replicate(db, doc_id, start, *ids, **members):
    doc = {"_id": doc_id, "_revisions": {"start": start, "ids": list(ids)}, **members}
    answer = db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]})
    assert (answer.status, answer.json) == (201, [])


class TestWriting:
    """PROTOCOL B18 to B27."""

    def test_a_new_document_is_201_with_its_rev_as_etag(self, db):
        answer = db("PUT", "/p/a", {"x": 1})
        assert (answer.status, answer.json["ok"], answer.json["id"]) == (201, True, "a")
        assert answer.headers["etag"] == f'"{answer.json["rev"]}"'
        assert answer.headers["location"] == "/db/p/a"

    def test_posting_gives_an_id(self, db):
        answer = db("POST", "/p", {"x": 1})
        assert (answer.status, len(answer.json["id"])) == (201, 32)
        assert db("POST", "/p?batch=ok", {"_id": "batchdoc"}).status == 202

    def test_the_rev_may_be_in_body_query_or_header_but_not_different(self, db):
        first = put(db, "a", x=1)
        second = db("PUT", "/p/a", {"x": 2}, If_Match=f'"{first}"').json["rev"]
        third = db("PUT", f"/p/a?rev={second}", {"x": 3}).json["rev"]
        assert third.startswith("3-")
        answer = db("PUT", f"/p/a?rev={third}", {"_rev": first})
        assert answer.status == 400
        assert (
            answer.json["reason"] == "Document rev from request body and query string have different values"
        )

    def test_a_missing_or_wrong_rev_is_409_and_nothing_changes(self, db):
        put(db, "a", x=1)
        for path in ("/p/a", f"/p/a?rev=1-{B}", f"/p/a?rev=7-{B}"):
            answer = db("PUT", path, {"x": 2})
            assert (answer.status, answer.json) == (409, CONFLICT)
        assert db("GET", "/p/a").json["x"] == 1

    def test_deleting_needs_the_rev_and_works_once(self, db):
        rev = put(db, "a", x=1)
        assert (db("DELETE", "/p/a").status, db("DELETE", "/p/a").json) == (409, CONFLICT)
        gone = db("DELETE", f"/p/a?rev={rev}")
        assert (gone.status, gone.json["rev"][:2]) == (200, "2-")
        deleted = {"error": "not_found", "reason": "deleted"}
        assert (db("GET", "/p/a").json, db("DELETE", f"/p/a?rev={rev}").json) == (deleted, deleted)
        assert db("DELETE", f"/p/nope?rev={rev}").json == MISSING
        assert db("PUT", "/p/a", {"x": 2}).json["rev"][:2] == "3-"
        assert db("PUT", "/p/tomb", {"_deleted": True}).status == 200

    @pytest.mark.parametrize(
        ("path", "body", "error"),
        [
            ("/p/a", [1], "bad_request"),
            ("/p/a", "x", "bad_request"),
            ("/p/_x", {}, "illegal_docid"),
            ("/p/a%00b", {}, "illegal_docid"),
            ("/p/%ff", {}, "illegal_docid"),
            ("/p/a", {"_foo": 1}, "doc_validation"),
            ("/p/a", {"_deleted": 1}, "doc_validation"),
            ("/p/a", {"_attachments": 5}, "doc_validation"),
            ("/p/a", {"_rev": 5}, "bad_request"),
            ("/p/a", {"_rev": f"1-{'z' * 32}"}, "bad_request"),
            ("/p/a?new_edits=maybe", {}, "query_parse_error"),
            ("/p/a?new_edits=false", {}, "bad_request"),
            ("/p/a?new_edits=false", {"_revisions": {"start": 1, "ids": []}}, "doc_validation"),
        ],
    )
    def test_malformed_writes_are_400_never_500(self, db, path, body, error):
        answer = db("PUT", path, body)
        assert (answer.status, answer.json["error"]) == (400, error)

    @pytest.mark.parametrize(
        "encoded", ["a%2Fb", "..%2F..%2Fetc%2Fpasswd", "%20", "a%0Ab", "%E4%B8%AD", "a%2Bb", "a+b", "%252F"]
    )
    def test_an_id_is_decoded_exactly_once(self, db, encoded):
        written = db("PUT", f"/p/{encoded}", {"_id": "ignored"})
        assert (written.status, written.json["id"]) == (201, unquote(encoded))
        assert db("GET", f"/p/{encoded}").json["_id"] == unquote(encoded)

    def test_numbers_keep_their_value(self, db):
        text = b'{"a":123456789012345678901234567890,"b":1.0,"c":100.0,"d":0.1,"f":9007199254740993}'
        db("PUT", "/p/n", raw=text)
        assert text.decode()[1:] in db("GET", "/p/n").text


class TestReading:
    """PROTOCOL B20, B21, B27, B30 to B34."""

    def test_an_etag_saves_the_body_and_is_left_out_where_it_would_lie(self, db):
        rev = put(db, "a", x=1)
        assert db("GET", "/p/a", If_None_Match=f'"{rev}"').status == 304
        assert "etag" not in db("GET", "/p/a?revs_info=true").headers
        head = db("HEAD", "/p/a")
        assert (head.status, head.text, head.headers["etag"]) == (200, "", f'"{rev}"')

    def test_revisions_are_told_as_couchdb_tells_them(self, db):
        replicate(db, "w", 2, B, A, v="b")
        replicate(db, "w", 2, C, A, v="c")
        replicate(db, "w", 4, D, "3" * 32, "2" * 32, A, _deleted=True)
        assert db("GET", "/p/w?revs=true&conflicts=true&deleted_conflicts=true").json == {
            "_id": "w",
            "_rev": f"2-{C}",
            "v": "c",
            "_revisions": {"start": 2, "ids": [C, A]},
            "_conflicts": [f"2-{B}"],
            "_deleted_conflicts": [f"4-{D}"],
        }
        assert db("GET", f"/p/w?rev=1-{A}&latest=true").json["_rev"] == f"2-{C}"
        assert db("GET", f"/p/w?rev=1-{A}").json == MISSING
        assert db("GET", "/p/w?meta=true").json["_revs_info"][1] == {"rev": f"1-{A}", "status": "missing"}

    def test_open_revs_is_json_or_mime_parts_as_the_client_accepts(self, db):
        replicate(db, "d", 3, D, C, B, x=1)
        path = f'/p/d?open_revs=["3-{D}","2-{A}"]&revs=true'
        rows = db("GET", path, Accept="application/json").json
        assert rows == [{"ok": db("GET", "/p/d?revs=true").json}, {"missing": f"2-{A}"}]
        mixed = db("GET", path)
        boundary = mixed.headers["content-type"].removeprefix('multipart/mixed; boundary="')[:-1]
        _, first, second, end = mixed.text.split(f"--{boundary}")
        assert first.startswith('\r\nContent-Type: application/json\r\n\r\n{"_id":"d"')
        assert second == f'\r\nContent-Type: application/json; error="true"\r\n\r\n{{"missing":"2-{A}"}}\r\n'
        assert end == "--"

    def test_open_revs_of_an_unknown_id(self, db):
        assert db("GET", f'/p/q?open_revs=["1-{A}"]', Accept="application/json").json == [
            {"missing": f"1-{A}"}
        ]
        assert db("GET", "/p/q?open_revs=all").json == MISSING
        assert db("GET", "/p/q?open_revs=5").status == 400
        assert db("GET", "/p/q?open_revs=x").status == 400

    def test_bad_rev_text_is_400(self, db):
        put(db, "a")
        assert db("GET", "/p/a?rev=zz").json == BAD_REV


class TestAllDocs:
    def test_ranges_keys_and_documents(self, db):
        revs = {doc_id: put(db, doc_id, v=doc_id) for doc_id in "abc"}
        value = {"rev": revs["b"]}
        assert db("GET", '/p/_all_docs?startkey="b"&endkey="b"').json["rows"] == [
            {"id": "b", "key": "b", "value": value}
        ]
        assert [
            row["id"] for row in db("GET", '/p/_all_docs?endkey="c"&inclusive_end=false&limit=2').json["rows"]
        ] == ["a", "b"]
        asked = db("POST", "/p/_all_docs?include_docs=true", {"keys": ["b", "zz", "a"]}).json
        assert (asked["total_rows"], asked["offset"]) == (3, None)
        assert asked["rows"][1] == {"key": "zz", "error": "not_found"}
        assert [row.get("doc", {}).get("v") for row in asked["rows"]] == ["b", None, "a"]
        assert db("GET", "/p/_all_docs?limit=abc").status == 400


class TestLocal:
    """PROTOCOL F81 to F83."""

    def test_a_checkpoint_is_kept_as_written_under_every_spelling(self, db):
        body = {"history": [{"session_id": "s", "recorded_seq": "5-x"}], "last_seq": "5-x"}
        written = db("PUT", "/p/_local/a.b%3D%3D", body)
        assert (written.status, written.json) == (201, {"ok": True, "id": "_local/a.b==", "rev": "0-1"})
        for path in ("/p/_local/a.b==", "/p/_local%2Fa.b%3D%3D"):
            assert db("GET", path).json == {"_id": "_local/a.b==", "_rev": "0-1", **body}
        assert db("GET", "/p/_all_docs").json["rows"] == []
        assert db("DELETE", "/p/_local/a.b==").status == 200
        assert db("GET", "/p/_local/a.b==").json == MISSING

    def test_attachments_and_oversize_are_refused(self, db):
        assert db("PUT", "/p/_local/x/y", {}).status == 400
        assert db("PUT", "/p/_local/x", {"v": "x" * 100_001}).status == 413
        assert db("PUT", "/p/_local/", {}).status == 400
