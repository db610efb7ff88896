"""Server and database endpoints over real HTTP, compared with answers recorded from CouchDB 3.5."""

from __future__ import annotations

import gzip

import pytest

from sync.http import Endpoint

NO_DATABASE = {"error": "not_found", "reason": "Database does not exist."}


class TestServer:
    """PROTOCOL A1, A15 to A17."""

    def test_the_welcome_tells_a_version_and_the_uuid(self, send, server):
        for path in ("/", ""):
            told = send("GET", path).json
            assert (told["couchdb"], told["version"], told["uuid"]) == ("Welcome", "3.5.0", server.uuid)
        assert send("GET", "/_up").json == {"status": "ok", "seeds": {}}

    def test_signing_in_without_sessions_is_exactly_404(self, send):
        assert send("POST", "/_session", {"name": "a", "password": "b"}).status == 404
        assert send("GET", "/_session").json["userCtx"] == {"name": None, "roles": []}

    @pytest.mark.parametrize("path", ["/_config", "/_node/_local/_config", "/_utils", "/_nope"])
    def test_nothing_else_of_a_server_is_told(self, send, path):
        assert send("GET", path).json == NO_DATABASE


class TestDatabases:
    """PROTOCOL A2 to A10."""

    def test_a_database_is_made_once(self, send):
        assert (send("PUT", "/p").status, send("PUT", "/p/").status) == (201, 412)
        assert send("PUT", "/p").json["error"] == "file_exists"

    def test_with_and_without_a_slash_it_is_the_same(self, db):
        assert db("GET", "/p").json == db("GET", "/p/").json
        assert db("HEAD", "/p/").headers["content-length"] == str(len(db("GET", "/p").text))
        assert db("HEAD", "/p").text == ""

    def test_its_instance_start_time_is_text_and_the_same_after_a_commit(self, db):
        told = db("GET", "/p").json
        committed = db("POST", "/p/_ensure_full_commit", raw=b"")
        assert isinstance(told["instance_start_time"], str)
        assert (committed.status, committed.json["ok"]) == (201, True)
        assert committed.json["instance_start_time"] == told["instance_start_time"]

    @pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
    def test_a_missing_one_is_404_in_json(self, send, method):
        answer = send(method, "/nope")
        assert (answer.status, answer.headers["content-type"]) == (404, "application/json")
        assert answer.text == "" if method == "HEAD" else answer.json == NO_DATABASE

    @pytest.mark.parametrize("name", ["Abc", "1abc", "_bad", "a.b", "%20", "a" * 239])
    def test_bad_names_are_400(self, send, name):
        answer = send("PUT", f"/{name}")
        assert answer.status == 400
        assert answer.json["error"] in ("illegal_database_name", "database_name_too_long")

    def test_an_encoded_slash_belongs_to_the_name_a_plain_one_does_not(self, send):
        send("PUT", "/p1")
        assert send("PUT", "/p1%2Fsub").status == 201
        assert send("GET", "/p1%2Fsub").json["db_name"] == "p1/sub"
        assert send("GET", "/p1/sub").json == {"error": "not_found", "reason": "missing"}

    def test_every_spelling_of_a_name_is_the_same_database(self, db, guard):
        guard.asked.clear()
        assert db("GET", "/%70").json["db_name"] == "p"
        assert db("GET", "/%70/_all_docs").status == 200
        assert {database for _, database, _ in guard.asked} == {"p"}
        assert db("GET", "/%2570").status == 404

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("PATCH", "/p", "DELETE,GET,HEAD,POST,PUT"),
            ("OPTIONS", "/p/_changes", "GET,HEAD,POST"),
            ("GET", "/p/_bulk_docs", "POST"),
            ("BREW", "/p/doc", "COPY,DELETE,GET,HEAD,PUT"),
            ("DELETE", "/", "GET,HEAD"),
        ],
    )
    def test_other_methods_are_405_with_those_allowed(self, db, method, path, allowed):
        answer = db(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, allowed)
        assert answer.json == {"error": "method_not_allowed", "reason": f"Only {allowed} allowed"}

    @pytest.mark.parametrize("path", ["/p/_find", "/p/_design/x/_view/y", "/p/_purged_infos"])
    def test_what_couchdb_has_and_this_has_not_is_501_with_a_reason(self, db, path):
        answer = db("POST", path, {})
        assert (answer.status, answer.json["error"]) == (501, "not_implemented")

    def test_a_method_in_a_header_has_no_effect(self, db):
        assert db("GET", "/p", X_HTTP_Method_Override="DELETE").status == 200
        assert db("GET", "/p").status == 200


