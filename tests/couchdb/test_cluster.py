"""A cluster of three nodes (n=3) loses nodes in the middle of a journey (PROTOCOL 4, DESIGN 2).

Set COUCHDB_CLUSTER_URL to its first node, and COUCHDB_STOP_NODE and COUCHDB_START_NODE to commands that
stop and start the node whose number (2 or 3) is put in the place of {n}.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.demo.phone import SimulatedPhone
from server.demo.wire import Refused, ServerAway, open_pool
from server.gateway.append import append_rows
from server.settings import Settings
from sync.couchdb import CouchServer, open_server
from sync.couchdb.peer import CouchPeer
from sync.errors import Overloaded
from tests.support.centre import centre
from tests.support.county import enrolment_code, load_county, make_county
from tests.support.entries import LogDocument, lead_body, open_centre
from tests.support.server_process import ServerProcess

URL = os.environ.get("COUCHDB_CLUSTER_URL", "")
STOP, START = (os.environ.get(f"COUCHDB_{word}_NODE", "") for word in ("STOP", "START"))
RECOVERY_S = 60.0

pytestmark = pytest.mark.skipif(
    not (URL and STOP and START),
    reason="set COUCHDB_CLUSTER_URL, COUCHDB_STOP_NODE and COUCHDB_START_NODE to run it on a cluster",
)


class Nodes:
    """The second and third node, which come and go."""

    def __init__(self) -> None:
        self.down: set[int] = set()

    def stop(self, number: int) -> None:
        subprocess.run(STOP.format(n=number), shell=True, check=True)
        self.down.add(number)
        until(lambda: self.up() == 3 - len(self.down))

    def start_all(self) -> None:
        for number in sorted(self.down):
            subprocess.run(START.format(n=number), shell=True, check=True)
        self.down.clear()
        until(lambda: self.up() == 3)

    def up(self) -> int:
        answer = open_server(URL)._connection.ask("GET", "/_membership").json()
        return len(answer["all_nodes"])


def until(holds) -> None:
    deadline_s = time.monotonic() + RECOVERY_S
    while not holds():
        assert time.monotonic() < deadline_s, "this did not come to hold in time"
        time.sleep(0.1)


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    found = Nodes()
    yield found
    found.start_all()


@pytest.fixture
def store(nodes: Nodes) -> Iterator[CouchServer]:
    """A county's server; removed when all nodes are there again."""
    opened = open_server(URL, prefix=f"t{secrets.token_hex(4)}-")
    yield opened
    nodes.start_all()
    opened.remove_everything()
    opened.close()


class TestCopies:
    """A write is durable with two copies of three, and not with one."""

    def test_ordinary_and_replicated_writes_say_so_alike(self, store: CouchServer, nodes: Nodes) -> None:
        peer = store.create("leads")
        revision = f"1-{'a' * 32}"
        seen = []
        for number in (None, 2, 3):
            if number:
                nodes.stop(number)
            rows = peer.bulk_docs([{"_id": f"edit-{number}"}])
            rows += peer.bulk_docs([{"_id": f"copy-{number}", "_rev": revision}], new_edits=False)
            seen.append([(row.is_ok, row.is_durable) for row in rows])
        assert seen == [[(True, True)] * 2, [(True, True)] * 2, [(True, False)] * 2]

    def test_what_was_in_doubt_is_durable_when_it_is_written_again(
        self, store: CouchServer, nodes: Nodes
    ) -> None:
        peer = store.create("leads")
        for number in (2, 3):
            nodes.stop(number)
        [row] = peer.bulk_docs([{"_id": "x", "v": 1}])
        nodes.start_all()
        until(lambda: peer.bulk_docs([{**peer.get("x"), "v": 1}])[0].is_durable)
        assert peer.get("x")["v"] == 1
        assert row.is_durable is False

    def test_the_door_vouches_for_no_row_that_lies_on_one_node_alone(
        self, store: CouchServer, nodes: Nodes, tmp_path: Path
    ) -> None:
        logs = store.create("logs")
        with open_centre(tmp_path) as county:
            phone = county.phone()
        row = phone.lead()
        for number in (2, 3):
            nodes.stop(number)
        for _ in range(2):
            with pytest.raises(Overloaded):
                append_rows(logs, phone.device, [row], b"")
        assert row["_id"] in logs.get_many([row["_id"]])  # it is there: on the one node
        nodes.start_all()
        until(lambda: _is_taken(logs, phone.device, row))


def _is_taken(logs: CouchPeer, device: str, row: LogDocument) -> bool:
    try:
        return bool(append_rows(logs, device, [row], b"")[0]["ok"])
    except Overloaded:
        return False


class TestJourney:
    """Phones work on while nodes are lost and regained; nothing that was acknowledged is missing."""

    def test_a_node_lost_and_regained_loses_nothing_and_below_quorum_nothing_is_acknowledged(
        self, store: CouchServer, nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = tmp_path / "data"
        data.mkdir()
        chosen = {"couch_url": URL, "couch_prefix": store.prefix}
        for name, value in chosen.items():
            monkeypatch.setenv(f"LIANDONG_{name.upper()}", value)
        monkeypatch.setattr(Settings, "__init__", _with(Settings.__init__, chosen))
        make_county(data)
        server = ServerProcess(data)
        server.start()
        try:
            phone = _phone(server, enrolment_code(data, load_county(data).both))
            acknowledged = [_recorded(phone)]
            nodes.stop(2)
            acknowledged.append(_recorded(phone))
            nodes.stop(3)
            held = phone.append("lead", lead_body(), role="volunteer")
            _sync_in_vain(phone)
            assert (held.verdict, phone.through) == (None, 2)
            nodes.start_all()
            until(lambda: phone.sync(wait_s=2) or held.verdict is not None)
            acknowledged.append(held)
            assert [entry.verdict for entry in acknowledged] == ["accepted"] * 3
            with centre(data) as seen:
                assert seen.verdicts(phone.device) == dict.fromkeys((1, 2, 3), "accepted")
        finally:
            server.stop()


def _with(plain, chosen):
    return lambda self, **given: plain(self, **{**chosen, **given})


def _phone(server: ServerProcess, code: str) -> SimulatedPhone:
    phone = SimulatedPhone(open_pool(4), server.url, random.Random(1), patience_s=15.0)
    phone.enrol(code)
    return phone


def _sync_in_vain(phone: SimulatedPhone) -> None:
    """Try as long as a phone is patient; that the server is away is what it may find."""
    deadline_s = time.monotonic() + 10
    with suppress(ServerAway, Refused):
        while time.monotonic() < deadline_s:
            phone.sync(wait_s=1)


def _recorded(phone: SimulatedPhone):
    """Record one lead and sync until it has its verdict."""
    entry = phone.append("lead", lead_body(), role="volunteer")
    until(lambda: phone.sync(wait_s=2) or entry.verdict is not None)
    return entry
