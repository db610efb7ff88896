"""The HTTP client: who we are, what is asked again, what is verified, what is remembered."""

from __future__ import annotations

import gzip
import ssl
from pathlib import Path

import pytest

from server.settings import Settings
from server.tls import authority_path, certificate_paths
from sync.couchdb.address import Address, parse_address
from sync.couchdb.answers import Answer
from sync.couchdb.connection import Connection, InDoubt
from sync.couchdb.retries import Patience
from sync.errors import BadRequest, Overloaded, StorageFailed, Unauthorized
from tests.couchdb.scripted_server import Asked, Reply, in_turn, scripted

QUICK = Patience(attempts=3, first_s=0.001)
COOKIE = {"Set-Cookie": "AuthSession=one; Version=1; Path=/; HttpOnly"}


def connect(url: str, *, user: str = "", patience: Patience = QUICK, **options: object) -> Connection:
    return Connection(parse_address(url.replace("://", f"://{user}")), patience=patience, **options)


class TestAddress:
    def test_user_and_password_are_taken_out_and_never_shown(self):
        address = parse_address("https://ann:p%40ss@couch.example:6984/below/")
        assert address == Address("https://couch.example:6984", "/below", "ann", "p@ss")
        assert str(address) == "https://couch.example:6984/below"
        assert "p@ss" not in repr(address)

    @pytest.mark.parametrize("url", ["couch.example", "ftp://a", "http://", "http://a:b:c", "http://a?x=1"])
    def test_what_is_no_address_is_refused(self, url):
        with pytest.raises(BadRequest):
            parse_address(url)


class TestSession:
    """PROTOCOL A15, A16 and section 1, item 10."""

    def test_one_sign_in_serves_all_that_follows(self):
        def answer(asked: Asked) -> Reply:
            return Reply(headers=COOKIE) if asked.path == "/_session" else Reply(body={"ok": True})

        with scripted(answer) as server:
            to = connect(server.url, user="ann:secret@")
            assert [to.ask("GET", "/db").status, to.ask("GET", "/db").status] == [200, 200]
        assert server.paths() == ["POST /_session", "GET /db", "GET /db"]
        assert server.asked[0].json() == {"name": "ann", "password": "secret"}
        assert [asked.headers.get("Cookie") for asked in server.asked[1:]] == ["AuthSession=one"] * 2

    def test_a_session_that_has_ended_is_renewed_and_the_question_asked_again(self):
        cookies = iter(["one", "two"])

        def answer(asked: Asked) -> Reply:
            if asked.path == "/_session":
                return Reply(headers={"Set-Cookie": f"AuthSession={next(cookies)}; Path=/"})
            return Reply(200 if asked.headers.get("Cookie") == "AuthSession=two" else 401)

        with scripted(answer) as server:
            assert connect(server.url, user="ann:secret@").ask("GET", "/db").status == 200
        assert server.paths() == ["POST /_session", "GET /db"] * 2

    def test_a_newer_cookie_in_any_answer_is_used_from_then_on(self):
        def answer(asked: Asked) -> Reply:
            if asked.path == "/_session":
                return Reply(headers=COOKIE)
            return Reply(headers={"Set-Cookie": "AuthSession=newer; Path=/"})

        with scripted(answer) as server:
            to = connect(server.url, user="ann:secret@")
            to.ask("GET", "/db")
            to.ask("GET", "/db")
        assert server.asked[-1].headers["Cookie"] == "AuthSession=newer"

    def test_without_sessions_the_password_goes_along(self):
        with scripted(lambda asked: Reply(404 if asked.path == "/_session" else 200)) as server:
            connect(server.url, user="ann:secret@").ask("GET", "/db")
        assert server.asked[-1].headers["Authorization"] == "Basic YW5uOnNlY3JldA=="

    def test_where_no_node_knows_the_session_of_another_the_password_goes_along(self):
        def answer(asked: Asked) -> Reply:
            if asked.path == "/_session":
                return Reply(headers=COOKIE)
            return Reply(200 if "Authorization" in asked.headers else 401)

        with scripted(answer) as server:
            to = connect(server.url, user="ann:secret@")
            assert [to.ask("GET", "/db").status, to.ask("GET", "/db").status] == [200, 200]
        assert server.paths() == ["POST /_session", "GET /db"] * 2 + ["GET /db"] * 2

    def test_a_wrong_password_is_told_and_not_tried_again(self):
        refusal = in_turn(Reply(401, {"error": "unauthorized", "reason": "no"}))
        with scripted(refusal) as server, pytest.raises(Unauthorized):
            connect(server.url, user="ann:wrong@").ask("GET", "/db")
        assert server.paths() == ["POST /_session"]


