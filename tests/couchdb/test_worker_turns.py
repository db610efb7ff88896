"""One worker for a county on a CouchDB: a second one waits, and takes over when the first is gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.lease import WorkerElsewhere, holder_key, no_worker_elsewhere
from server.settings import Settings
from server.store import open_store, worker_lease
from sync.clock import SystemClock
from sync.couchdb import CouchServer
from sync.couchdb.lease import CouchLease
from sync.lease import Terms
from tests.support.centre import until
from tests.support.entries import CentreInTest, open_centre

TAKEOVER_S = 30.0


@dataclass
class ClockOfAMachine(SystemClock):
    """Stands still until a test moves it; the date may be years wrong."""

    seconds: float = 0.0
    wrong: timedelta = field(default_factory=timedelta)

    def monotonic_s(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC) + self.wrong


@pytest.fixture
def clocks() -> tuple[ClockOfAMachine, ClockOfAMachine]:
    return ClockOfAMachine(), ClockOfAMachine(1000.0, timedelta(days=4000))


@pytest.fixture
def leases(county_store: CouchServer, clocks: tuple[ClockOfAMachine, ...]) -> list[CouchLease]:
    """One lease as two machines see it, whose clocks agree in nothing."""
    made = [county_store.lease("worker", key=name, name=name, terms=Terms(TAKEOVER_S)) for name in ("a", "b")]
    for lease, clock in zip(made, clocks, strict=True):
        lease._clock = clock
    return made


class TestLease:
    """ARCHITECTURE: one has it at a time, and no clock of another machine is believed."""

    def test_the_second_is_told_who_has_it(self, leases):
        first, second = leases
        assert (first.take(), first.is_ours()) == (None, True)
        assert (second.take().name, second.is_ours()) == ("a", False)

    def test_while_it_is_renewed_nobody_takes_it_however_long(self, leases, clocks):
        first, second = leases
        first.take()
        for _ in range(20):
            for clock in clocks:
                clock.seconds += 5
            assert (first.renew(), second.take().name) == (True, "a")

    def test_it_is_taken_over_when_the_watcher_saw_no_change_for_long_enough(self, leases, clocks):
        first, second = leases
        first.take()
        second.take()
        clocks[1].seconds += TAKEOVER_S - 1
        assert second.take().name == "a"
        clocks[1].seconds += 1
        assert (second.take(), second.is_ours()) == (None, True)

    def test_who_could_not_renew_it_has_stopped_before_another_begins(self, leases, clocks):
        first, second = leases
        first.take()
        second.take()
        clocks[0].seconds += TAKEOVER_S * 2 / 3
        assert first.is_ours() is False
        clocks[1].seconds += TAKEOVER_S * 2 / 3
        assert second.take().name == "a"

    def test_who_lost_it_is_told_at_the_next_renewal_and_waits_in_turn(self, leases, clocks):
        first, second = leases
        first.take()
        second.take()
        clocks[1].seconds += TAKEOVER_S
        second.take()
        assert (first.renew(), first.is_ours()) == (False, False)
        assert (first.renew(), first.take().name) == (False, "b")

    def test_given_back_it_is_anothers_at_once(self, leases):
        first, second = leases
        first.take()
        second.take()
        first.release()
        assert (first.is_ours(), second.take(), second.is_ours()) == (False, None, True)

    def test_what_the_other_took_over_is_not_given_back(self, leases, clocks):
        first, second = leases
        first.take()
        second.take()
        clocks[1].seconds += TAKEOVER_S
        second.take()
        first.release()
        assert (second.renew(), first.take().name) == (True, "b")

    def test_of_those_who_take_it_at_once_one_gets_it(self, county_store):
        made = [county_store.lease("worker", key=str(n), name=str(n)) for n in range(8)]
        gate, outcomes = threading.Barrier(8), []

        def take(lease):
            gate.wait()
            outcomes.append(lease.take() is None)

        threads = [threading.Thread(target=take, args=(lease,)) for lease in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (outcomes.count(True), sum(lease.is_ours() for lease in made)) == (1, 1)

    def test_a_renewal_whose_answer_was_lost_is_no_loss(self, leases):
        first, _ = leases
        first.take()
        before = first._rev
        assert first.renew()
        first._rev = before  # as if it had never heard of the last one
        assert (first.renew(), first.is_ours()) == (True, True)

    def test_the_worker_of_the_same_data_folder_goes_on_at_once(self, county_store, tmp_path):
        (tmp_path / "worker.lock").touch()
        key = holder_key(tmp_path / "worker.lock")
        assert county_store.lease("worker", key=key, name="killed").take() is None
        assert county_store.lease("worker", key=key, name="started again").take() is None

    def test_another_folder_is_another_worker(self, tmp_path):
        for name in ("one", "two"):
            (tmp_path / name).touch()
        assert holder_key(tmp_path / "one") == holder_key(tmp_path / "one")
        assert holder_key(tmp_path / "one") != holder_key(tmp_path / "two")


class Worker:
    """`liandong worker` as a process, with a data folder of its own and the county's keys."""

    def __init__(self, data: Path, url: str, prefix: str) -> None:
        self._log = (data / "worker.log").open("a+")
        settings = {"DATA": str(data), "COUCH_URL": url, "COUCH_PREFIX": prefix, "WORKER_TAKEOVER_S": "3"}
        environment = os.environ | {f"LIANDONG_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "server.cli", "worker"]
        self.process = subprocess.Popen(command, env=environment, stderr=self._log)

    def said(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(20)


@pytest.fixture
def folders(county_store: CouchServer, couch_url: str, tmp_path: Path) -> list[Path]:
    """The data folders of two machines: the county's keys in both."""
    settings = {"couch_url": couch_url, "couch_prefix": county_store.prefix}
    with open_centre(tmp_path / "one", **settings):
        pass
    (tmp_path / "two").mkdir()
    shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
    return [tmp_path / "one", tmp_path / "two"]


def is_judged(centre: CentreInTest) -> bool:
    """Send a lead; some worker judges it."""
    phone = centre.phone()
    lead = phone.lead()
    centre.send(lead)
    until(lambda: centre.central(lead["entry"]["id"]) is not None, timeout_s=30)
    return True


class TestTwoWorkers:
    """A second worker does nothing but wait, and nothing stays undone when the first is killed."""

    @pytest.fixture
    def centre(self, folders, county_store, couch_url, tmp_path):
        shutil.copytree(folders[0] / "keys", tmp_path / "web" / "keys")
        with open_centre(tmp_path / "web", couch_url=couch_url, couch_prefix=county_store.prefix) as opened:
            yield opened

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
    def test_the_second_waits_and_takes_over_when_the_first_is_gone(
        self, folders, county_store, couch_url, centre, number
    ):
        first = Worker(folders[0], couch_url, county_store.prefix)
        second = None
        try:
            assert is_judged(centre)
            second = Worker(folders[1], couch_url, county_store.prefix)
            until(lambda: "another worker is at work" in second.said(), timeout_s=20)
            assert str(folders[0]) in second.said()
            assert is_judged(centre)
            first.end(number)
            assert is_judged(centre)
        finally:
            for worker in filter(None, (first, second)):
                worker.process.kill()
                worker.process.wait()

    def test_one_that_stood_still_notices_that_another_took_over(
        self, folders, county_store, couch_url, centre
    ):
        first = Worker(folders[0], couch_url, county_store.prefix)
        second = None
        try:
            assert is_judged(centre)
            second = Worker(folders[1], couch_url, county_store.prefix)
            until(lambda: "another worker is at work" in second.said(), timeout_s=20)
            first.process.send_signal(signal.SIGSTOP)
            assert is_judged(centre)
            first.process.send_signal(signal.SIGCONT)
            until(lambda: "another worker is at work" in first.said(), timeout_s=20)
            assert is_judged(centre)
        finally:
            for worker in filter(None, (first, second)):
                worker.process.kill()
                worker.process.wait()


class TestCommands:
    """What moves a county keeps its worker away, wherever that runs."""

    def test_a_worker_at_work_elsewhere_is_refused(self, county_store, tmp_path):
        worker = county_store.lease("worker", key="elsewhere", name="elsewhere", terms=Terms(3))
        assert worker.take() is None
        stopping = threading.Event()
        renewing = threading.Thread(
            target=lambda: [worker.renew() for _ in iter(lambda: stopping.wait(0.3), True)]
        )
        renewing.start()
        (tmp_path / "worker.lock").touch()
        with pytest.raises(WorkerElsewhere), held_off(county_store, tmp_path):
            pass
        stopping.set()
        renewing.join()
        assert worker.is_ours()

    def test_one_that_was_killed_is_waited_out_and_none_begins_meanwhile(self, county_store, tmp_path):
        assert county_store.lease("worker", key="killed", name="killed").take() is None
        (tmp_path / "worker.lock").touch()
        with held_off(county_store, tmp_path):
            assert county_store.lease("worker", key="other", name="other").take() is not None
        assert county_store.lease("worker", key="other", name="other").take() is None


def held_off(store: CouchServer, folder: Path):
    return no_worker_elsewhere(store, folder / "worker.lock", takeover_s=3)


class TestOneMachine:
    def test_the_embedded_engine_needs_the_lock_of_the_folder_alone(self, tmp_path):
        store = open_store(Settings(data=tmp_path, couch_url=""))
        assert worker_lease(store, key="a", name="a", takeover_s=30) is None
        store.close()
