"""`liandong replicate` as a script sees it: what arrives, what it says, how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import apsw
import pytest
from click.testing import CliRunner

from server.cli import main
from server.replication.places import parse_place, without_password
from sync.couchdb import open_server as open_couchdb
from sync.sqlite import open_server
from tests.support.couch_server import CouchServer
from tests.support.server_process import free_port


@pytest.fixture
def near(tmp_path):
    server = open_server(tmp_path / "near.sqlite")
    peer = server.create("leads")
    peer.bulk_docs([{"_id": f"lead:{n}", "n": n} for n in range(30)])
    yield server
    server.close()


@pytest.fixture
def far(tmp_path):
    server = open_server(tmp_path / "far.sqlite")
    yield server
    server.close()


def replicate(*arguments):
    return CliRunner().invoke(main, ["replicate", *map(str, arguments)], catch_exceptions=False)


class TestReplicate:
    """Issue: totals, and an exit status that scripts can use."""

    def test_everything_arrives_and_the_status_is_0(self, near, far, tmp_path):
        said = replicate(f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy", "--create-target")
        assert said.exit_code == 0
        assert "done: 30 read, 30 written, 0 refused" in said.output
        assert far.open("copy").info().doc_count == 30

    def test_the_next_run_goes_on_where_this_one_ended(self, near, far, tmp_path):
        places = (f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        replicate(*places, "--create-target")
        near.open("leads").bulk_docs([{"_id": "one more"}])
        assert "done: 1 read, 1 written, 0 refused" in replicate(*places).output

    def test_chosen_documents_only(self, near, far, tmp_path):
        places = (f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        replicate(*places, "--create-target", "--doc-id", "lead:3", "--doc-id", "lead:5")
        assert [row.id for row in far.open("copy").all_docs()] == ["lead:3", "lead:5"]

    def test_a_database_that_is_not_there_is_status_3_and_nothing_is_created(self, near, far, tmp_path):
        said = replicate(f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        assert said.exit_code == 3
        assert "Database does not exist" in said.output
        assert far.names() == []

    def test_a_server_that_cannot_be_reached_is_status_3(self, near, tmp_path):
        said = replicate("http://127.0.0.1:1/leads", f"{tmp_path}/near.sqlite#leads")
        assert said.exit_code == 3
        assert "http://127.0.0.1:1 cannot be reached" in said.output

    @pytest.mark.parametrize("place", ["leads", "file.sqlite", "#leads", "http://host", "http://host/"])
    def test_what_names_no_database_is_status_2(self, place, tmp_path):
        assert replicate(place, f"{tmp_path}/far.sqlite#copy").exit_code == 2

    def test_a_source_file_that_is_not_there_is_status_2_and_is_not_made(self, tmp_path):
        said = replicate(f"{tmp_path}/typo.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        assert (said.exit_code, list(tmp_path.iterdir())) == (2, [])

    def test_continuous_runs_until_it_is_told_to_stop(self, near, far, tmp_path):
        copy = far.create("copy")
        places = (f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        command = [sys.executable, "-m", "server.cli", "replicate", *places, "--continuous"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        wait_for(copy, 30)
        near.open("leads").bulk_docs([{"_id": "later"}])
        wait_for(copy, 31)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "done: 31 read, 31 written, 0 refused" in said


class TestContinuousFromTheStart:
    """A server that is away at the very start is waited for, as one that goes away later (issue: backoff)."""

    def start(self, *places):
        command = [sys.executable, "-m", "server.cli", "replicate", *places, "--continuous"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_it_says_that_it_waits_and_goes_on_when_the_server_comes(self, near, tmp_path):
        couch = CouchServer(tmp_path / "couch", port=free_port())
        process = self.start(f"{tmp_path}/near.sqlite#leads", f"{couch.admin_url}/copy", "--create-target")
        assert "waiting (" in process.stderr.readline()
        with couch.start():
            there = open_couchdb(couch.admin_url)
            wait_for(there.ensure("copy"), 30)
            there.close()
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=30)
        assert (process.returncode, "done: 30 read, 30 written, 0 refused" in said) == (0, True)

    def test_told_to_stop_while_it_waits_it_ends_with_0(self, near, tmp_path):
        process = self.start("http://127.0.0.1:1/leads", f"{tmp_path}/near.sqlite#leads")
        assert "http://127.0.0.1:1 cannot be reached" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert "done: 0 read" in process.communicate(timeout=30)[0]
        assert process.returncode == 0

    def test_what_only_a_person_can_mend_is_status_3_at_once(self, near, far, tmp_path):
        places = (f"{tmp_path}/near.sqlite#typo", f"{tmp_path}/far.sqlite#copy")
        assert replicate(*places, "--continuous", "--create-target").exit_code == 3


class TestRefused:
    """RELIABILITY T13: what was refused is told, and status 1 says so until it has arrived."""

    def test_refused_documents_are_listed_and_the_status_is_1(self, near, far, tmp_path):
        # A document that its source can no longer read stands for all that does not arrive.
        damaged = apsw.Connection(str(tmp_path / "near.sqlite"))
        damaged.execute("UPDATE body SET sha256 = zeroblob(32) WHERE number = (SELECT max(number) FROM body)")
        damaged.close()
        places = (f"{tmp_path}/near.sqlite#leads", f"{tmp_path}/far.sqlite#copy")
        said = replicate(*places, "--create-target")
        assert said.exit_code == 1
        assert "done: 29 read, 29 written, 1 refused" in said.output
        assert "lead:29" in said.output
        assert replicate(*places).exit_code == 1


class TestPasswords:
    """Passwords are never printed."""

    def test_a_password_in_a_url_is_not_shown_in_what_goes_wrong(self, tmp_path):
        said = replicate("http://admin:very-secret@127.0.0.1:1/leads", f"{tmp_path}/far.sqlite#copy")
        assert "very-secret" not in said.output
        wrong = replicate("http://admin:very-secret@127.0.0.1/", f"{tmp_path}/far.sqlite#copy")
        assert "very-secret" not in wrong.output

    def test_a_place_is_shown_without_it(self):
        place = parse_place("https://admin:p%40ss@couch.example/liandong%2Fleads", must_exist=True)
        assert place.shown == "https://admin@couch.example/liandong%2Fleads"
        assert (place.server, place.database) == ("https://admin:p%40ss@couch.example", "liandong/leads")
        assert without_password("https://couch.example/x") == "https://couch.example/x"

    def test_a_password_left_out_is_asked_for(self, near, tmp_path):
        places = ["http://admin@127.0.0.1:1/leads", f"{tmp_path}/near.sqlite#leads"]
        said = CliRunner().invoke(main, ["replicate", *places], input="typed\n")
        assert "password for http://admin@127.0.0.1:1/leads" in said.output
        assert "typed" not in said.output


def wait_for(peer, doc_count):
    for _ in range(60):
        if peer.info().doc_count == doc_count:
            return
        peer.wait(peer.info().update_seq, 0.5)
    raise AssertionError(peer.info())
