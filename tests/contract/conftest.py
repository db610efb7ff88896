"""One suite for every implementation of Server and Peer.

Where a server differs, `differences.toml` names the test and sync/QUIRKS.md the reason; that test must
then fail there, so that a difference which is gone is noticed; but for those that a server need not hold
and sometimes does. Set COUCHDB_URL for a real CouchDB.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.couchdb import CouchServer
from sync.peer import Peer, Server
from tests.contract.backends import BACKENDS, copies_at, opened, running

_LISTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "differences.toml").read_text("utf-8")
)
BY_CHANCE: dict[str, dict[str, str]] = {
    backend: tests.pop("by_chance") for backend, tests in _LISTED.items() if "by_chance" in tests
}
DIFFERENCES: dict[str, dict[str, str]] = _LISTED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        call = getattr(item, "callspec", None)
        backend = str(call.params.get("backend")) if call else ""
        plain = _plain_name(item, backend)
        for listed, is_strict in ((DIFFERENCES, True), (BY_CHANCE, False)):
            reason = listed.get(backend, {}).get(plain)
            if reason is not None:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=is_strict))


def _plain_name(item: pytest.Item, backend: str) -> str:
    return item.nodeid.partition("::")[2].replace(f"[{backend}]", "").replace(f"[{backend}-", "[")


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def address(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(backend, tmp_path_factory.mktemp(backend)) as url:
        yield url


@pytest.fixture
def server(backend: str, address: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    with opened(backend, address, tmp_path) as found:
        if isinstance(found, CouchServer) and copies_at(found) > 1:
            reason = BY_CHANCE["couchdb_cluster"].get(_plain_name(request.node, backend))
            if reason is not None:
                request.node.add_marker(pytest.mark.xfail(reason=reason, strict=False))
        yield found


@pytest.fixture
def peer(server: Server) -> Peer:
    return server.create("leads")