class TestBodies:
    """PROTOCOL A11, A12, A14, ATTACKS 7.28 to 7.33."""

    @pytest.mark.parametrize(
        "path", ["", "/_bulk_docs", "/_bulk_get", "/_revs_diff", "/_ensure_full_commit", "/_compact"]
    )
    def test_a_post_that_is_not_json_is_415(self, db, path):
        answer = db("POST", f"/p{path}", raw=b"{}", Content_Type="text/plain")
        assert (answer.status, answer.json["error"]) == (415, "bad_content_type")

    def test_gzip_is_understood_and_nothing_else(self, db):
        body = gzip.compress(b'{"docs":[{"_id":"gz"}]}')
        assert db("POST", "/p/_bulk_docs", raw=body, Content_Encoding="gzip").status == 201
        assert db("GET", "/p/gz").status == 200
        bad = db("POST", "/p/_bulk_docs", raw=b"{}", Content_Encoding="gzip")
        assert (bad.status, bad.json["reason"]) == (400, "Request body is not properly gzipped.")
        assert db("POST", "/p/_bulk_docs", raw=body[:-4], Content_Encoding="gzip").status == 400
        assert db("POST", "/p/_bulk_docs", raw=b"{}", Content_Encoding="br").status == 415

    def test_a_bomb_is_413_before_it_is_inflated(self, db):
        bomb = gzip.compress(b" " * 100_000_000)
        assert len(bomb) < 100_000
        assert db("POST", "/p/_bulk_docs", raw=bomb, Content_Encoding="gzip").status == 413

    def test_a_body_over_the_limit_is_413_with_and_without_its_length(self, db):
        assert db("POST", "/p/_bulk_docs", raw=b" " * 9_000_001).status == 413
        assert db("PUT", "/p/a", {"v": "x" * 8_000_001}).json["error"] == "document_too_large"

    def test_a_long_url_is_414(self, db):
        assert db("GET", f"/p/{'k' * 7900}").status == 404
        assert db("GET", f"/p/{'k' * 8001}").status == 414

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{bad",
            b'{"a":NaN}',
            b'{"a":1e400}',
            b'{"a":-Infinity}',
            b'{"a":"\xff"}',
            b"\xef\xbb\xbf{}",
            b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"a":"\\ud800"}',
            b'{"k":{"__proto__":1}}',
        ],
    )
    def test_what_two_parsers_could_read_differently_is_400(self, db, body):
        assert db("PUT", "/p/a", raw=body).status == 400
        assert db("GET", "/p/a").status == 404

    def test_of_a_key_that_occurs_twice_the_last_wins_everywhere(self, db):
        rev = db("PUT", "/p/a", raw=b'{"_id":"b","a":1,"a":2}').json["rev"]
        assert db("GET", "/p/a").json == {"_id": "a", "_rev": rev, "a": 2}


class TestGuard:
    """Asked first, about every request; what it refuses is not looked at."""

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("GET", "/p"),
            ("PUT", "/p"),
            ("GET", "/nope/_changes"),
            ("POST", "/p/_bulk_docs"),
            ("GET", "/p/x"),
            ("BREW", "/p/x"),
            ("GET", "/%ff/x"),
            ("GET", f"/p/{'k' * 9000}"),
            ("GET", "//p"),
            ("GET", "/p/_nope"),
            ("GET", "/_all_dbs"),
        ],
    )
    def test_a_refusal_is_the_same_answer_whatever_is_asked(self, send, guard, method, path):
        guard.refused = set(Endpoint)
        answer = send(method, path, raw=b"not even json")
        assert (answer.status, answer.json) == (403, {"error": "forbidden", "reason": "You may not do this."})

    def test_it_hears_the_decoded_names(self, db, guard):
        guard.asked.clear()
        db("GET", "/p/a%2Fb%20c")
        db("PUT", "/p/_local/cp%3D", {})
        db("GET", "/p/_changes")
        assert [(str(endpoint), *rest) for endpoint, *rest in guard.asked] == [
            ("document_read", "p", "a/b c"),
            ("local_write", "p", "_local/cp="),
            ("changes", "p", None),
        ]
