"""PROTOCOL section 3, B: documents and revisions. Each test names its points."""

from __future__ import annotations

import re

import pytest

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
JSON = {"Accept": "application/json"}


def replicate(db, doc_id, start, *ids, **members):
    doc = {"_id": doc_id, "_revisions": {"start": start, "ids": list(ids)}, **members}
    assert db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]}).json == []


def put(db, path, body):
    return db("PUT", f"/p/{path}", body).json["rev"]


class TestWriting:
    """PROTOCOL B18 to B29."""

    def test_new_tombstone_deleted_and_batch_have_their_own_status(self, db):
        """B18."""
        assert (db("PUT", "/p/a", {}).status, db("POST", "/p", {}).status) == (201, 201)
        rev = put(db, "b", {})
        assert db("PUT", "/p/b", {"_rev": rev, "_deleted": True}).status == 200
        assert db("DELETE", f"/p/c?rev={put(db, 'c', {})}").status == 200
        batch = db("PUT", "/p/d?batch=ok", {})
        assert (batch.status, batch.json) == (202, {"ok": True, "id": "d"})
        assert db("GET", "/p/d").status == 200

    def test_the_rev_is_in_body_query_or_header_and_one_only(self, db):
        """B19."""
        rev = put(db, "a", {})
        assert db("PUT", "/p/a", {}).status == 409
        assert db("PUT", "/p/a", {"_rev": f"1-{A}"}).status == 409
        assert db("PUT", f"/p/a?rev={rev}", {"_rev": f"1-{A}"}).status == 400
        rev = db("PUT", "/p/a", {"_rev": rev}).json["rev"]
        rev = db("PUT", f"/p/a?rev={rev}", {}).json["rev"]
        rev = db("PUT", "/p/a", {}, If_Match=f'"{rev}"').json["rev"]
        assert rev.startswith("4-")

    def test_the_etag_is_the_quoted_rev_and_saves_the_body(self, db):
        """B20."""
        rev = put(db, "a", {})
        assert db("GET", "/p/a").headers["etag"] == f'"{rev}"'
        assert (db("GET", "/p/a", If_None_Match=f'"{rev}"').status) == 304
        assert db("GET", "/p/a?revs=true").headers["etag"] == f'"{rev}"'
        for question in ("revs_info", "local_seq", "meta"):
            assert "etag" not in db("GET", f"/p/a?{question}=true").headers
        assert "etag" in db("GET", "/p/a?conflicts=true").headers
        replicate(db, "a", 1, A)
        assert "etag" not in db("GET", "/p/a?conflicts=true").headers

    def test_deleted_and_unknown_are_404_with_their_reasons(self, db):
        """B21."""
        db("DELETE", f"/p/a?rev={put(db, 'a', {})}")
        assert db("GET", "/p/a").json == {"error": "not_found", "reason": "deleted"}
        assert db("GET", "/p/b").json == {"error": "not_found", "reason": "missing"}

    def test_a_tombstone_keeps_its_fields(self, db):
        """B22."""
        rev = put(db, "a", {"_deleted": True, "who": "x"})
        held = {"_id": "a", "_rev": rev, "who": "x", "_deleted": True}
        assert db("GET", "/p/a?open_revs=all", **JSON).json == [{"ok": held}]
        [result] = db("POST", "/p/_bulk_get", {"docs": [{"id": "a"}]}).json["results"]
        assert result["docs"] == [{"ok": held}]

    def test_writing_a_deleted_document_anew_extends_the_deleted_branch(self, db):
        """B23."""
        gone = db("DELETE", f"/p/a?rev={put(db, 'a', {})}").json["rev"]
        assert put(db, "a", {}).startswith("3-")
        assert db("GET", "/p/a?revs=true").json["_revisions"]["ids"][1] == gone.partition("-")[2]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"_foo": 1}, 400),
            ({"v": {"_foo": 1}}, 201),
            ({"_revs_info": [], "_conflicts": [], "_deleted_conflicts": [], "_local_seq": 1}, 201),
            ({"_deleted": "yes"}, 400),
            ({"_attachments": []}, 400),
            ({"_attachments": {}}, 201),
        ],
    )
    def test_special_members_are_known_ignored_or_400(self, db, body, status):
        """B24."""
        answer = db("PUT", "/p/a", body)
        assert answer.status == status
        assert status == 201 or answer.json["error"] == "doc_validation"

    @pytest.mark.parametrize("doc_id", ["a/b", " ", "a\nb", "中文", "_design/x"])
    def test_an_id_is_any_text(self, db, doc_id):
        """B25."""
        assert db("POST", "/p", {"_id": doc_id}).json["id"] == doc_id

    @pytest.mark.parametrize("doc_id", [5, None, "", "_x", [], "a\0b"])
    def test_an_id_that_is_none_is_400(self, db, doc_id):
        """B25."""
        assert db("POST", "/p", {"_id": doc_id}).json["error"] == "illegal_docid"

    def test_the_id_in_the_url_wins(self, db):
        """B25."""
        assert db("PUT", "/p/a", {"_id": "b"}).json["id"] == "a"
        for path, body in (("%ff", {}), ("a", {"_id": 5})):
            assert db("PUT", f"/p/{path}", body).json["error"] == "illegal_docid"

    def test_a_rev_is_32_lower_case_hex_digits(self, db):
        """B26."""
        assert re.fullmatch("1-[0-9a-f]{32}", put(db, "a", {"v": 1}))

    def test_bad_rev_text_is_400_and_an_unknown_rev_404(self, db):
        """B27."""
        put(db, "a", {})
        assert db("GET", "/p/a?rev=zz").json["reason"] == "Invalid rev format"
        assert db("GET", f"/p/a?rev=1-{A}").json == {"error": "not_found", "reason": "missing"}

    def test_the_winner_is_the_same_in_whatever_order_leaves_arrive(self, db):
        """B28, B29."""
        leaves = {"deleted": (4, D, A), "lower": (2, B, A), "greater": (2, C, A)}
        for number, order in enumerate((list(leaves), list(leaves)[::-1])):
            for name in order:
                start, *ids = leaves[name]
                replicate(db, f"w{number}", start, *ids, _deleted=name == "deleted")
            assert db("GET", f"/p/w{number}").json["_rev"] == f"2-{C}"

    def test_a_document_is_deleted_only_when_all_its_leaves_are(self, db):
        """B29."""
        replicate(db, "a", 2, B, A)
        replicate(db, "a", 2, C, A, _deleted=True)
        assert db("GET", "/p/a").status == 200
        db("DELETE", f"/p/a?rev=2-{B}")
        assert db("GET", "/p/a").json["reason"] == "deleted"


