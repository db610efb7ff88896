"""Two servers on real files, and a replication between two of their databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.peer import Peer, Server
from sync.sqlite import open_server


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Server]:
    opened = open_server(tmp_path / "near.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Server]:
    opened = open_server(tmp_path / "far.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def source(near: Server) -> Peer:
    return near.create("leads")


@pytest.fixture
def target(far: Server) -> Peer:
    return far.create("leads")
