"""Our own server, as the recorded answers meet it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.couch_process import running_couch
from tests.recorded.exchange import Place


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_couch(tmp_path_factory.mktemp("recorded")) as couch:
        yield Place.of_url(couch.url)