class TestReading:
    """PROTOCOL B30 to B36."""

    def test_open_revs_are_mime_parts_unless_json_is_asked_for(self, db):
        """B30, B31, B36."""
        replicate(db, "a", 1, A)
        asked = f'/p/a?open_revs=["1-{A}","1-{B}"]'
        assert db("GET", asked, **JSON).json == [
            {"ok": {"_id": "a", "_rev": f"1-{A}"}},
            {"missing": f"1-{B}"},
        ]
        assert db("GET", asked, Accept="*/*").headers["content-type"].startswith("multipart/mixed")
        mixed = db("GET", asked)
        boundary = re.fullmatch('multipart/mixed; boundary="(.+)"', mixed.headers["content-type"])[1]
        assert mixed.text.split(f"--{boundary}") == [
            "",
            f'\r\nContent-Type: application/json\r\n\r\n{{"_id":"a","_rev":"1-{A}"}}\r\n',
            f'\r\nContent-Type: application/json; error="true"\r\n\r\n{{"missing":"1-{B}"}}\r\n',
            "--",
        ]

    def test_open_revs_of_an_unknown_id(self, db):
        """B32."""
        assert db("GET", f'/p/a?open_revs=["1-{A}"]', **JSON).json == [{"missing": f"1-{A}"}]
        assert db("GET", "/p/a?open_revs=all", **JSON).status == 404

    def test_latest_leads_from_a_revision_to_all_its_leaves(self, db):
        """B33."""
        replicate(db, "a", 2, B, A)
        replicate(db, "a", 2, C, A)
        rows = db("GET", f'/p/a?open_revs=["1-{A}"]&latest=true', **JSON).json
        assert [row["ok"]["_rev"] for row in rows] == [f"2-{C}", f"2-{B}"]
        assert db("GET", f"/p/a?rev=1-{A}&latest=true").json["_rev"] == f"2-{C}"

    def test_what_a_read_can_tell_beside_the_body(self, db):
        """B34."""
        replicate(db, "a", 2, C, A)
        replicate(db, "a", 2, B, A)
        replicate(db, "a", 2, D, A, _deleted=True)
        told = db(
            "GET", "/p/a?revs=true&revs_info=true&conflicts=true&deleted_conflicts=true&local_seq=true"
        ).json
        assert told["_revisions"] == {"start": 2, "ids": [C, A]}
        assert told["_revs_info"] == [
            {"rev": f"2-{C}", "status": "available"},
            {"rev": f"1-{A}", "status": "missing"},
        ]
        assert (told["_conflicts"], told["_deleted_conflicts"]) == ([f"2-{B}"], [f"2-{D}"])
        assert told["_local_seq"] == 3
        assert {"_revs_info", "_conflicts", "_deleted_conflicts"} <= set(db("GET", "/p/a?meta=true").json)

    def test_numbers_keep_their_value(self, db):
        """B35."""
        text = '"a":123456789012345678901234567890,"b":1.0,"f":9007199254740993,"g":18446744073709551616}'
        db("PUT", "/p/a", raw=("{" + text).encode())
        assert text in db("GET", "/p/a").text
        [row] = db("GET", "/p/_changes?include_docs=true").json["results"]
        assert row["doc"]["a"] == 123456789012345678901234567890

    @pytest.mark.parametrize(
        "body",
        [b'{"a":NaN}', b'{"a":1e400}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b"{", b""],
    )
    def test_what_is_no_json_is_400(self, db, body):
        """B35."""
        assert db("PUT", "/p/a", raw=body).json == {"error": "bad_request", "reason": "invalid UTF-8 JSON"}

    def test_of_a_key_that_occurs_twice_the_last_wins_everywhere(self, db):
        """B35."""
        db("PUT", "/p/a", raw=b'{"a":1,"a":2}')
        assert db("GET", "/p/a").json["a"] == 2
        assert db("GET", "/p/_all_docs?include_docs=true").json["rows"][0]["doc"]["a"] == 2

    def test_a_document_may_come_as_the_first_part_of_a_mime_body(self, db):
        """B36: without attachments it is stored; with them it is 501, and nothing is."""
        body = b'--x\r\nContent-Type: application/json\r\n\r\n{"v":1}\r\n--x--'
        kind = 'multipart/related; boundary="x"'
        assert db("PUT", "/p/a", raw=body, Content_Type=kind).status == 201
        assert db("GET", "/p/a").json["v"] == 1
        stub = b'{"_attachments":{"f":{"follows":true,"length":1,"content_type":"x/y"}}}'
        answer = db("PUT", "/p/b", raw=body.replace(b'{"v":1}', stub), Content_Type=kind)
        assert (answer.status, answer.json["error"]) == (501, "not_implemented")
        assert db("GET", "/p/b").status == 404
        for broken, typed in ((b"--y--", kind), (body, "multipart/related")):
            assert db("PUT", "/p/c", raw=broken, Content_Type=typed).status == 400

    def test_a_document_is_copied_to_another_id(self, db):
        """B18."""
        put(db, "a", {"v": 1})
        copied = db("COPY", "/p/a", Destination="b%2Fc")
        assert (copied.status, copied.json["id"], db("GET", "/p/b%2Fc").json["v"]) == (201, "b/c", 1)
        assert db("COPY", "/p/a", Destination="b%2Fc").status == 409
        assert db("COPY", "/p/a", Destination=f"b%2Fc?rev={copied.json['rev']}").status == 201
        for destination in ("", "http://example.invalid/p/x"):
            assert db("COPY", "/p/a", Destination=destination).status == 400
        assert db("COPY", "/p/nope", Destination="x").status == 404
