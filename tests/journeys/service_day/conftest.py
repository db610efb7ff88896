"""The day is lived once; every test looks at what it left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests.journeys.service_day.lived import Lived, lived_day


@pytest.fixture(scope="module")
def day(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived_day(driver, tmp_path_factory.mktemp("day")) as lived:
        yield lived
