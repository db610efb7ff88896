"""Reports as page, PDF, XLSX and CSV: numbers lead to records, the same facts give the same bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from server.console.layout import words
from tests.server.ledger.day import YESTERDAY, Day
from tests.server.supervision.offices import SESSIONS, listed
from tests.support.console_rig import Browser, ConsoleRig

REPORTS = "/console/supervision/reports"
MONTH = YESTERDAY.strftime("%Y-%m")
NAMES = ("stations", "integrity", "ledger", "deadlines")


def served(day: Day) -> None:
    day.served()
    day.read()


class TestReports:
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_report_is_a_page_in_both_languages_also_without_records(
        self, rig: ConsoleRig, day: Day, name: str, language: str
    ) -> None:
        rig.centre.work()
        browser = rig.as_role("prosecutor")
        browser.client.set_cookie("language", language)

        for month in (MONTH, "2019-01", "nonsense"):
            assert browser.get(f"{REPORTS}?report={name}&month={month}").status_code == 200

    def test_a_number_leads_to_so_many_records(self, rig: ConsoleRig, day: Day) -> None:
        served(day)
        prosecutor = rig.as_role("prosecutor")
        page = prosecutor.text(f"{REPORTS}?report=stations&month={MONTH}")

        links = re.findall(rf'<a href="({SESSIONS}\?[^"]+)">(\d+)</a>', page)
        url, number = links[0]
        assert number == "1"
        assert len(listed(prosecutor, url.partition("?")[2].replace("&amp;", "&"))) == 1

    @pytest.mark.parametrize("name", NAMES)
    def test_files_are_what_they_say(self, rig: ConsoleRig, day: Day, name: str) -> None:
        served(day)
        prosecutor = rig.as_role("prosecutor")
        files = {
            kind: prosecutor.get(f"{REPORTS}/{name}/{kind}?month={MONTH}") for kind in ("pdf", "xlsx", "csv")
        }

        assert {kind: answer.status_code for kind, answer in files.items()} == dict.fromkeys(files, 200)
        assert files["pdf"].data.startswith(b"%PDF-")
        assert files["xlsx"].data.startswith(b"PK")
        assert files["csv"].data.startswith(b"\xef\xbb\xbf")
        noted = [row.about for row in rig.centre.services.audit.rows(limit=20)]
        assert f"report:{name}:{MONTH}:pdf" in noted

    def test_a_township_s_report_holds_no_other_township(self, rig: ConsoleRig, day: Day) -> None:
        served(day)
        own = rig.as_role("township_staff").text(f"{REPORTS}?month={MONTH}")
        other = rig.as_role("township_staff", "township:371425105").text(f"{REPORTS}?month={MONTH}")

        assert "祝阿镇公益服务站" in own
        assert "祝阿镇公益服务站" not in other

    def test_an_unknown_report_is_not_found(self, rig: ConsoleRig, day: Day) -> None:
        assert rig.as_role("prosecutor").get(f"{REPORTS}?report=salaries").status_code == 404


class TestDeterminism:
    """With frozen time and equal receipt times all is the same, in whatever order facts came."""

    @pytest.mark.parametrize("seed", range(3))
    def test_piece_by_piece_in_any_order_comes_to_what_a_rebuilt_model_shows(
        self, rig: ConsoleRig, day: Day, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        freeze(monkeypatch)
        day.unsent = []
        day.served()
        Random(seed).shuffle(day.unsent)
        for document in day.unsent:
            rig.centre.send({**document, "received_at": "2026-11-01T00:00:00.000Z"})
            rig.centre.work()
        piecemeal = seen(rig.as_role("prosecutor"))
        rig.centre.services.readmodel.rebuild("")
        rig.centre.work()

        assert seen(rig.as_role("prosecutor")) == piecemeal


def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)

    def now() -> datetime:
        return at

    monkeypatch.setattr(words, "now", now)
    for name in (
        "server.console.due_dates",
        "server.console.live_board.actions",
        "server.console.service_alerts.actions",
        "server.console.service_reports.actions",
        "server.console.service_reports.downloads",
    ):
        monkeypatch.setattr(f"{name}.now", now)


def seen(browser: Browser) -> dict[str, bytes]:
    """Return every file of every report, and the lists; pages name sessions of sign-in, files do not."""
    found = {
        f"{name}.{kind}": browser.get(f"{REPORTS}/{name}/{kind}?month={MONTH}").data
        for name in NAMES
        for kind in ("pdf", "xlsx", "csv")
    }
    page = browser.text(f"{SESSIONS}?queue=all")
    found["queue"] = page[page.index("<tbody>") : page.index("</tbody>")].encode()
    return found
