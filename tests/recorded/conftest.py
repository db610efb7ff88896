"""Our own server, as the recorded answers meet it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.recorded.exchange import Place
from tests.support.couch_server import CouchServer


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with CouchServer(tmp_path_factory.mktemp("recorded"), admin="admin:secret") as couch:
        yield Place.of_url(couch.admin_url)
