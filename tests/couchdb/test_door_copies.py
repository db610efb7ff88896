"""The door says of no row that it is stored before enough nodes have it, however often it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.gateway.append import append_opaque, append_rows
from sync.errors import Overloaded
from sync.peer import Peer
from sync.sqlite import open_server
from tests.support.entries import open_centre
from tests.support.peers import Altered


class Cluster:
    """A database that takes every write, and says that too few nodes have it while `is_quorate` is False."""

    def __init__(self, peer: Peer) -> None:
        self.is_quorate = False
        self.rewritten: list[str] = []
        self.peer: Any = Altered(peer, bulk_docs=self._write)

    def _write(self, peer: Peer, docs: Any, *, new_edits: bool = True) -> Any:
        if not new_edits:
            self.rewritten += [doc["_id"] for doc in docs]
        results = peer.bulk_docs(docs, new_edits=new_edits)
        return [replace(each, is_durable=each.is_ok and self.is_quorate) for each in results]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    server = open_server(tmp_path / "couch.sqlite")
    yield Cluster(server.create("logs"))
    server.close()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Any]:
    with open_centre(tmp_path / "data") as centre:
        yield centre.phone()


class TestSentAgain:
    """DESIGN 2: below quorum a write is not acknowledged; nor is it when it is found at the next try."""

    def test_an_entry_is_acknowledged_only_when_enough_nodes_have_it(self, cluster, phone):
        row = phone.lead()
        for _ in range(2):
            with pytest.raises(Overloaded):
                append_rows(cluster.peer, phone.device, [row], b"")
        cluster.is_quorate = True
        [said] = append_rows(cluster.peer, phone.device, [row], b"")
        assert (said["ok"], said["rev"]) == (True, cluster.peer.get(row["_id"])["_rev"])
        assert cluster.rewritten == [row["_id"]] * 2

    def test_bytes_that_are_no_entry_likewise(self, cluster, phone):
        place = f"{phone.device}:0000000001"
        for _ in range(2):
            with pytest.raises(Overloaded):
                append_opaque(cluster.peer, phone.device, place, b"\xff")
        cluster.is_quorate = True
        [said] = append_opaque(cluster.peer, phone.device, place, b"\xff")
        assert (said["error"], cluster.rewritten) == ("forbidden", [place] * 2)

    def test_bytes_beside_a_taken_place_likewise(self, cluster, phone):
        row = phone.lead()
        cluster.is_quorate = True
        append_rows(cluster.peer, phone.device, [row], b"")
        cluster.is_quorate = False
        for _ in range(2):
            with pytest.raises(Overloaded):
                append_opaque(cluster.peer, phone.device, row["_id"], b"\xff")
        cluster.is_quorate = True
        assert append_opaque(cluster.peer, phone.device, row["_id"], b"\xff")[0]["error"] == "forbidden"

    def test_what_is_new_is_written_once(self, cluster, phone):
        cluster.is_quorate = True
        append_rows(cluster.peer, phone.device, [phone.lead(), phone.lead()], b"")
        assert cluster.rewritten == []
