"""A real HTTP server with the real engine behind it; requests are sent as bytes on a socket."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.serving import make_server

from sync.errors import Forbidden
from sync.http import Access, Endpoint, Limits, create_blueprint
from sync.peer import Server
from sync.sqlite import open_server

LIMITS = Limits(
    max_body_bytes=9_000_000, page_rows=50, max_local_bytes=100_000, feed_timeout_s=5, recheck_s=0.1
)


@dataclass
class RecordingGuard:
    """Allows what it is told to, and writes down what it was asked."""

    current_leaves_only: bool = False
    refused: set[Endpoint] = field(default_factory=set)
    asked: list[tuple[Endpoint, str | None, str | None]] = field(default_factory=list)
    check_row: Callable[[Mapping[str, Any]], None] | None = None

    def check(self, request: Request, endpoint: Endpoint, database: str | None, doc_id: str | None) -> Access:
        self.asked.append((endpoint, database, doc_id))
        if endpoint in self.refused:
            raise Forbidden("You may not do this.")
        return Access(current_leaves_only=self.current_leaves_only, check_row=self.check_row)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """One connection for each request; the path is sent exactly as it is written."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        connection.request(method, "/db" + path, data, sent)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, text)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    opened = open_server(tmp_path / "couch.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def guard() -> RecordingGuard:
    return RecordingGuard()


@pytest.fixture
def send(server: Server, guard: RecordingGuard) -> Iterator[Client]:
    app = Flask("couch")
    app.register_blueprint(create_blueprint(server, guard, limits=LIMITS), url_prefix="/db")
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield Client(web.server_port)
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.fixture
def db(send: Client) -> Client:
    """The client, with the database `p` made."""
    assert send("PUT", "/p").status == 201
    return send
