"""One suite for every implementation of Server and Peer; each is opened over its real storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.peer import Peer, Server
from sync.sqlite import open_server


@pytest.fixture(params=["sqlite"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    opened = open_server(tmp_path / "couch.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def peer(server: Server) -> Peer:
    return server.create("leads")
