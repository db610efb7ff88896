"""Signing in, and what `_security` lets whom do."""

from __future__ import annotations

import gzip

import pytest

SESSION = {"name": "root", "password": "relax"}


def cookie_of(answer):
    return answer.headers["set-cookie"].partition(";")[0]


class TestSession:
    """PROTOCOL A15, A16, section 1 items 10 and 18."""

    def test_signing_in_gives_a_cookie_that_signs_in(self, send):
        """A15."""
        nobody = send.anonymous()
        answer = nobody("POST", "/_session", SESSION)
        assert (answer.status, answer.json) == (200, {"ok": True, "name": "root", "roles": ["_admin"]})
        said = answer.headers["set-cookie"]
        assert said.startswith("AuthSession=")
        assert all(part in said for part in ("Max-Age=600", "HttpOnly", "Path=/"))
        assert nobody("GET", "/_all_dbs", Cookie=cookie_of(answer)).status == 200

    def test_a_form_and_a_compressed_body_are_understood(self, send):
        """A12, A15."""
        form = {"raw": b"name=root&password=relax", "Content_Type": "application/x-www-form-urlencoded"}
        packed = {"raw": gzip.compress(b'{"username":"root","password":"relax"}'), "Content_Encoding": "gzip"}
        assert send.anonymous()("POST", "/_session", **form).status == 200
        assert send.anonymous()("POST", "/_session", **packed).status == 200

    def test_a_wrong_password_is_401_and_clears_the_cookie(self, send):
        """A15."""
        answer = send.anonymous()("POST", "/_session", SESSION | {"password": "x"})
        assert (answer.status, answer.json["reason"]) == (401, "Name or password is incorrect.")
        assert answer.headers["set-cookie"].startswith("AuthSession=;")
        assert send.signed_in("root", "x")("GET", "/").status == 401
        assert send.signed_in("nobody", "relax")("GET", "/").status == 401

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"name":"root"}', b'{"name":1,"password":2}'])
    def test_what_is_no_sign_in_is_400(self, send, body):
        assert send.anonymous()("POST", "/_session", raw=body).status == 400

    def test_it_tells_who_one_is_and_how_that_is_known(self, send):
        """A16."""
        cookie = cookie_of(send.anonymous()("POST", "/_session", SESSION))
        told = [
            send("GET", "/_session").json,
            send.anonymous()("GET", "/_session", Cookie=cookie).json,
            send.anonymous()("GET", "/_session").json,
        ]
        assert [(each["userCtx"]["name"], each["info"].get("authenticated")) for each in told] == [
            ("root", "default"),
            ("root", "cookie"),
            (None, None),
        ]

    def test_signing_out_clears_the_cookie(self, send):
        """A16."""
        answer = send.anonymous()("DELETE", "/_session", Cookie="AuthSession=stale")
        assert (answer.json, answer.headers["set-cookie"].split(";")[0]) == ({"ok": True}, "AuthSession=")

    def test_a_forged_cookie_is_nobodys_and_a_malformed_one_is_400(self, send):
        cookie = cookie_of(send.anonymous()("POST", "/_session", SESSION))
        forged = cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB")
        assert send.anonymous()("GET", "/_all_dbs", Cookie=forged).status == 401
        assert send.anonymous()("GET", "/_all_dbs", Cookie="AuthSession=x").status == 400


class TestSecurity:
    """Admins do everything; others what `_security` of the database lets them."""

    def test_without_a_security_object_only_administrators_come_in(self, db):
        assert db("GET", "/p/_security").json == {
            "members": {"roles": ["_admin"]},
            "admins": {"roles": ["_admin"]},
        }
        assert db.anonymous()("GET", "/p").status == 401
        assert db.signed_in("ann", "secret")("GET", "/p").status == 403

    def test_a_member_reads_and_writes_documents_and_no_more(self, db):
        ann = db.signed_in("ann", "secret")
        assert db("PUT", "/p/_security", {"members": {"names": ["ann"]}}).json == {"ok": True}
        assert ann("PUT", "/p/a", {}).status == 201
        assert ann("PUT", "/p/_design/x", {}).status == 403
        assert ann("PUT", "/p/_security", {}).status == 403
        assert ann("POST", "/p/_compact", {}).status == 403
        assert ann("DELETE", "/p").status == 403
        assert ann("PUT", "/q").status == 403
        assert ann("GET", "/_all_dbs").status == 403
        assert db.anonymous()("GET", "/p/a").status == 401

    def test_a_database_admin_writes_design_documents(self, db):
        db("PUT", "/p/_security", {"admins": {"names": ["ann"]}, "members": {"names": ["bob"]}})
        ann = db.signed_in("ann", "secret")
        assert (ann("PUT", "/p/_design/x", {}).status, ann("PUT", "/p/_security", {}).status) == (201, 200)

    def test_an_empty_object_opens_it_to_all(self, db):
        db("PUT", "/p/_security", {})
        assert db.anonymous()("PUT", "/p/a", {}).status == 201
        assert db.anonymous()("PUT", "/p/_design/a", {}).status == 401

    def test_it_goes_with_the_database(self, db):
        db("PUT", "/p/_security", {})
        db("DELETE", "/p")
        db("PUT", "/p")
        assert db.anonymous()("GET", "/p").status == 401

    @pytest.mark.parametrize(
        "body", [[], {"members": 1}, {"admins": {"names": "ann"}}, {"members": {"roles": [1]}}]
    )
    def test_a_malformed_one_is_400(self, db, body):
        assert db("PUT", "/p/_security", body).status == 400

    def test_as_a_local_document_nobody_reaches_it(self, db):
        db("PUT", "/p/_security", {"members": {"names": ["ann"]}})
        for method in ("GET", "PUT", "DELETE"):
            assert db.signed_in("ann", "secret")(method, "/p/_local/_security", {}).status == 403

    def test_a_database_that_is_not_there_looks_like_one_that_is_closed(self, db):
        """A7."""
        there, absent = db.anonymous()("GET", "/p/x"), db.anonymous()("GET", "/nope/x")
        assert (there.status, there.json) == (absent.status, absent.json)
