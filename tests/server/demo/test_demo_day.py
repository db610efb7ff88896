"""Simulated phones work through the public interface alone, and nothing of theirs is lost."""

from __future__ import annotations

import random
import time
from datetime import datetime

import click
import pytest
from click.testing import CliRunner

from server.cli import main
from server.demo.day import play_day
from server.demo.fleet import settle
from server.demo.phone import SimulatedPhone
from server.demo.photos import Camera
from server.demo.plan import ZONE
from server.demo.wire import open_pool
from server.demo.work import lead_body, report
from server.services import Services
from server.settings import Settings
from tests.support.proxy import CuttingProxy
from tests.support.server_process import ServerProcess


def volunteer_code(services: Services) -> str:
    """Make a code for some volunteer, as the console does."""
    grants = (g for m in services.directory.members() for g in services.directory.grants(m.id))
    member = next(grant.holder for grant in grants if grant.role == "volunteer")
    return services.enrolment.make_code(member, by="system").code


@pytest.fixture
def phone(server: str, live_services: Services) -> SimulatedPhone:
    found = SimulatedPhone(open_pool(4), server, random.Random(1), patience_s=30)
    found.enrol(volunteer_code(live_services))
    return found


class TestDay:
    def test_three_phones_work_some_seconds_and_nothing_is_lost(self, running: ServerProcess, capsys):
        result = play_day(Settings(data=running.data), server=running.url, devices=3, minutes=0.1, seed=5)

        assert (result.lost, dict(result.failures)) == ([], {})
        assert result.entries >= 3
        assert dict(result.verdicts) == {"accepted": result.entries}
        assert result.photos_verified == result.photos
        assert "0 " in capsys.readouterr().out.splitlines()[-1]

    def test_without_a_demo_county_it_says_what_to_do(self, tmp_path, server: str):
        with pytest.raises(click.ClickException, match="make run"):
            play_day(Settings(data=tmp_path), server=server, devices=1, minutes=0.1)


class TestPhone:
    """The phone's rules of sending (DESIGN 2, "Push")."""

    def test_what_was_recorded_offline_arrives_with_its_photos(self, phone: SimulatedPhone):
        rng = random.Random(2)
        for _ in range(3):
            report(phone, rng, Camera(rng, scenes=1), photos=2)
        settle(phone, time.monotonic() + 30)

        assert phone.unsettled == []
        assert phone.through == 3
        assert [entry.verdict for entry in phone.entries] == ["accepted"] * 3
        assert [entry.states for entry in phone.entries] == [{1: "verified", 2: "verified"}] * 3

    def test_an_entry_that_is_refused_has_its_verdict_and_holds_nothing_back(self, phone: SimulatedPhone):
        rng, at = random.Random(3), datetime.now(ZONE)
        phone.append("lead", {**lead_body(rng, at), "title": "长" * 61}, role="volunteer", at=at)
        report(phone, rng, Camera(rng, scenes=1), photos=1)
        settle(phone, time.monotonic() + 30)

        assert [entry.verdict for entry in phone.entries] == ["refused", "accepted"]

    def test_a_session_that_ended_is_begun_again_by_the_key(self, phone: SimulatedPhone):
        phone.wire.cookie = "ended"

        assert phone.fetch_state() is True
        assert phone.wire.cookie not in {"", "ended"}

    def test_cuts_at_many_bytes_lose_and_double_nothing(self, server: str, live_services: Services):
        proxy = CuttingProxy(int(server.rpartition(":")[2]))
        cuts = [
            proxy.cut("/db/logs/_bulk_docs", "request", 300),
            proxy.cut("/db/logs/_bulk_docs", "response", 5),
            proxy.cut("POST /sync/media/", "response", 20),
            proxy.cut("PATCH /sync/media/", "request", 9_000),
            proxy.cut("PATCH /sync/media/", "request", 30_000),
            proxy.cut("PATCH /sync/media/", "response", 10),
            proxy.cut("GET /sync/state", "response", 100),
        ]
        phone = SimulatedPhone(open_pool(2), f"http://127.0.0.1:{proxy.port}", random.Random(4))
        phone.enrol(volunteer_code(live_services))
        rng = random.Random(5)
        for _ in range(4):
            report(phone, rng, Camera(rng, scenes=1), photos=1)
            settle(phone, time.monotonic() + 30)
        proxy.close()

        assert [cut.is_done for cut in cuts] == [True] * 7
        assert [entry.verdict for entry in phone.entries] == ["accepted"] * 4
        assert [entry.states for entry in phone.entries] == [{1: "verified"}] * 4
        logs = live_services.couch.open("logs").all_docs(start=f"{phone.device}:", end=f"{phone.device}:~")
        assert len(logs) == 4


class TestHowMany:
    """A day without phones or without time is a mistake that is said (STYLE, "Errors")."""

    @pytest.mark.parametrize("wrong", [["--devices", "0"], ["--devices", "-3"], ["--minutes", "-1"]])
    def test_nothing_to_play_is_refused_by_name(self, wrong: list[str]):
        answer = CliRunner().invoke(main, ["demo", *wrong])

        assert answer.exit_code == 2
        assert wrong[0] in answer.output
