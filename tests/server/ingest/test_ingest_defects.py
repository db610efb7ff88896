"""A defect of our own over one entry stops no other, and is told (STYLE, "Errors"; DESIGN 3, "held")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.ingest import Ingest
from server.ingest import page as page_module
from server.ingest.candidate import Candidate
from server.ingest.page import REPAIR
from server.readmodel import Projection, recording
from tests.support.entries import CentreInTest

LEAST, MOST = -(2**53 - 1), 2**53 - 1


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, str], None]]:
    """Let judging an entry of this place in its log fail as no code of ours should."""
    judge = page_module.judge

    def fail_at(number: int) -> None:
        def failing(candidate: Candidate, *rest: Any) -> Any:
            if candidate.number == number:
                raise KeyError("a member that nobody thought of")
            return judge(candidate, *rest)

        monkeypatch.setattr(page_module, "judge", failing)

    with monkeypatch.context():
        yield fail_at


class TestJudging:
    def test_an_entry_that_cannot_be_judged_is_held_and_the_others_go_on(
        self, centre: CentreInTest, stumbling: Callable[[int], None]
    ) -> None:
        phone = centre.phone()
        documents = [phone.lead(), phone.lead(), phone.lead()]
        centre.send(*documents)
        stumbling(2)
        centre.work()

        rows = [centre.services.readmodel.verdict(phone.device, number) for number in (1, 2, 3)]

        assert [row and row.verdict for row in rows] == ["accepted", "held", "accepted"]
        assert centre.services.readmodel.waiting_names("program:") == [REPAIR]
        ack = centre.central(f"log:{phone.device}")
        assert ack is not None
        assert ack["through"] == 3

    def test_the_next_start_of_a_worker_judges_it_again(
        self, centre: CentreInTest, stumbling: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        lead = phone.lead()
        centre.send(lead)
        stumbling(1)
        centre.work()
        monkeypatch.undo()

        centre.work()

        doc = centre.central(lead["entry"]["id"])
        assert doc is not None
        assert [receipt["verdict"] for receipt in doc["receipts"]] == ["held", "accepted"]


class TestFolding:
    def test_a_record_that_cannot_be_folded_stops_no_other_and_is_told(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        bad, good = phone.lead(title="坏的"), phone.lead()
        fold = recording.folded

        def failing(record: dict[str, Any], steps: Any) -> Any:
            if record["entry"]["body"]["title"] == "坏的":
                raise ValueError("a state that nobody thought of")
            return fold(record, steps)

        monkeypatch.setattr(recording, "folded", failing)
        centre.send(bad, good)
        centre.work()
        model = centre.services.readmodel
        assert [(each.place, each.subject) for each in model.defects()] == [("fold", bad["entry"]["id"])]
        assert list(centre.member_feed(phone.member)) == [good["entry"]["id"]]

        monkeypatch.undo()
        model.rebuild("")
        while Projection(centre.services).run_once():
            pass

        assert model.defects() == []
        assert model.record(bad["entry"]["id"]) is not None


class TestClocks:
    """A phone whose clock names no moment is flagged, like any other that is wrong (DESIGN 2, "Time")."""

    @pytest.mark.parametrize(
        ("typed_at", "skew_ms"),
        [
            ("1970-01-01T00:00:10+08:00", 0),
            ("0001-01-01T00:00:30Z", 0),
            ("9999-12-31T23:59:59Z", -86_400_000),
            ("2026-11-23T06:00:00Z", LEAST),
            ("2026-11-23T06:00:00Z", MOST),
        ],
    )
    def test_a_code_typed_at_an_impossible_moment_is_flagged(
        self, centre: CentreInTest, typed_at: str, skew_ms: int
    ) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        body = {"kind": "in", "order": order, "station": station, "station_version": 1}
        code = {"value": "123456", "at": typed_at}
        document = phone.write(
            "check_event:" + "0" * 26,
            "participant",
            {**body, "code": code},
            clock={"beacon": None, "since_ms": None, "skew_ms": skew_ms},
        )
        centre.send(document)
        centre.work()

        row = centre.services.readmodel.verdict(phone.device, 1)

        assert row is not None
        assert row.verdict == "accepted"
        assert "code_mismatch" in [flag["code"] for flag in row.flags]


class TestFailingDisk:
    def test_acks_that_could_not_be_written_are_written_later_though_nothing_new_comes(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        ingest = Ingest(centre.services)

        def disk_is_full() -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(ingest._acks, "write", disk_is_full)
            with pytest.raises(OSError, match="No space left"):
                ingest.run_once()
        while ingest.run_once():
            pass

        ack = centre.central(f"log:{phone.device}")
        assert ack is not None
        assert ack["through"] == 1
