"""`log:<device>` says what has receipts, and only when that is true (DESIGN 2, "State"; 3, "Epoch")."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.ingest import Ingest
from server.ingest.acks import Ranges
from tests.support.entries import CentreInTest, forked, opaque


class TestRanges:
    @given(st.lists(st.integers(1, 40)))
    def test_it_is_the_set_of_what_was_added(self, numbers: list[int]) -> None:
        ranges = Ranges()
        for number in numbers:
            ranges.add(number)

        members = {*range(1, ranges.through + 1)}
        members |= {n for first, last in ranges.beyond for n in range(first, last + 1)}
        assert members == set(numbers)
        assert len(ranges) == len(set(numbers))
        assert ranges.through + 1 not in members

    @given(st.lists(st.integers(1, 40)), st.lists(st.integers(1, 40)))
    def test_going_on_from_an_ack_is_the_same_as_never_having_stopped(
        self, before: list[int], after: list[int]
    ) -> None:
        first, whole = Ranges(), Ranges()
        for number in before:
            first.add(number)
        resumed = Ranges.of_ack(first.through, first.beyond)
        for number in after:
            resumed.add(number)
        for number in before + after:
            whole.add(number)

        assert (resumed.through, resumed.beyond) == (whole.through, whole.beyond)


class TestAck:
    def test_refused_and_held_entries_are_received_too(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        documents = [phone.lead(), phone.lead(title=""), phone.lead()]
        centre.send(*documents)
        centre.work()

        ack = centre.central(f"log:{phone.device}")

        assert ack is not None
        assert (ack["through"], ack["head"]) == (3, documents[2]["entry"]["hash"])
        assert (ack["beyond"], ack["epoch"], ack["entries_seen"]) == ([], centre.services.epoch, 3)
        assert "fork" not in ack

    def test_a_gap_stops_the_prefix_and_nothing_else(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        one, two, three, four = (phone.lead() for _ in range(4))
        centre.send(one, three, four)
        centre.work()
        ack = centre.central(f"log:{phone.device}")
        assert ack is not None
        assert (ack["through"], ack["head"]) == (1, one["entry"]["hash"])
        assert ack["beyond"] == [[3, 4]]
        third = centre.services.readmodel.verdict(phone.device, 3)
        assert third is not None
        assert third.verdict == "accepted"
        assert third.flags == [{"code": "gap", "params": {"entry": 2}}]

        centre.send(two)
        centre.work()

        ack = centre.central(f"log:{phone.device}")
        assert ack is not None
        assert (ack["through"], ack["head"], ack["beyond"]) == (4, four["entry"]["hash"], [])
        third = centre.services.readmodel.verdict(phone.device, 3)
        assert third is not None
        assert third.flags == []

    def test_a_fork_shows_both_and_flags_them(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        first = phone.lead()
        other = centre.phone(phone.member).lead()
        other["entry"]["device"] = phone.device
        second = forked(first, other)
        centre.send(first, second, phone.lead())
        centre.work()

        ack = centre.central(f"log:{phone.device}")

        assert ack is not None
        assert (ack["through"], ack["fork"]) == (2, {"entry": 1})
        kept = centre.central(f"entry:{second['_id']}")
        assert kept is not None
        assert kept["receipts"][0]["reasons"][0]["code"] == "fork"
        verdict = centre.services.readmodel.verdict(phone.device, 1)
        assert verdict is not None
        assert (verdict.verdict, verdict.flags) == (
            "accepted",
            [{"code": "fork", "params": {"entry": 1}}],
        )
        following = centre.services.readmodel.verdict(phone.device, 2)
        assert following is not None
        assert following.flags == []

    def test_what_follows_unreadable_bytes_is_flagged_and_received(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lost, after = phone.lead(), phone.lead()
        centre.send(opaque(phone.device, b'{"docs":[\xff]}', "not_json", log_id=lost["_id"]), after)
        centre.work()

        ack, verdict = (
            centre.central(f"log:{phone.device}"),
            centre.services.readmodel.verdict(phone.device, 2),
        )

        assert ack is not None
        assert (ack["through"], ack["head"]) == (2, after["entry"]["hash"])
        assert verdict is not None
        assert verdict.flags == [{"code": "after_unreadable", "params": {"entry": 1}}]


class TestEpoch:
    """After a restore all logs are read again before any ack of the new life is given."""

    def test_no_ack_of_the_new_epoch_stands_before_all_logs_are_read(
        self, centre: CentreInTest, monkeypatch: object
    ) -> None:
        import server.ingest.ingest as module

        phones = [centre.phone() for _ in range(3)]
        for phone in phones:
            centre.send(phone.lead(), phone.lead())
        centre.work()
        old, new = centre.services.epoch, centre.services.couch.change_epoch()
        monkeypatch.setattr(module, "PAGE", 4)  # type: ignore[attr-defined]
        ingest = Ingest(centre.services)

        ingest.run_once()
        epochs = {centre.central(f"log:{phone.device}")["epoch"] for phone in phones}  # type: ignore[index]
        assert epochs == {old}

        centre.work()
        while ingest.run_once():
            pass
        acks = [centre.central(f"log:{phone.device}") for phone in phones]
        assert [(ack["epoch"], ack["through"]) for ack in acks if ack] == [(new, 2)] * 3

    def test_an_ack_goes_back_when_the_logs_did(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        first, second = phone.lead(), phone.lead()
        centre.send(first, second)
        centre.work()
        centre.services.couch.delete("logs")
        centre.services.couch.ensure("logs")
        centre.services.couch.change_epoch()
        centre.send(first)
        centre.work()

        ack = centre.central(f"log:{phone.device}")

        assert ack is not None
        assert (ack["through"], ack["epoch"]) == (1, centre.services.epoch)

    def test_a_log_that_is_gone_is_acknowledged_as_empty(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        centre.work()
        centre.services.couch.delete("logs")
        centre.services.couch.ensure("logs")
        centre.services.couch.change_epoch()
        centre.work()

        ack = centre.central(f"log:{phone.device}")

        assert ack is not None
        assert (ack["through"], ack["head"], ack["epoch"]) == (0, None, centre.services.epoch)

    def test_receipts_are_facts_that_another_life_does_not_judge_again(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()
        centre.send(lead)
        centre.work()
        before = centre.central(lead["entry"]["id"])
        centre.services.directory.revoke_device(phone.device, "2020-01-01T00:00:00Z", by="system")
        centre.services.couch.change_epoch()
        centre.work()

        assert centre.central(lead["entry"]["id"]) == before
