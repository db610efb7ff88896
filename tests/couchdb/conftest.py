"""The servers that speak CouchDB's protocol: ours, and a real one where COUCHDB_URL names it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from sync.couchdb import CouchServer, open_server
from tests.contract.backends import BACKENDS, running


@pytest.fixture(scope="session", params=[name for name in BACKENDS if name in ("own_http", "couchdb")])
def couch_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(request.param, tmp_path_factory.mktemp("couch")) as url:
        yield url


@pytest.fixture
def county_store(couch_url: str) -> Iterator[CouchServer]:
    """A county's server; nothing of it is left behind."""
    opened = open_server(couch_url, prefix=f"t{secrets.token_hex(4)}-")
    assert opened.epoch
    yield opened
    opened.remove_everything()
    opened.close()
