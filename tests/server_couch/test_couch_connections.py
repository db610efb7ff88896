"""What a whole server adds to the face: raw connections, waiting for bodies, overload, limits."""

from __future__ import annotations

import http.client
import json
import socket
import time

import pytest

from tests.server_couch.conftest import Client, basic
from tests.support.couch_server import PASSWORD, CouchServer

AUTHORIZATION = f"Authorization: {basic()}\r\n"


class Line:
    """One connection on which bytes go as they are written."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self._socket.makefile("rb")

    def send(self, data: str | bytes) -> None:
        self._socket.sendall(data.encode() if isinstance(data, str) else data)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = self.head()
        return status, headers, self._file.read(int(headers.get("content-length", 0)))

    def head(self) -> tuple[int, dict[str, str]]:
        status = int(self._file.readline().split()[1])
        headers = {}
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, headers

    def is_ended(self) -> bool:
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    limits = ("max_working=4", "max_feeds=3", "max_document_bytes=1000", "max_depth=5", "max_generation=9")
    arguments = [part for limit in limits for part in ("--limit", limit)]
    with CouchServer(tmp_path_factory.mktemp("narrow"), *arguments) as server:
        Client(server.port)("PUT", "/p")
        yield server


@pytest.fixture
def line(couch):
    opened = Line(couch.port)
    yield opened
    opened.close()


class TestConnections:
    """PROTOCOL A8, A13, A14."""

    @pytest.mark.parametrize(
        ("request_text", "status"),
        [
            ("NONSENSE\r\n\r\n", 400),
            ("GET / HTTP/9.9\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n" + "X-A: " + "a" * 20_000 + "\r\n\r\n", 431),
            ("POST /p HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        ],
    )
    def test_also_what_never_reaches_the_application_is_answered_in_json(self, line, request_text, status):
        """A8."""
        line.send(request_text)
        got, headers, body = line.answer()
        assert (got, headers["content-type"]) == (status, "application/json")
        assert set(json.loads(body)) == {"error", "reason"}

    def test_a_long_url_is_414_in_json(self, couch, line):
        """A14."""
        line.send(f"GET /p/{'k' * 20_000} HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}\r\n")
        status, headers, body = line.answer()
        assert (status, headers["content-type"]) == (414, "application/json")
        assert json.loads(body)["error"] == "uri_too_long"

    def test_a_body_in_chunks(self, db, line):
        """A13."""
        line.send(f"PUT /p/a HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}Transfer-Encoding: chunked\r\n\r\n")
        for chunk in ('{"v"', ":1}"):
            line.send(f"{len(chunk):x}\r\n{chunk}\r\n")
        line.send("0\r\n\r\n")
        assert line.answer()[0] == 201
        assert db("GET", "/p/a").json["v"] == 1

    def test_twenty_connections_of_one_peer_stay_open(self, db):
        """A13."""
        lines = [http.client.HTTPConnection("127.0.0.1", db.port, timeout=10) for _ in range(20)]
        for _ in range(3):
            for each in lines:
                each.request("GET", "/p", headers={"Authorization": basic()})
                assert each.getresponse().read()[:2] == b'{"'
        for each in lines:
            each.close()

    def test_who_does_not_keep_the_connection_is_answered_and_hung_up_on(self, couch, line):
        line.send("GET /_up HTTP/1.0\r\n\r\n")
        status, headers, body = line.answer()
        assert (status, headers["connection"], json.loads(body)["status"]) == (200, "close", "ok")
        assert line.is_ended()

    def test_what_has_no_body_keeps_the_connection_in_step(self, db, line):
        rev = db("PUT", "/p/a", {"v": 1}).json["rev"]
        asked = f"GET /p/a HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}"
        line.send(asked.replace("GET", "HEAD") + "\r\n")
        assert line.head()[0] == 200
        line.send(asked + f'If-None-Match: "{rev}"\r\n\r\n')
        status, headers = line.head()
        assert (status, headers.get("content-length")) == (304, None)
        line.send(asked + "\r\n")
        assert json.loads(line.answer()[2])["v"] == 1

    def test_a_client_that_asks_first_is_told_to_go_on(self, db, line):
        """A13."""
        head = f"PUT /p/a HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}"
        line.send(head + "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n")
        assert line.answer()[0] == 100
        line.send(b'{"v":1}')
        assert line.answer()[0] == 201

    def test_a_client_that_asks_first_is_refused_before_it_sends(self, couch, line):
        """A13, C50."""
        head = "PUT /p/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 50000000\r\n\r\n"
        line.send(head)
        status, headers, _ = line.answer()
        assert (status, headers["connection"]) == (401, "close")
        assert line.is_ended()


class TestOverload:
    """PROTOCOL C50, D62."""

    def busy(self, port: int, count: int) -> list[Line]:
        """Requests that are being worked on: their bodies do not come."""
        lines = [Line(port) for _ in range(count)]
        for each in lines:
            head = f"PUT /p/x HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}"
            each.send(head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            assert each.answer()[0] == 100  # from here on it waits for the body
        return lines

    def test_too_many_at_once_are_503_before_the_body_and_feeds_go_first(self, narrow):
        """C50, D62."""
        send = Client(narrow.port)
        lines = self.busy(narrow.port, 3)
        statuses = [send("GET", "/p/_changes").status, send("PUT", "/p/y", {}).status]
        lines += self.busy(narrow.port, 1)
        full = Line(narrow.port)
        full.send(
            f"POST /p/_bulk_docs HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}Content-Length: 90000000\r\n\r\n"
        )
        status, headers, body = full.answer()
        bulk_get = send("POST", "/p/_bulk_get", {"docs": []}).status
        for each in lines:
            each.send(b"{}")
            assert each.answer()[0] in (201, 409)
            each.close()
        full.close()
        assert statuses == [503, 201]
        assert (status, headers["retry-after"], json.loads(body)["error"]) == (
            503,
            "2",
            "service_unavailable",
        )
        assert bulk_get == 200
        assert send("GET", "/p/_changes").status == 200

    def test_too_many_feeds_are_503_and_the_place_of_a_closed_one_is_free(self, narrow):
        """C50."""
        send = Client(narrow.port)
        feeds, signed = [], {"Authorization": basic()}
        path = "/p/_changes?feed=continuous&since=now&heartbeat=100"
        for _ in range(3):
            feeds.append(http.client.HTTPConnection("127.0.0.1", narrow.port, timeout=10))
            feeds[-1].request("GET", path, headers=signed)
            feeds[-1].getresponse().read(1)
        assert send("GET", "/p/_changes?feed=longpoll&since=now").status == 503
        assert send("GET", "/p/_changes").status == 200
        for each in feeds:
            each.close()
        deadline_s = time.monotonic() + 20  # a feed notices at its next heartbeat that nobody listens
        while send("GET", "/p/_changes?feed=longpoll&since=now&timeout=50").status != 200:
            assert time.monotonic() < deadline_s

    def test_limits_are_settings(self, narrow):
        """C48, section 1 items 6 and 22."""
        send = Client(narrow.port)
        assert send("PUT", "/p/a", {"v": "x" * 1000}).json["error"] == "document_too_large"
        assert send("PUT", "/p/a", {"a": {"b": {"c": {"d": {}}}}}).status == 201
        assert send("PUT", "/p/b", {"a": {"b": {"c": {"d": {"e": {}}}}}}).json["error"] == "doc_validation"
        assert send("PUT", f"/p/c?new_edits=false&rev=10-{'a' * 32}", {}).status == 400
        assert send("PUT", f"/p/c?new_edits=false&rev=9-{'a' * 32}", {}).status == 201


class TestGuessing:
    """ATTACKS: passwords tried one after the other."""

    def test_after_fifty_wrong_ones_nobody_at_that_address_may_try_that_name(self, tmp_path):
        with CouchServer(tmp_path, "--user", "ann:secret") as server:
            send = Client(server.port)
            wrong = send.signed_in("ann", "wrong")
            statuses = [wrong("GET", "/").status for _ in range(51)]
            assert statuses == [401] * 50 + [429]
            refused = send.signed_in("ann", "secret")("GET", "/")
            assert (refused.status, refused.headers["retry-after"]) == (429, "2")
            assert send("GET", "/_all_dbs").status == 200

    def test_no_password_is_in_the_list_of_processes(self, couch):
        assert couch.process is not None
        with open(f"/proc/{couch.process.pid}/cmdline", "rb") as commands:
            assert PASSWORD.encode() not in commands.read()


class TestManyAtOnce:
    """PROTOCOL A13, E75."""

    def test_requests_are_answered_while_hundreds_of_feeds_wait(self, db):
        lines = [Line(db.port) for _ in range(300)]
        for each in lines:
            each.send(f"GET /p/_changes?feed=longpoll&since=now HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}\r\n")
        for each in lines:
            assert each.answer()[0] == 200
        written = [db("PUT", f"/p/d{number}", {}).status for number in range(3)]
        assert written == [201] * 3
        for each in lines:
            each.close()
