"""Three hundred requests wait in one real web process: all are answered, and nobody else waits for them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
import urllib3

from server.identity.device_sessions import COOKIE
from tests.support.centre import until
from tests.support.entries import CentreInTest, FieldDevice, open_centre, station_body
from tests.support.server_process import ServerProcess

DEVICES, STATES_EACH, FEEDS_EACH = 75, 2, 2
WAIT_S = 25


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def centre(server: ServerProcess, tmp_path: Path) -> Iterator[CentreInTest]:
    """The databases beside the running server, with one station that is published."""
    with open_centre(tmp_path) as opened:
        station = opened.desk("station", station_body())
        until(lambda: station.id in opened.feed("catalog"))
        yield opened


def ask(server: ServerProcess, path: str, cookie: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S + 5)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def answered(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return the status line and the body, whole."""
    heard = b""
    while chunk := connection.recv(65536):
        heard += chunk
    head, _, body = heard.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], body


def seconds_of(url: str) -> float:
    began = time.monotonic()
    assert urllib3.request("GET", url, timeout=20).status == 200
    return time.monotonic() - began


def push(server: ServerProcess, cookie: str, device: FieldDevice) -> float:
    began = time.monotonic()
    rows = {"docs": [device.lead()]}
    answer = urllib3.request(
        "POST", f"{server.url}/db/logs/_bulk_docs", json=rows, headers={"Cookie": cookie}, timeout=20
    )
    assert answer.json()[0]["ok"] is True
    return time.monotonic() - began


def test_three_hundred_that_wait_are_all_told_and_others_are_served_meanwhile(server, centre):
    phones = [centre.phone() for _ in range(DEVICES + 10)]
    cookies = [cookie_of(centre, phone) for phone in phones]
    catalog = f"catalog-{centre.services.epoch}"
    version = state(server, cookies[0])["feeds"][catalog]
    feed = f"/db/{catalog}/_changes?feed=longpoll&since=now&timeout={WAIT_S}000"
    with ExitStack() as stack:
        states, feeds = (
            [stack.enter_context(ask(server, path, c)) for c in cookies[:DEVICES] for _ in range(each)]
            for path, each in ((f"/sync/state?wait={WAIT_S}", STATES_EACH), (feed, FEEDS_EACH))
        )
        looked_s = max(seconds_of(f"{server.url}/db/_up") for _ in range(50))
        pushed_s = max(map(push, [server] * 10, cookies[DEVICES:], phones[DEVICES:]))
        station = centre.desk("station", station_body(name="焦庙镇公益服务站")).id
        heard_feeds, heard_states = [[answered(one) for one in many] for many in (feeds, states)]

    assert len(heard_feeds) + len(heard_states) == 300
    assert {status for status, _ in heard_feeds + heard_states} == {b"HTTP/1.1 200 OK"}
    assert all(station.encode() in body for _, body in heard_feeds)
    assert all(orjson.loads(body)["feeds"][catalog] > version for _, body in heard_states)
    assert (looked_s < 1.5, pushed_s < 2.5) == (True, True)  # 3 and 10 ms alone on an idle machine
    assert [len(log_of(centre, phone)) for phone in phones[DEVICES:]] == [1] * 10


def cookie_of(centre: CentreInTest, phone: FieldDevice) -> str:
    device = centre.services.directory.device_at_once(phone.device)
    assert device is not None
    return f"{COOKIE}={centre.services.device_sessions.begin(device)}"


def state(server: ServerProcess, cookie: str) -> Any:
    return urllib3.request("GET", f"{server.url}/sync/state", headers={"Cookie": cookie}).json()


def log_of(centre: CentreInTest, phone: FieldDevice) -> list[str]:
    logs = centre.services.couch.open("logs")
    return [row.id for row in logs.all_docs(start=f"{phone.device}:", end=f"{phone.device};")]
