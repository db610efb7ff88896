"""One suite for every implementation of Server and Peer.

Where a server differs, `differences.toml` names the test and sync/QUIRKS.md the reason; that test must
then fail there, so that a difference which is gone is noticed. Set COUCHDB_URL for a real CouchDB, a node
or a cluster.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.peer import Peer, Server
from tests.contract.backends import BACKENDS, opened, running

DIFFERENCES: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "differences.toml").read_text("utf-8")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        call = getattr(item, "callspec", None)
        backend = str(call.params.get("backend")) if call else ""
        plain = item.nodeid.partition("::")[2].replace(f"[{backend}]", "").replace(f"[{backend}-", "[")
        reason = DIFFERENCES.get(backend, {}).get(plain)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def address(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(backend, tmp_path_factory.mktemp(backend)) as url:
        yield url


@pytest.fixture
def server(backend: str, address: str, tmp_path: Path) -> Iterator[Server]:
    with opened(backend, address, tmp_path) as found:
        yield found


@pytest.fixture
def peer(server: Server) -> Peer:
    return server.create("leads")
