"""The order of arrival, crashes and repetition change nothing in the end (DESIGN 3; RELIABILITY 3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.identity.instants import instant
from server.ingest import Ingest
from server.ingest.candidate import Candidate, in_order
from server.records.names import new_record_id
from server.worker import settle, worker_steps
from sync.peer import DocumentLike, Peer, WriteResult
from tests.support.entries import CentreInTest, LogDocument, ago, lead_body, revisions
from tests.support.history import History, begin_again, folded, make_history, outcome
from tests.support.soak import scaled

DOCUMENTS = 14
LONGEST_S = 900
"""A cluster of three nodes on one busy disk takes up to 20 s for an order."""


@pytest.fixture
def history(centre: CentreInTest) -> History:
    made = make_history(centre)
    assert len(made.documents) == DOCUMENTS
    return made


def deliver(centre: CentreInTest, history: History, order: Sequence[int], batch: int) -> None:
    for start in range(0, len(order), batch):
        centre.send(*(history.documents[index] for index in order[start : start + batch]))
        centre.work()


class TestOrder:
    @pytest.mark.timeout(LONGEST_S)
    @settings(
        max_examples=scaled(12, 500),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(order=st.permutations(range(DOCUMENTS)), batch=st.sampled_from([1, 3, DOCUMENTS]))
    def test_any_order_of_arrival_ends_in_the_same_central_and_fold(
        self, centre: CentreInTest, history: History, order: list[int], batch: int
    ) -> None:
        begin_again(centre)
        deliver(centre, history, range(DOCUMENTS), DOCUMENTS)
        expected = outcome(centre), folded(centre, history.lead), folded(centre, history.admitted)

        begin_again(centre)
        deliver(centre, history, order, batch)

        assert outcome(centre) == expected[0]
        assert (folded(centre, history.lead), folded(centre, history.admitted)) == expected[1:]

    def test_the_history_has_one_of_every_verdict(self, centre: CentreInTest, history: History) -> None:
        deliver(centre, history, range(DOCUMENTS), DOCUMENTS)

        verdicts = [doc["standing"]["verdict"] for doc in outcome(centre).values() if "standing" in doc]

        assert {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))} == {
            "accepted": 8,
            "admitted": 1,
            "held": 1,
            "refused": 3,
        }
        assert folded(centre, history.lead)[0].state == "answered"


class TestOneRecordTwice:
    """What stands first in a log counts, in whatever order a feed lists it (CouchDB's has several)."""

    def rewritten(self, centre: CentreInTest) -> list[LogDocument]:
        """One lead three times in a log, once with other words; then the same from another phone, later."""
        phone, other = centre.phone(), centre.phone()
        lead, body = new_record_id("lead"), lead_body()
        mine = [phone.write(lead, "volunteer", each) for each in (body, body, lead_body(title="另一处"))]
        theirs = [other.write(lead, "volunteer", body), other.lead()]
        return [
            *({**each, "received_at": instant(ago(minutes=5))} for each in mine),
            *({**each, "received_at": instant(ago(minutes=4))} for each in theirs),
        ]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_the_first_of_a_log_counts_in_whatever_order_a_page_lists_them(
        self, centre: CentreInTest, order: tuple[int, ...]
    ) -> None:
        documents = self.rewritten(centre)
        for index in order:
            centre.send(documents[index])
        centre.work()

        found = outcome(centre)
        first, again, other = (f"entry:{each['_id']}" for each in documents[:3])

        assert first not in found
        assert found[documents[0]["entry"]["id"]]["log"] == documents[0]["_id"]
        assert [flag["code"] for flag in found[again]["standing"]["flags"]] == ["duplicate"]
        assert [reason["code"] for reason in found[other]["standing"]["reasons"]] == ["id_taken"]

    @pytest.mark.timeout(LONGEST_S)
    @settings(
        max_examples=scaled(12, 500),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(order=st.permutations(range(5)))
    def test_any_order_of_rows_gives_the_same_receipts(self, centre: CentreInTest, order: list[int]) -> None:
        documents = self.rewritten(centre)
        begin_again(centre)
        centre.send(*documents)
        centre.work()
        expected = outcome(centre)

        begin_again(centre)
        for index in order:
            centre.send(documents[index])
        centre.work()

        assert outcome(centre) == expected

    def test_an_entry_counts_as_come_with_those_after_it_in_its_log(self) -> None:
        def offered(device: str, number: int | None, minute: int) -> Candidate:
            log = f"{device}:{number or 0:010d}"
            return Candidate(log, device, number, None, {}, None, f"2026-11-01T00:{minute:02}:00.000Z")

        late, early = offered("d1", 1, 9), offered("d1", 2, 3)
        between, nameless = offered("d2", 1, 5), offered("d2", None, 4)

        assert in_order([nameless, between, early, late]) == [late, early, between, nameless]


class TestNothingIsLost:
    def test_every_log_document_has_exactly_one_document_with_receipts(
        self, centre: CentreInTest, history: History
    ) -> None:
        deliver(centre, history, range(DOCUMENTS), 3)

        logs = [row.id for row in centre.services.couch.ensure("logs").all_docs()]
        carried = [doc["log"] for doc in outcome(centre).values() if "standing" in doc]

        assert sorted(carried) == sorted(each for each in logs if not each.startswith("media:"))


class DyingPeer:
    """Passes everything on, and fails at the n-th write: before it is done, or just after."""

    def __init__(self, peer: Peer, at: int, *, is_done: bool) -> None:
        self._peer, self._left, self._is_done = peer, at, is_done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._peer, name)

    def bulk_docs(self, docs: Sequence[DocumentLike]) -> list[WriteResult]:
        self._left -= 1
        if self._left == 0 and not self._is_done:
            raise OSError("crash before the write")
        results = self._peer.bulk_docs(docs)
        if self._left == 0:
            raise OSError("crash after the write")
        return results


class TestCrash:
    """Every effect is idempotent: checkpoints may go backwards (DESIGN 3)."""

    @pytest.mark.parametrize("is_done", [False, True])
    @pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
    def test_a_crash_between_writes_is_made_good(
        self, centre: CentreInTest, history: History, at: int, is_done: bool
    ) -> None:
        deliver(centre, history, range(DOCUMENTS), DOCUMENTS)
        expected = outcome(centre)
        begin_again(centre)
        half = DOCUMENTS // 2
        centre.send(*history.documents[half:])
        centre.work()
        centre.send(*history.documents[:half])

        ingest = Ingest(centre.services)
        ingest._writer._peer = DyingPeer(ingest._writer._peer, at, is_done=is_done)  # type: ignore[assignment]
        try:
            while ingest.run_once():
                pass
        except OSError:
            pass
        centre.work()

        assert outcome(centre) == expected

    def test_reading_all_again_from_the_start_writes_nothing(
        self, centre: CentreInTest, history: History
    ) -> None:
        deliver(centre, history, range(DOCUMENTS), 5)
        central = centre.services.couch.ensure("central")
        before = revisions(central)
        checkpoint = central.get_local("ingest")
        assert checkpoint is not None
        central.put_local("ingest", {**checkpoint, "since": "0"})

        settle(worker_steps(centre.services))

        assert revisions(central) == before
