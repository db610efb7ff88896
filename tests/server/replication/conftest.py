"""The stores that a county is moved to; set COUCHDB_URL for a real CouchDB among them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from sync.couchdb import open_server
from tests.contract.backends import BACKENDS, running


@pytest.fixture(scope="session", params=[name for name in BACKENDS if name in ("own_http", "couchdb")])
def couch_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(request.param, tmp_path_factory.mktemp("couch")) as url:
        yield url


@pytest.fixture
def prefix(couch_url: str) -> Iterator[str]:
    chosen = f"m{secrets.token_hex(4)}-"
    yield chosen
    server = open_server(couch_url, prefix=chosen)
    server.remove_everything()
    server.close()
