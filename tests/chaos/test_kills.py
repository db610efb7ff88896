"""kill -9 of the real server while eight clients write: nothing acknowledged is lost, and it is back soon."""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import threading
import time

import pytest

from sync.sqlite import open_server
from sync.sqlite.scrub import check
from tests.support.couch_server import ADMIN, PASSWORD, CouchServer
from tests.support.soak import scaled

SEED = int(os.environ.get("CHAOS_SEED", "20261123"))
CLIENTS = 8
KILLS = scaled(25, 500)
RESTART_S = 2.0
SIGNED_IN = {
    "Authorization": "Basic " + base64.b64encode(f"{ADMIN}:{PASSWORD}".encode()).decode(),
    "Content-Type": "application/json",
}


class WritingClient(threading.Thread):
    """Writes until the server is gone; `acknowledged` are the ids whose complete 201 it has read."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._name = name
        self.acknowledged: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        number = 0
        try:
            while True:
                ids = [f"{self._name}-{number}-{row}" for row in range(1 + number % 5)]
                body = json.dumps({"docs": [{"_id": doc_id, "v": "x" * 300} for doc_id in ids]})
                connection.request("POST", "/logs/_bulk_docs", body, SIGNED_IN)
                answer = connection.getresponse()
                rows = json.loads(answer.read())
                assert answer.status == 201, rows
                self.acknowledged += [row["id"] for row in rows if row.get("ok")]
                number += 1
        except (OSError, http.client.HTTPException, ValueError):
            return  # the server was killed
        finally:
            connection.close()


def create(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("PUT", "/logs", headers=SIGNED_IN)
    assert connection.getresponse().status in (201, 412)
    connection.close()


def is_serving(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/logs", headers=SIGNED_IN)
    status = connection.getresponse().status
    connection.close()
    return status == 200


class TestKills:
    """RELIABILITY T5."""

    @pytest.mark.timeout(900)
    def test_nothing_acknowledged_is_lost(self, tmp_path):
        chance = random.Random(SEED)
        server = CouchServer(tmp_path / "data").start()
        create(server.port)
        acknowledged: list[str] = []
        restarts_s = []
        for turn in range(KILLS):
            clients = [WritingClient(server.port, f"{turn}-{number}") for number in range(CLIENTS)]
            for client in clients:
                client.start()
            while sum(len(client.acknowledged) for client in clients) < 20:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.2))
            server.kill()
            for client in clients:
                client.join(20)
            acknowledged += [doc_id for client in clients for doc_id in client.acknowledged]
            started_s = time.monotonic()
            server.start()
            assert is_serving(server.port)
            restarts_s.append(time.monotonic() - started_s)
        server.kill()
        stored_in = open_server(tmp_path / "data" / "couch.sqlite")
        stored = {row.id for row in stored_in.open("logs").all_docs()}
        stored_in.close()
        assert [doc_id for doc_id in acknowledged if doc_id not in stored] == []
        assert list(check(tmp_path / "data" / "couch.sqlite")) == []
        # On a machine that has more to do than it can, everything takes its share longer.
        share = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert sorted(restarts_s)[KILLS // 2] <= RESTART_S * share
