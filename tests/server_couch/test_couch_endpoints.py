"""What a server tells beyond its databases."""

from __future__ import annotations

import re


class TestServer:
    """PROTOCOL A1, A6, A17."""

    def test_clients_get_json_and_people_a_page(self, send):
        """A1."""
        for accept in ("*/*", "application/json", "text/html;q=0.5, application/json"):
            assert send.anonymous()("GET", "/", Accept=accept).json["couchdb"] == "Welcome"
        page = send.anonymous()("GET", "/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert page.headers["content-type"].startswith("text/html")
        assert "_all_dbs" in page.text
        assert send("GET", "/nope", Accept="text/html").json["error"] == "not_found"

    def test_up_and_uuids_need_no_signing_in(self, send):
        """A17."""
        nobody = send.anonymous()
        assert nobody("GET", "/_up").json == {"status": "ok", "seeds": {}}
        uuids = nobody("GET", "/_uuids?count=3").json["uuids"]
        assert [bool(re.fullmatch("[0-9a-f]{32}", each)) for each in uuids] == [True] * 3
        assert len(set(uuids)) == 3
        assert nobody("GET", "/_uuids?count=100000").status == 400
        for path in (
            "/_all_dbs",
            "/_active_tasks",
            "/_dbs_info",
            "/_liandong/quarantine",
            "/_config",
            "/_node",
        ):
            assert nobody("GET", path).status == 401

    def test_databases_are_listed_in_order_and_described(self, send):
        """A17."""
        for name in ("b", "a", "c%2Fd"):
            assert send("PUT", f"/{name}").status == 201
        assert send("GET", "/_all_dbs").json == ["a", "b", "c/d"]
        assert send("GET", '/_all_dbs?startkey="b"&limit=1').json == ["b"]
        assert send("GET", '/_all_dbs?descending=true&endkey="b"').json == ["c/d", "b"]
        rows = send("POST", "/_dbs_info", {"keys": ["b", "nope"]}).json
        assert rows[0]["info"] == send("GET", "/b").json
        assert rows[1] == {"key": "nope", "error": "not_found"}
        assert [row["key"] for row in send("GET", "/_dbs_info").json] == ["a", "b", "c/d"]
        for name in ("b", "a", "c%2Fd"):
            assert send("DELETE", f"/{name}").status == 200
        assert send("GET", "/_all_dbs").json == []

    def test_compacting_is_begun_and_told(self, db):
        assert db("POST", "/p/_compact", {}).status == 202
        assert db("POST", "/p/_compact", raw=b"", Content_Type="text/plain").status == 415
        assert isinstance(db("GET", "/_active_tasks").json, list)

    def test_the_revs_limit_is_told_and_stays(self, db):
        assert db("GET", "/p/_revs_limit").text == "1000\n"
        assert db("PUT", "/p/_revs_limit", raw=b"1000").status == 200
        assert db("PUT", "/p/_revs_limit", raw=b"5").status == 400
