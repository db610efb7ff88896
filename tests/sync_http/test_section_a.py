"""PROTOCOL section 3, A: server and database. Each test names its points."""

from __future__ import annotations

import gzip
import http.client

import pytest

from sync.sqlite import open_server


class TestServerAndDatabase:
    """PROTOCOL A, over the blueprint; tests/server_couch has what a whole server adds."""

    def test_the_welcome_has_version_and_the_uuid_of_the_server(self, send, server):
        """A1."""
        told = send("GET", "/").json
        assert (told["couchdb"], told["version"], told["uuid"]) == ("Welcome", "3.5.0", server.uuid)

    def test_with_and_without_a_slash_every_method_is_the_same(self, send):
        """A2."""
        for path in ("/p", "/p/"):
            statuses = [send(method, path).status for method in ("PUT", "GET", "HEAD", "DELETE", "GET")]
            assert statuses == [201, 200, 200, 200, 404]

    def test_a_database_tells_its_seq_and_when_it_began_as_text(self, db):
        """A3."""
        told = db("GET", "/p").json
        assert told["db_name"] == "p"
        assert isinstance(told["update_seq"], str)
        assert isinstance(told["instance_start_time"], str)

    def test_when_it_began_is_constant_over_restarts_and_new_after_creation_and_restore(
        self, db, server, tmp_path
    ):
        """A4."""

        def began():
            return db("GET", "/p").json["instance_start_time"]

        first = began()
        assert db("POST", "/p/_ensure_full_commit", raw=b"").json["instance_start_time"] == first
        reopened = open_server(tmp_path / "couch.sqlite")
        assert reopened.open("p").info().instance_start_time == first
        reopened.close()
        db("DELETE", "/p")
        db("PUT", "/p")
        assert began() != first
        second = began()
        server.change_epoch()  # what a restore does
        assert began() != second

    def test_an_encoded_slash_belongs_to_the_name_and_is_decoded_once(self, db):
        """A5."""
        assert db("PUT", "/p%2Fb").status == 201
        assert db("GET", "/p%2Fb").json["db_name"] == "p/b"
        assert db("GET", "/p%252Fb").status == 404
        db("PUT", "/p/b", {"v": 1})
        assert db("GET", "/p/b").json["v"] == 1

    @pytest.mark.parametrize(
        ("name", "status", "error"),
        [
            ("q", 201, None),
            ("p", 412, "file_exists"),
            ("Abc", 400, "illegal_database_name"),
            ("_bad", 400, "illegal_database_name"),
            ("a" * 239, 400, "database_name_too_long"),
        ],
    )
    def test_creating_one_is_201_412_or_400(self, db, name, status, error):
        """A6."""
        answer = db("PUT", f"/{name}")
        assert (answer.status, answer.json.get("error")) == (status, error)

    def test_a_missing_one_is_404_everywhere(self, send):
        """A7."""
        asked = [("GET", "", None), ("POST", "/_bulk_docs", {"docs": []}), ("GET", "/_changes", None)]
        asked += [("POST", "/_revs_diff", {}), ("PUT", "/d", {}), ("GET", "/_local/x", None)]
        for method, path, body in asked:
            answer = send(method, f"/nope{path}", body)
            assert (answer.status, answer.json["reason"]) == (404, "Database does not exist.")

    @pytest.mark.parametrize("path", ["/nope", "/p/nope", "/p/_nope", "/_nope", "/p/_changes?limit=x"])
    def test_every_refusal_is_json_with_error_and_reason(self, db, path):
        """A8."""
        answer = db("GET", path, Accept="text/html")
        assert answer.headers["content-type"] == "application/json"
        assert set(answer.json) == {"error", "reason"}

    @pytest.mark.parametrize("path", ["/", "/p", "/p/a", "/p/_all_docs", "/p/_changes"])
    def test_head_has_the_headers_of_get_and_an_empty_body_is_no_matter(self, db, path):
        """A9."""
        db("PUT", "/p/a", {})
        got, head = db("GET", path, Content_Length="0"), db("HEAD", path)
        assert (got.status, head.status, head.text) == (200, 200, "")
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == got.headers.get(name)

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("PATCH", "/p", "DELETE,GET,HEAD,POST,PUT"),
            ("GET", "/p/_revs_diff", "POST"),
            ("PUT", "/p/_changes", "GET,HEAD,POST"),
            ("POST", "/p/doc", "COPY,DELETE,GET,HEAD,PUT"),
            ("POST", "/p/_security", "GET,HEAD,PUT"),
        ],
    )
    def test_another_method_is_405_with_those_allowed(self, db, method, path, allowed):
        """A10."""
        answer = db(method, path, {})
        assert (answer.status, answer.headers["allow"]) == (405, allowed)

    @pytest.mark.parametrize(
        "path",
        [
            *("", "/_bulk_docs", "/_bulk_get", "/_revs_diff", "/_missing_revs", "/_ensure_full_commit"),
            *("/_compact", "/_purge", "/_changes", "/_all_docs"),
        ],
    )
    def test_a_post_that_is_not_json_is_415(self, db, path):
        """A11."""
        answer = db("POST", f"/p{path}", raw=b"{}", Content_Type="text/plain")
        assert (answer.status, answer.json["error"]) == (415, "bad_content_type")

    def test_gzip_is_understood_on_every_write_and_bounded_when_inflated(self, db):
        """A12."""
        packed = {"Content_Encoding": "gzip"}
        bodies = {
            ("POST", "/p"): b'{"_id":"a"}',
            ("PUT", "/p/b"): b"{}",
            ("PUT", "/p/_local/c"): b"{}",
            ("POST", "/p/_bulk_docs"): b'{"docs":[]}',
            ("POST", "/p/_revs_diff"): b"{}",
            ("POST", "/p/_bulk_get"): b'{"docs":[]}',
            ("POST", "/p/_changes"): b"{}",
            ("POST", "/p/_all_docs"): b'{"keys":[]}',
            ("PUT", "/p/_security"): b"{}",
        }
        statuses = [db(*where, raw=gzip.compress(body), **packed).status for where, body in bodies.items()]
        assert statuses == [201, 201, 201, 201, 200, 200, 200, 200, 200]
        assert db("PUT", "/p/x", raw=b"{}", **packed).status == 400
        assert db("PUT", "/p/x", raw=b"{}", Content_Encoding="br").status == 415
        assert db("PUT", "/p/x", raw=gzip.compress(b" " * 20_000_000), **packed).status == 413

    def test_a_url_of_8000_bytes_is_read_and_a_longer_one_is_414(self, db):
        """A14."""
        prefix = len("/db/p/")
        assert db("GET", "/p/" + "k" * (8000 - prefix)).status == 404
        answer = db("GET", "/p/" + "k" * (8001 - prefix))
        assert (answer.status, answer.json["error"]) == (414, "uri_too_long")

    def test_where_there_are_no_sessions_signing_in_is_exactly_404(self, send):
        """A15."""
        assert send("POST", "/_session", {"name": "a", "password": "b"}).status == 404

    def test_many_requests_on_one_connection(self, db):
        """A13: keep-alive; tests/server_couch has chunked bodies and Expect."""
        connection = http.client.HTTPConnection("127.0.0.1", db.port, timeout=10)
        for _ in range(3):
            connection.request("GET", "/db/p")
            assert connection.getresponse().read().startswith(b'{"instance_start_time"')
        connection.close()
