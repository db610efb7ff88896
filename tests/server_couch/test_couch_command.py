"""`liandong couch`: when it refuses to start, what it says, how several processes share one file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pytest

from tests.server_couch.conftest import Client
from tests.support.couch_server import CouchServer


def refusal(*arguments: str) -> str:
    command = [sys.executable, "-m", "server.cli", "couch", "--port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    return done.stderr


class TestRefusals:
    """Nobody is an administrator by default: CouchDB's "admin party" is over."""

    def test_without_an_administrator_it_says_what_to_pass(self, tmp_path):
        said = refusal("--data", str(tmp_path))
        assert "any program on 127.0.0.1 could read and write everything: pass --admin USER:PASSWORD" in said

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
    def test_on_a_network_it_says_so(self, tmp_path, host):
        assert f"listening on {host} without an administrator would open everything" in refusal(
            "--data", str(tmp_path), "--host", host
        )

    @pytest.mark.parametrize(
        "limit", ["max_depth", "max_depth=x", "max_depth=0", "nope=1", "max_depth=-5", "max_id_bytes=8001"]
    )
    def test_a_limit_that_is_none(self, tmp_path, limit):
        said = refusal("--data", str(tmp_path), "--admin", "a:b", "--limit", limit)
        assert f"no such limit, or no such number: {limit}" in said

    @pytest.mark.parametrize("account", ["root", "root:", ":relax"])
    def test_an_account_that_lacks_a_part(self, tmp_path, account):
        assert "an account is written USER:PASSWORD" in refusal("--data", str(tmp_path), "--admin", account)


class TestProcesses:
    """Issue 3: several server processes on one file see each other's commits and wake each other's feeds."""

    def test_two_workers_see_each_others_commits_and_wake_each_others_feeds(self, tmp_path):
        """E76."""
        with CouchServer(tmp_path, workers=2) as server:
            send = Client(server.port)
            send("PUT", "/p")
            answers: list[object] = []

            def wait() -> None:
                answers.append(
                    send("GET", "/p/_changes?feed=longpoll&since=now&timeout=20000").json["results"]
                )

            waiting = [threading.Thread(target=wait) for _ in range(12)]
            for thread in waiting:
                thread.start()
            time.sleep(0.5)  # the feeds are spread over both processes by the kernel
            began_s = time.monotonic()
            rev = send("PUT", "/p/a", {}).json["rev"]
            for thread in waiting:
                thread.join(10)
            assert time.monotonic() - began_s < 3
            assert [[row["changes"] for row in rows] for rows in answers] == [[[{"rev": rev}]]] * 12
            assert {json.dumps(send("GET", "/p/a").json) for _ in range(12)} == {
                json.dumps({"_id": "a", "_rev": rev})
            }

    def test_after_a_kill_what_was_acknowledged_is_there(self, tmp_path):
        """A1, C51."""
        server = CouchServer(tmp_path)
        with server:
            send = Client(server.port)
            send("PUT", "/p")
            uuid, rev = send("GET", "/").json["uuid"], send("PUT", "/p/a", {"v": 1}).json["rev"]
            server.kill()
            server.start()
            assert send("GET", "/").json["uuid"] == uuid
            assert send("GET", "/p/a").json == {"_id": "a", "_rev": rev, "v": 1}
