"""One suite for every implementation of Server and Peer; each is opened over its real storage.

A real CouchDB joins in where COUCHDB_URL names one, with the password of an administrator in it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.couchdb import open_server as open_couchdb
from sync.peer import Peer, Server
from sync.sqlite import open_server as open_sqlite

COUCHDB_URL = os.environ.get("COUCHDB_URL", "")
BACKENDS = ["sqlite", *(["couchdb"] if COUCHDB_URL else [])]


@pytest.fixture(params=BACKENDS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    if request.param == "sqlite":
        opened: Server = open_sqlite(tmp_path / "couch.sqlite")
    else:
        opened = open_couchdb(COUCHDB_URL, prefix=f"test-{secrets.token_hex(4)}-")
    yield opened
    if request.param == "couchdb":
        for name in opened.names():
            opened.delete(name)
    opened.close()


@pytest.fixture
def peer(server: Server) -> Peer:
    return server.create("leads")
