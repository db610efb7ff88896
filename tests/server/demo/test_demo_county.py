"""The demo county is made of really signed entries that came through ingest (issue, "Ground")."""

from __future__ import annotations

import dataclasses
import stat
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.demo.accounts import load_accounts
from server.demo.first_start import prepare_demo
from server.demo.plan import PhoneDraft
from server.demo.seed import planned
from server.identity.crypto import KeyRing
from server.services import Services
from server.settings import Settings
from sync.peer import Document

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RING = KeyRing(b"s" * 32)


@pytest.fixture
def central(services: Services) -> list[Document]:
    rows = services.couch.open("central").all_docs(include_docs=True)
    return [row.doc for row in rows if row.doc and "receipts" in row.doc]


def drafts(seed: int) -> list[object]:
    plan = planned(RING, seed=seed, now=NOW, leads=20, sessions=(1, 2))
    # The salts of parts are secret, and so never from a seed.
    return [dataclasses.replace(d, parts={}) if isinstance(d, PhoneDraft) else d for d in plan.drafts]


class TestSeed:
    def test_the_same_seed_plans_the_same_past(self):
        assert drafts(1) == drafts(1)

    def test_another_seed_plans_another_past(self):
        assert drafts(1) != drafts(2)

    def test_a_whole_county_has_some_250_leads_and_900_check_events(self):
        plan = planned(RING, seed=371425, now=NOW)
        types = Counter(d.record_id.partition(":")[0] for d in plan.drafts if isinstance(d, PhoneDraft))

        assert 240 <= types["lead"] <= 270
        assert 800 <= types["check_event"] <= 1000


class TestPast:
    """What arrived was judged, and is what really arrived."""

    def test_every_entry_of_the_logs_has_its_receipt(self, services: Services, central: list[Document]):
        rows = services.couch.open("logs").all_docs()
        entries = {row.id for row in rows if not row.id.startswith("media:")}

        assert {document["log"] for document in central} == entries

    def test_all_but_the_planned_faults_are_accepted(self, central: list[Document]):
        verdicts = Counter(document["receipts"][-1]["verdict"] for document in central)

        assert {name: verdicts[name] for name in ("refused", "held", "admitted")} == {
            "refused": 3,
            "held": 2,
            "admitted": 1,
        }
        assert verdicts["accepted"] == len(central) - 6

    def test_each_fault_is_there_with_its_reason(self, central: list[Document]):
        receipts = [receipt for document in central for receipt in document["receipts"]]
        reasons = {reason["code"] for receipt in receipts for reason in receipt["reasons"]}
        flags = {flag["code"] for receipt in receipts for flag in receipt["flags"]}

        assert {"no_grant", "hash_mismatch", "too_long", "waits_for"} <= reasons
        assert "clock_skew" in flags

    def test_receipts_are_spread_over_the_months_and_none_is_in_the_future(self, central: list[Document]):
        received = sorted(document["receipts"][0]["received_at"] for document in central)

        assert received[0] < "2026-08-07"
        assert received[-1] <= "2026-11-23T06:00"
        assert len({text[:10] for text in received}) > 40

    def test_every_photo_of_the_past_is_verified(self, central: list[Document]):
        states = Counter(file["state"] for document in central for file in document["media"])

        assert set(states) == {"verified"}
        assert states["verified"] >= 10

    def test_registered_and_answered_leads_are_in_the_feeds(self, services: Services):
        states: Counter[str] = Counter()
        for name in services.couch.names("member-"):
            for row in services.couch.open(name).all_docs(start="lead:", end="lead:~", include_docs=True):
                states[row.doc["state"] if row.doc else ""] += 1

        assert states["answered"] >= 5
        assert states["registered"] >= 2


class TestAccounts:
    def test_every_console_role_has_an_account_that_signs_in(self, services: Services, settings: Settings):
        accounts = load_accounts(settings.data)

        assert {account.role for account in accounts} == {
            "intake_clerk",
            "prosecutor",
            "chief_procurator",
            "security_officer",
            "auditor",
            "supervisor",
            "township_staff",
        }
        clerk = accounts[0]
        _token, member = services.console_sessions.sign_in(clerk.login, clerk.password, address="test")
        assert member.name == clerk.name

    def test_only_the_owner_reads_the_file(self, settings: Settings):
        mode = (settings.data / "demo-accounts.txt").stat().st_mode

        assert stat.S_IMODE(mode) == 0o600


class TestFirstStart:
    def test_data_that_are_there_are_left_alone(self, settings: Settings):
        before = (settings.data / "demo-accounts.txt").read_text("utf-8")

        assert prepare_demo(settings) is False
        assert (settings.data / "demo-accounts.txt").read_text("utf-8") == before

    def test_a_start_that_was_cut_off_is_begun_again_and_moved_in_whole(
        self, tmp_path: Path, made_county: Path, monkeypatch: pytest.MonkeyPatch
    ):
        data = tmp_path / "fresh"
        (data / ".demo-being-made").mkdir(parents=True)
        (data / ".demo-being-made" / "couch.sqlite").write_bytes(b"half a county")
        (data / "tls").mkdir()

        def copy_the_made_one(settings: Settings) -> None:
            import shutil

            shutil.copytree(made_county, settings.data, dirs_exist_ok=True)

        monkeypatch.setattr("server.demo.first_start._make", copy_the_made_one)
        assert prepare_demo(Settings(data=data)) is True
        assert not (data / ".demo-being-made").exists()
        assert (data / "couch.sqlite").read_bytes() == (made_county / "couch.sqlite").read_bytes()
        assert load_accounts(data)[0].login == "clerk"
