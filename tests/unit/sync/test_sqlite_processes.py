"""Several processes on one file, and processes that die: nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest

from sync.sqlite import open_server
from tests.support.soak import scaled

SCRIPT = Path(__file__).with_name("writing_process.py")
OPENING = Path(__file__).with_name("opening_process.py")
ROOT = Path(__file__).parents[3]


def start_writer(path: Path, name: str, threads: int = 8) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(path), name, str(threads)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def read_until(writer: subprocess.Popen[str], lines: int) -> list[str]:
    assert writer.stdout is not None
    return [writer.stdout.readline() for _ in range(lines)]


def kill(writer: subprocess.Popen[str], printed: list[str]) -> list[str]:
    """Kill it without warning; return every complete line it had printed."""
    writer.send_signal(signal.SIGKILL)
    assert writer.stdout is not None
    printed += writer.stdout.readlines()
    writer.wait()
    return [line for line in printed if line.endswith("\n")]


class TestOpening:
    """A new file is begun once, however many processes find none."""

    def test_processes_that_find_no_file_all_open_the_same_one(self, tmp_path):
        for turn in range(8):
            command = [sys.executable, str(OPENING), str(tmp_path / f"{turn}.sqlite")]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            opening = [subprocess.Popen(command, env=environment, **pipes) for _ in range(4)]
            assert [each.stdout.readline() for each in opening] == ["ready\n"] * 4
            for each in opening:
                each.stdin.write("go\n")
                each.stdin.flush()
            said = [each.communicate(timeout=60)[0] for each in opening]
            assert len(set(said)) == 1
            assert len(said[0]) == 33


class TestKilledWriters:
    """An acknowledged write is on disk (PROTOCOL C51, RELIABILITY T5)."""

    def test_every_acknowledged_row_survives_kill_9(self, tmp_path):
        path = tmp_path / "couch.sqlite"
        acknowledged = []
        for turn in range(scaled(25, 500)):
            writer = start_writer(path, f"w{turn}")
            lines = kill(writer, read_until(writer, 10 + 3 * turn))
            acknowledged += [f"w{turn}:{line.split()[0]}:{line.split()[1]}" for line in lines]
        started = time.monotonic()
        server = open_server(path)
        assert time.monotonic() - started < 2
        stored = {row.id for row in server.open("logs").all_docs()}
        server.close()
        lost = [
            f"{batch}:{row}" for batch in acknowledged for row in range(5) if f"{batch}:{row}" not in stored
        ]
        assert lost == []
        assert len(acknowledged) > 400
        assert apsw.Connection(str(path)).pragma("integrity_check") == "ok"

    def test_a_batch_is_there_whole_or_not_at_all(self, tmp_path):
        path = tmp_path / "couch.sqlite"
        for turn in range(3):
            writer = start_writer(path, f"w{turn}")
            kill(writer, read_until(writer, 50))
        server = open_server(path)
        peer = server.open("logs")
        assert peer.info().doc_count % 5 == 0
        assert peer.info().doc_count == len(peer.all_docs()) == len(peer.changes().rows)
        server.close()


class TestOtherProcesses:
    """Each sees and hears the others' commits."""

    @pytest.fixture
    def server(self, tmp_path):
        opened = open_server(tmp_path / "couch.sqlite")
        yield opened
        opened.close()

    def test_a_commit_of_another_process_wakes_waiters_and_subscribers(self, server):
        peer = server.create("logs")
        names = []
        heard = threading.Event()
        unsubscribe = server.subscribe(lambda name: (names.append(name), heard.set()))
        writer = start_writer(server.path, "other", threads=1)
        assert heard.wait(20)
        assert peer.wait("0", 20) is True
        kill(writer, [])
        unsubscribe()
        assert set(names) == {"logs"}
        assert peer.changes().rows[0].id == "other:0:0:0"

    def test_a_commit_elsewhere_is_heard_within_a_tenth_of_a_second(self, server, tmp_path):
        mine = server.create("logs")
        other = open_server(server.path)
        theirs = other.open("logs")
        delays_s = []
        for number in range(10):
            seq = mine.info().update_seq
            timer = threading.Timer(0.02, lambda number=number: theirs.bulk_docs([{"_id": f"d{number}"}]))
            started = time.monotonic()
            timer.start()
            assert mine.wait(seq, 10)
            delays_s.append(time.monotonic() - started)
            timer.join()
        other.close()
        assert sorted(delays_s)[5] < 0.12

    def test_two_processes_write_at_once_without_losing_or_failing(self, server):
        peer = server.create("logs")
        writer = start_writer(server.path, "other", threads=2)
        printed = read_until(writer, 1)
        mine = [peer.bulk_docs([{"_id": f"mine:{number}"}])[0] for number in range(50)]
        lines = kill(writer, printed + read_until(writer, 20))
        stored = {row.id for row in peer.all_docs()}
        assert all(row.is_ok and row.id in stored for row in mine)
        assert {f"other:{line.split()[0]}:{line.split()[1]}:0" for line in lines} <= stored