class TestAskingAgain:
    """A question may be asked again; a write only as it is idempotent, or surely did not happen."""

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_a_question_is_asked_again_after_each_passing_failure(self, status):
        with scripted(in_turn(Reply(status, b"<html>"), Reply(body={"ok": True}))) as server:
            assert connect(server.url).ask("GET", "/db").json() == {"ok": True}
        assert len(server.asked) == 2

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 413])
    def test_an_answer_that_will_not_change_is_taken(self, status):
        with scripted(in_turn(Reply(status), Reply())) as server:
            assert connect(server.url).ask("GET", "/db").status == status

    def test_patience_ends_and_the_last_answer_says_why(self):
        busy = in_turn(Reply(503, {"error": "busy", "reason": "later"}))
        with scripted(busy) as server, pytest.raises(Overloaded, match="later"):
            connect(server.url).ask("GET", "/db").json()
        assert len(server.asked) == 3

    def test_it_waits_as_long_as_the_server_says_within_reason(self):
        patience = Patience(chance=lambda: 0.0)
        assert patience.wait_s(1, Answer(429, {"Retry-After": "7"}, b"")) == 7.0
        assert patience.wait_s(1, Answer(429, {"Retry-After": "9999"}, b"")) == 30.0

    def test_waits_double_and_half_of_each_is_chance(self):
        waits = [Patience(chance=lambda: 1.0).wait_s(n) for n in range(1, 7)]
        assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, None]
        assert Patience(chance=lambda: 0.0).wait_s(1) == 0.05

    def test_a_write_cut_off_is_in_doubt_and_not_sent_twice(self):
        with scripted(in_turn(Reply(cut=0))) as server, pytest.raises(InDoubt):
            connect(server.url).ask("POST", "/db/_bulk_docs", body={}, is_repeatable=False)
        assert len(server.asked) == 1

    def test_a_write_that_may_be_repeated_is(self):
        with scripted(in_turn(Reply(cut=0), Reply(201, []))) as server:
            assert connect(server.url).ask("POST", "/db/_bulk_docs", body={}).json() == []
        assert len(server.asked) == 2

    def test_where_nobody_listens_nothing_is_in_doubt(self):
        with scripted(in_turn(Reply())) as server:
            url = server.url
        with pytest.raises(Overloaded, match="cannot be reached") as told:
            connect(url).ask("POST", "/db", body={}, is_repeatable=False)
        assert not isinstance(told.value, InDoubt)


class TestBodies:
    def test_long_bodies_go_compressed_and_short_ones_do_not(self):
        with scripted(in_turn(Reply())) as server:
            to = connect(server.url)
            to.ask("POST", "/db", body={"x": "y" * 5000})
            to.ask("POST", "/db", body={})
        assert [asked.headers.get("Content-Encoding") for asked in server.asked] == ["gzip", None]
        assert server.asked[0].json() == {"x": "y" * 5000}

    def test_compressed_answers_are_read(self):
        packed = gzip.compress(b'{"ok":true}')
        with scripted(in_turn(Reply(body=packed, headers={"Content-Encoding": "gzip"}))) as server:
            assert connect(server.url).ask("GET", "/db").json() == {"ok": True}

    def test_whole_numbers_of_any_length_stay_exact(self):
        with scripted(in_turn(Reply(body=b'{"n":123456789012345678901234567890}'))) as server:
            assert connect(server.url).ask("GET", "/db").json() == {"n": 123456789012345678901234567890}

    def test_a_page_of_a_proxy_is_an_error_and_not_an_answer(self):
        page = in_turn(Reply(body=b"<html>welcome</html>"))
        with scripted(page) as server, pytest.raises(StorageFailed, match="not JSON"):
            connect(server.url).ask("GET", "/db").json()


class TestTls:
    """Certificates are verified, always."""

    @pytest.fixture
    def secure(self, tmp_path: Path):
        settings = Settings(data=tmp_path, host="127.0.0.1", tls=True)
        certificate, key = certificate_paths(settings)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with scripted(in_turn(Reply(body={"ok": True})), context) as server:
            yield server, authority_path(settings)

    def test_an_authority_of_our_own_vouches(self, secure):
        server, authority = secure
        assert connect(server.url, ca_file=authority).ask("GET", "/").json() == {"ok": True}

    def test_nobody_vouches_and_nothing_is_sent(self, secure):
        server, _ = secure
        with pytest.raises(Overloaded, match=r"(?i)certificate"):
            connect(server.url, user="ann:secret@").ask("GET", "/")
        assert server.asked == []

    def test_certificates_that_cannot_be_read_are_told(self, tmp_path):
        with pytest.raises(BadRequest, match="cannot be read"):
            connect("https://couch.example", ca_file=tmp_path / "none.pem")
