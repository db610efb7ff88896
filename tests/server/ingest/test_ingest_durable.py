"""A receipt counts only when enough copies are on disk; until then it is written again (DESIGN 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from server.ingest import Ingest
from server.ingest.durable import DurableWriter
from sync.errors import Overloaded
from sync.peer import DocumentLike, Peer, WriteResult
from tests.support.entries import CentreInTest


class BelowQuorum:
    """A cluster that has too few copies of its first writes: CouchDB's 202."""

    def __init__(self, peer: Peer, times: int) -> None:
        self._peer, self._left = peer, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._peer, name)

    def bulk_docs(self, docs: Sequence[DocumentLike]) -> list[WriteResult]:
        results = self._peer.bulk_docs(docs)
        self._left -= 1
        return [replace(row, is_durable=self._left < 0) for row in results]


def ingest_below_quorum(centre: CentreInTest, times: int, slept_s: list[float]) -> Ingest:
    ingest = Ingest(centre.services)
    central = centre.services.couch.ensure("central")
    ingest._writer = DurableWriter(BelowQuorum(central, times), sleep=slept_s.append)  # type: ignore[arg-type]
    ingest._acks._writer = ingest._writer
    return ingest


class TestDurable:
    def test_receipts_are_written_as_next_revisions_until_they_are_durable(
        self, centre: CentreInTest
    ) -> None:
        lead, slept_s = centre.phone().lead(), list[float]()
        centre.send(lead)

        ingest_below_quorum(centre, 3, slept_s).run_once()

        doc = centre.central(lead["entry"]["id"])
        assert doc is not None
        assert doc["_rev"].startswith("4-")
        assert slept_s == [0.05, 0.1, 0.2]
        assert len(doc["receipts"]) == 1

    def test_no_ack_is_written_before(self, centre: CentreInTest) -> None:
        phone, slept_s = centre.phone(), list[float]()
        centre.send(phone.lead())
        ingest = ingest_below_quorum(centre, 1000, slept_s)

        with pytest.raises(Overloaded):
            ingest.run_once()
        with pytest.raises(Overloaded):
            ingest.run_once()

        assert centre.central(f"log:{phone.device}") is None
        assert sum(slept_s) >= 120
