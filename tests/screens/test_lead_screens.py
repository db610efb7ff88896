"""Leads at the desk in both languages, at 360, 768 and 1280 px: merged ones, intake, a reporter opened."""

from __future__ import annotations

import pytest

from server.messages import text
from tests.screens.eye import Eye


@pytest.mark.parametrize("language", ["zh", "en"])
class TestLeadScreens:
    def test_none_annoys_in_any_size_and_theme(self, look, desk, language):
        desk.go(f"/console/language/{language}")
        eye = Eye(desk.page, is_phone=False)
        for name, path in (
            ("leads by urgency", "/console/leads?sort=queue"),
            ("leads, none in the cell", "/console/leads?grid=189&since=2026-01-01"),
            ("lead, two of the same", f"/console/leads/{look.place.primary}"),
            ("lead, at the desk", "/console/leads/new"),
        ):
            desk.go(path)
            eye.look(name)
        desk.go(f"/console/leads/{look.place.primary}")
        desk.page.locator("#reporter summary").click()
        desk.page.fill("#why", "核实现场位置")
        desk.page.locator("#reporter button").click()
        desk.page.get_by_text(text("leads.reporter.opened", language)).wait_for()
        eye.look("lead, reporter opened")
        eye.expect_nothing()
