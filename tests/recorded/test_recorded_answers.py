"""Our server answers as a real CouchDB did, but for the differences that are listed (RELIABILITY T15)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.recorded import differences
from tests.recorded.probe import Theme, themes
from tests.recorded.replay import replay

QUIRKS = Path(__file__).parents[2] / "sync" / "QUIRKS.md"
THEMES = themes()


class TestRecordedAnswers:
    """Status, error, reason, headers that matter and body, probe by probe."""

    @pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
    def test_our_server_answers_as_couchdb_did_but_for_what_is_listed(self, theme: Theme, ours):
        found = replay(theme, ours)

        meant = {
            probe: how for probe, how in differences.listed().items() if probe.startswith(theme.name + "/")
        }
        assert {p: how for p, how in found.items() if meant.get(p) != how} == {}, (
            "differs, and is not listed so"
        )
        assert sorted(meant.keys() - found.keys()) == [], "listed, and no longer differs"


class TestFixtures:
    def test_there_are_at_least_a_thousand_probes_each_with_its_own_name(self):
        names = [probe.id for theme in THEMES for probe in theme.probes]
        assert len(names) >= 1_000
        assert len(set(names)) == len(names)

    def test_every_difference_has_one_reason_and_a_place_to_read_more(self):
        entries = differences.entries()
        assert all(entry["reason"] and entry["see"] and entry["ours"] for entry in entries)
        assert len(differences.listed()) == sum(len(entry["ours"]) for entry in entries)

    def test_every_quirk_that_is_named_is_there(self):
        numbered = set(re.findall(r"^(\d+)\. ", QUIRKS.read_text("utf-8"), re.MULTILINE))
        named = {n for entry in differences.entries() for n in re.findall(r"QUIRKS (\d+)", entry["see"])}
        assert named - numbered == set()
