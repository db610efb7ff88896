"""ATTACKS 7, cases 50 and 51, against the real process: odd requests, slow ones, too many."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import urllib3

from server.opening import open_services
from server.records.signing import SigningKey
from server.settings import Settings
from tests.support.gateway_rig import LONG_AGO
from tests.support.server_process import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("data"))
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def enrolled(server: ServerProcess) -> tuple[str, str]:
    """Device and cookie of a phone that was enrolled over HTTP."""
    services = open_services(Settings(data=server.data))
    member = services.directory.add_member("王志愿").id
    services.directory.add_grant(member, "volunteer", "self", LONG_AGO)
    code = services.enrolment.make_code(member, by="system").code
    services.readmodel.close()
    services.couch.close()
    keys = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}
    body = {"code": code, "label": "测试机", "app": "x"} | keys
    answer = urllib3.request("POST", f"{server.url}/sync/enrol", json=body)
    assert answer.status == 201, answer.data
    return answer.json()["device"], answer.headers["Set-Cookie"].split(";")[0]


def said(server: ServerProcess, request: bytes) -> bytes:
    """Send raw bytes and return everything that comes back until the server closes, or 3 s pass."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=3) as connection:
        connection.sendall(request)
        heard = b""
        try:
            while chunk := connection.recv(65536):
                heard += chunk
        except TimeoutError:
            heard += b"<still open>"
    return heard


HEAD = b"POST /db/logs/_bulk_docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
SMUGGLED = b"GET /db/_up HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 0, 44\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"X: a\rContent-Length: 44\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length : 44\r\n\r\n" + SMUGGLED,
    ],
    ids=["CL and TE", "CL twice", "CL list", "CL signed", "TE list", "TE unknown", "bare CR", "blank"],
)
def test_50_a_request_of_two_readings_is_refused_and_the_connection_closed(server, request_bytes):
    heard = said(server, request_bytes)

    assert heard.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), heard[:80]
    assert heard.count(b"HTTP/1.1 ") == 1
    assert not heard.endswith(b"<still open>")


def test_50_a_body_cut_on_the_way_is_never_kept(server, enrolled):
    device, cookie = enrolled
    row = b'{"docs":[{"_id":'
    head = HEAD + f"Cookie: {cookie}\r\nLiandong-Row: {device}:0000000001\r\nConnection: close\r\n".encode()
    for cut in (
        b"Content-Length: 5000\r\n\r\n" + row,
        b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + row,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(row), row),
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=3) as connection:
            connection.sendall(head + cut)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65536)  # whatever it says, it has finished with this request
        assert rows_in_logs(server) == 0

    whole = head + b"Content-Length: %d\r\n\r\n" % len(row) + row
    assert said(server, whole).startswith(b"HTTP/1.1 201 ")
    assert rows_in_logs(server) == 1


def rows_in_logs(server: ServerProcess) -> int:
    services = open_services(Settings(data=server.data))
    rows = services.couch.open("logs").all_docs(start="d", end="d~")
    services.readmodel.close()
    services.couch.close()
    return len(rows)


def test_51_slow_senders_keep_nobody_else_waiting(server):
    with ExitStack() as slow:
        for _ in range(300):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(b"GET /db/_up HTTP/1.1\r\nHost: loc")
        times = sorted(_timed(f"{server.url}/db/_up") for _ in range(50))

    assert times[-1] < 1.0  # 2 ms on an idle machine


def test_51_one_session_cannot_wait_for_many_states(server, enrolled):
    headers = {"Cookie": enrolled[1]}
    etag = urllib3.request("GET", f"{server.url}/sync/state", headers=headers).headers["ETag"]

    statuses, took = _asked_at_once(server, "/sync/state?wait=3", headers | {"If-None-Match": etag})

    assert took < 1.0
    assert sorted(statuses) == [304] * 4 + [429] * 26


def test_51_one_session_cannot_hold_many_feeds_open(server, enrolled):
    services = open_services(Settings(data=server.data))
    feed = f"catalog-{services.epoch}"
    services.couch.ensure(feed)
    services.readmodel.close()
    services.couch.close()

    statuses, took = _asked_at_once(
        server, f"/db/{feed}/_changes?feed=longpoll&since=now&timeout=3000", {"Cookie": enrolled[1]}
    )

    assert took < 1.0
    assert sorted(statuses) == [200] * 12 + [429] * 18


def _asked_at_once(server: ServerProcess, path: str, headers: dict[str, str]) -> tuple[list[int], float]:
    """Ask 30 times at once; return the statuses, and how long another's question took meanwhile."""
    pool = urllib3.PoolManager(maxsize=40, timeout=20, retries=False)
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(pool.request("GET", server.url + path, headers=headers).status)

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    took = _timed(f"{server.url}/db/_up")
    for thread in threads:
        thread.join()
    return statuses, took


def _timed(url: str) -> float:
    began = datetime.now(UTC)
    assert urllib3.request("GET", url, timeout=5).status == 200
    return (datetime.now(UTC) - began).total_seconds()
