"""One county, one server, one desk and two phones for all looks: a page is loaded once, looked at often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.screens.place import Place, make_place
from tests.screens.regular import Regular, record_everywhere
from tests.support.browser import Profile
from tests.support.county import enrolment_code
from tests.support.desk import Desk
from tests.support.field_phone import FieldPhone
from tests.support.proxy import CuttingProxy
from tests.support.server_process import ServerProcess


@dataclass(slots=True)
class Look:
    """What all screens stand on; `cut_off` is how a phone loses its network."""

    folder: Path
    driver: Playwright
    place: Place
    server: ServerProcess
    proxy: CuttingProxy

    @property
    def data(self) -> Path:
        return self.server.data

    @property
    def origin(self) -> str:
        """Where phones find the server: through a proxy, so that their network can go away."""
        return f"http://localhost:{self.proxy.port}"

    def profile(self, name: str, *, is_phone: bool = True) -> Profile:
        return Profile(self.driver, self.folder / name, is_phone=is_phone)

    def code(self, member: str) -> str:
        return enrolment_code(self.data, member)

    def cut_off(self, is_off: bool) -> None:
        self.proxy.is_refusing = is_off
        if is_off:
            self.proxy.reset_all()


@pytest.fixture(scope="session")
def look(tmp_path_factory: pytest.TempPathFactory, driver: Playwright) -> Iterator[Look]:
    folder = tmp_path_factory.mktemp("look")
    (folder / "data").mkdir()
    place = make_place(folder / "data")
    proxy = CuttingProxy(0)
    server = ServerProcess(folder / "data")
    proxy.upstream_port = server.port
    server.start()
    yield Look(folder, driver, place, server, proxy)
    server.stop()
    proxy.close()


@pytest.fixture(scope="session")
def desk(look: Look) -> Iterator[Desk]:
    """The officer, who may see every page, signed in."""
    profile = look.profile("desk", is_phone=False)
    found = Desk(profile, f"http://localhost:{look.server.port}", look.place.login)
    found.sign_in()
    yield found
    profile.close()
    assert profile.problems == []


@pytest.fixture(scope="session")
def regular(look: Look, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Regular]:
    """A phone with records at every place, unsent ones and drafts among them; it has lost its network."""
    phone = FieldPhone(look.profile("regular"), look.origin)
    phone.open()
    phone.enrol(look.code(look.place.both))
    yield record_everywhere(phone, look, tmp_path_factory.mktemp("photos"))
    phone.profile.close()
    assert phone.profile.problems == []


@pytest.fixture(scope="session")
def newcomer(look: Look) -> Iterator[FieldPhone]:
    """A phone that is not enrolled yet, of somebody without order and records."""
    # Not through the proxy: whatever was cut off before, this phone has a network.
    phone = FieldPhone(look.profile("newcomer"), f"http://localhost:{look.server.port}")
    phone.open("/app/enrol")
    yield phone
    phone.profile.close()
    assert phone.profile.problems == []
