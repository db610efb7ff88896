"""What all suites share: Hypothesis' settings (more examples where SOAK=1) and the one driver of browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright

from tests.support.browser import playwright_driver
from tests.support.product_store import URL, product_on_couchdb
from tests.support.soak import IS_SOAK

settings.register_profile("soak", max_examples=5_000, deadline=None)
settings.register_profile("ci", deadline=None)
settings.load_profile("soak" if IS_SOAK else "ci")


@pytest.fixture(scope="session", autouse=True)
def product_store() -> Iterator[None]:
    """The embedded engine, or the CouchDB of `make test-couchdb`."""
    if not URL:
        yield
        return
    with product_on_couchdb():
        yield


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """The browsers' driver; there can be only one in a process."""
    with playwright_driver() as found:
        yield found
