"""A world for each journey: its own county, server, cutting proxy, phones and desk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright

from tests.support.browser import Profile
from tests.support.county import TestCounty, enrolment_code, load_county, make_county
from tests.support.desk import Desk
from tests.support.field_phone import FieldPhone
from tests.support.product_store import embedded, move_in
from tests.support.proxy import CuttingProxy
from tests.support.server_process import ServerProcess

HAS_FAILED = pytest.StashKey[bool]()


class World:
    """Everything of one journey; `phone()` and `desk()` open browsers that end with it."""

    def __init__(self, folder: Path, driver: Playwright, mode: str) -> None:
        self.data = folder / "data"
        self.folder = folder
        self.driver = driver
        self.page_mode = mode == "page"
        self.county: TestCounty = load_county(self.data)
        move_in(self.data)
        self.proxy = CuttingProxy(0)
        self.server = ServerProcess(self.data, public_port=self.proxy.port)
        self.proxy.upstream_port = self.server.port
        self.profiles: list[Profile] = []
        self.server.start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.proxy.port}"

    def phone(self, name: str = "phone") -> FieldPhone:
        profile = Profile(self.driver, self.folder / name, page_mode=self.page_mode)
        self.profiles.append(profile)
        return FieldPhone(profile, self.origin)

    def desk(self, login: str = "clerk") -> Desk:
        profile = Profile(self.driver, self.folder / f"desk-{login}", is_phone=False)
        self.profiles.append(profile)
        return Desk(profile, self.origin, login)

    def end(self) -> None:
        for profile in self.profiles:
            profile.close()
        self.server.stop()
        self.proxy.close()
        problems = [problem for profile in self.profiles for problem in profile.problems]
        assert problems == [], problems


@pytest.fixture(scope="session")
def county_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("county") / "data"
    data.mkdir()
    with embedded():
        make_county(data)
    return data


@pytest.fixture(params=["worker", "page"])
def mode(request: pytest.FixtureRequest) -> str:
    """Who serves the phone's screens: its service worker, or the page itself where there is none."""
    return str(request.param)


@pytest.fixture
def world(
    tmp_path: Path, county_data: Path, driver: Playwright, mode: str, request: pytest.FixtureRequest
) -> Iterator[World]:
    shutil.copytree(county_data, tmp_path / "data")
    made = World(tmp_path, driver, mode)
    try:
        yield made
    finally:
        tell_cuts(request, made.proxy.log)
        if request.node.stash.get(HAS_FAILED, False):
            tell_screens(request, made.profiles)
        made.end()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Remember for the fixture that ends a world whether its journey failed."""
    outcome = yield
    if outcome.get_result().failed:
        item.stash[HAS_FAILED] = True


def tell_screens(request: pytest.FixtureRequest, profiles: list[Profile]) -> None:
    """Print what every browser showed when the journey failed: a run elsewhere cannot be looked at."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        for page in [page for one in profiles if one.context for page in one.context.pages]:
            print(f"\n{request.node.name}: {page.url}\n{shown(page)}")


def shown(page: Page) -> str:
    try:
        return page.locator("body").inner_text(timeout=2000)
    except Error as error:
        return str(error)


def tell_cuts(request: pytest.FixtureRequest, cuts: list[str]) -> None:
    """Print what the proxy cut, in a run that passes too."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{request.node.name}: the proxy cut {len(cuts)} connections")
        for line in cuts:
            print(f"  {line}")


@pytest.fixture
def enrolled(world: World) -> Callable[..., FieldPhone]:
    """Return a function that opens a phone and enrols it for a member."""

    def enrol(member: str | None = None, name: str = "phone") -> FieldPhone:
        phone = world.phone(name)
        phone.open()
        phone.enrol(enrolment_code(world.data, member or world.county.both))
        return phone

    return enrol
