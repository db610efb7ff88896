"""A small demo county, and the whole application serving it in this process with a worker beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.demo.accounts import write_accounts
from server.demo.seed import seed_demo
from server.opening import open_services
from server.services import Services
from server.settings import Settings
from tests.support.server_process import ServerProcess

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def made_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo") / "data"
    services = open_services(Settings(data=data), is_worker=True)
    seeded = seed_demo(services, now=NOW, leads=25, sessions=(1, 2))
    services.couch.close()
    write_accounts(data, seeded.accounts)
    return data


@pytest.fixture
def settings(made_county: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made_county, tmp_path / "data")
    return Settings(data=tmp_path / "data")


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    opened = open_services(settings)
    yield opened
    opened.couch.close()


@pytest.fixture(scope="module")
def running(made_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The county served by the real processes; the tests of a module share it."""
    data = tmp_path_factory.mktemp("running") / "data"
    shutil.copytree(made_county, data)
    process = ServerProcess(data)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def server(running: ServerProcess) -> str:
    return running.url


@pytest.fixture
def live_services(running: ServerProcess) -> Iterator[Services]:
    """The running county's own services, for what the console would do."""
    opened = open_services(Settings(data=running.data))
    yield opened
    opened.couch.close()
