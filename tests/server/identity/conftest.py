"""Accounts on a real engine file, and a directory as one process sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing, ServerKey
from server.identity.directory import Directory
from server.identity.people_journal import PeopleJournal
from server.journal import Journal
from server.records.signing import SigningKey
from sync.peer import Server
from sync.sqlite import open_server

SECRET = bytes(range(32))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def couch(tmp_path: Path) -> Iterator[Server]:
    server = open_server(tmp_path / "couch.sqlite")
    yield server
    server.close()


@pytest.fixture
def people(tmp_path: Path) -> PeopleJournal:
    return PeopleJournal(Journal(tmp_path / "journal"), "a secret")


@pytest.fixture
def new_directory(couch: Server, people: PeopleJournal) -> Callable[[], Directory]:
    """A directory as another process would have it: its own memory on the same accounts."""
    server_key = ServerKey(SigningKey.generate())
    return lambda: Directory(Accounts(couch, people), KeyRing(SECRET), server_key)


@pytest.fixture
def directory(new_directory: Callable[[], Directory]) -> Directory:
    return new_directory()
