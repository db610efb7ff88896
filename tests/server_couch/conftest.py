"""The bare server as a process, and a client that sends bytes as they are written."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.couch_server import ADMIN, PASSWORD, CouchServer


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def basic(name: str = ADMIN, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Client:
    """One connection for each request; signed in as the administrator unless `anonymous`."""

    def __init__(self, port: int, authorization: str | None = basic()) -> None:
        self.port = port
        self.authorization = authorization

    def anonymous(self) -> Client:
        return Client(self.port, None)

    def signed_in(self, name: str, password: str) -> Client:
        return Client(self.port, basic(name, password))

    def __call__(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        if self.authorization:
            sent.setdefault("Authorization", self.authorization)
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, text)


@pytest.fixture(scope="module")
def couch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CouchServer]:
    with CouchServer(tmp_path_factory.mktemp("couch"), "--user", "ann:secret") as server:
        yield server


@pytest.fixture
def send(couch: CouchServer) -> Client:
    return Client(couch.port)


@pytest.fixture
def db(send: Client) -> Iterator[Client]:
    """The client, with the database `p` made and nobody but administrators let in."""
    send("PUT", "/p")
    yield send
    send("DELETE", "/p")
