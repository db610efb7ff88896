"""A list with very many rows stays a list: quick, whole, and as calm as with ten (LOOK, "Checked").

2,000 leads; with SOAK=1 it is 10,000.
"""

from __future__ import annotations

import os
import re
import time

import pytest

from tests.screens.eye import Eye
from tests.support.browser import Profile
from tests.support.county import make_county
from tests.support.desk import Desk
from tests.support.entries import ago, open_centre
from tests.support.server_process import ServerProcess

ROWS = 10_000 if os.environ.get("SOAK") else 2_000
ENOUGH_S = 1.0


@pytest.fixture(scope="module")
def crowded(tmp_path_factory, driver):
    """A desk over a county in which one phone has sent very many leads."""
    folder = tmp_path_factory.mktemp("crowded")
    (folder / "data").mkdir()
    make_county(folder / "data")
    with open_centre(folder / "data") as centre:
        phone = centre.phone()
        leads = [phone.lead(title=f"第 {n} 条线索", at=ago(minutes=ROWS - n)) for n in range(ROWS)]
        centre.send(*leads)
        centre.work()
    server = ServerProcess(folder / "data")
    server.start()
    profile = Profile(driver, folder / "desk", is_phone=False)
    desk = Desk(profile, f"http://localhost:{server.port}", "clerk")
    desk.sign_in()
    yield desk
    profile.close()
    server.stop()
    assert profile.problems == []


class TestManyRows:
    def test_the_list_says_how_many_there_are_and_looks_as_ever(self, crowded):
        crowded.go("/console/leads")
        assert crowded.page.locator("tbody tr").count() <= 100
        assert re.sub(r"\D", "", crowded.page.locator(".head .soft").inner_text()) == str(ROWS)
        eye = Eye(crowded.page, is_phone=False)
        eye.look("leads, very many")
        eye.expect_nothing()

    @pytest.mark.parametrize(
        "query", ["", "?sort=state", "?q=线索", "?state=received&urgency=normal", "?page=30"]
    )
    def test_every_view_of_them_comes_at_once(self, crowded, query):
        crowded.go("/console/leads")  # warm, as for an officer who has been at it for hours
        started = time.monotonic()
        crowded.go(f"/console/leads{query}")
        taken_s = time.monotonic() - started

        assert crowded.page.locator("tbody tr").count() > 0
        assert taken_s < ENOUGH_S, f"{taken_s:.2f} s"

    def test_the_first_and_the_last_page_hold_the_newest_and_the_oldest(self, crowded):
        crowded.go("/console/leads?sort=received&order=asc")
        assert "第 0 条线索" in crowded.page.locator("tbody").inner_text()
        crowded.go("/console/leads?sort=received&order=desc")
        assert f"第 {ROWS - 1} 条线索" in crowded.page.locator("tbody").inner_text()
