"""From signed entries of phone and tablet to what the participant reads (DOMAIN 3.5, 3.6)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from server.ledger import projection
from server.readmodel.service_queries import computed_sessions
from server.records.names import new_record_id
from server.worker import settle, worker_steps
from tests.server.ledger.day import Day, moment, said
from tests.support.entries import CentreInTest, photo


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    return Day(centre)


class TestWhatTheParticipantReads:
    """Issue: the arithmetic shown to the participant in plain words."""

    def test_the_arithmetic_of_a_confirmed_session(self, day: Day) -> None:
        day.served()

        (session,) = day.read()["sessions"]

        assert (session["state"], session["reported_min"], session["credited_min"]) == ("confirmed", 207, 195)
        assert [said(line) for line in session["lines"]][:3] == [
            "14:05 签到，17:32 签退，共 207 分钟。",
            "休息 40 分钟，30 分钟以内不扣，超出的扣 10 分钟。",
            "按每 15 分钟计，不足的不算：减 2 分钟。",
        ]

    def test_what_comes_later_changes_what_is_told(self, day: Day) -> None:
        came = day.event(day.phone, "in", "14:05")
        day.event(day.phone, "out", "17:32")
        before = day.read()["sessions"][0]["state"]
        day.event(day.tablet, "sup_deny", "18:00", about=came["hash"], reason="下午没见到人")

        assert (before, day.read()["sessions"][0]["state"]) == ("ended", "disputed")

    def test_a_persons_decision_makes_the_balance(self, day: Day) -> None:
        record = day.session_record(day.served())
        day.step(record, "credit", "prosecutor", to="credited", fields={"credited_min": 195})

        ledger = day.read()

        assert (ledger["balance_min"], ledger["remaining_min"]) == (195, 1605)
        assert [said(entry["line"]) for entry in ledger["ledger"]] == ["服务时间 +195 分钟（2026.1 版规则）"]

    def test_an_objection_opens_it_again(self, day: Day) -> None:
        record = day.session_record(day.served())
        day.step(record, "credit", "prosecutor", to="credited", fields={"credited_min": 120})
        day.step(record, "dispute", "participant", to="disputed", fields={"statement": "做到了五点半"})

        (session,) = day.read()["sessions"]

        assert (session["state"], day.read()["balance_min"]) == ("disputed", 120)
        assert "已收到您的异议，等另一人复核。" in [said(line) for line in session["lines"]]

    def test_nobody_is_named_and_no_device(self, day: Day) -> None:
        came = day.served()

        told = str(day.read())

        assert [
            name
            for name in (came["author"], came["device"], came["hash"], day.tablet.log.author)
            if name in told
        ] == []


class TestComputedSessions:
    """Boards read rows; evidence and weight are with them."""

    def test_the_station_reads_its_day(self, day: Day) -> None:
        day.served()
        day.centre.work()

        (session,) = computed_sessions(day.centre.services.readmodel, station=day.station)

        assert (session["credited_min"], session["weight"]) == (195, 1)
        assert [entry["minutes"] for entry in session["proposals"]] == [207, -10, -2]
        assert session["confirmed_by"] == [day.tablet.log.author]

    @pytest.mark.parametrize("seed", range(4))
    def test_the_same_in_whatever_order_it_comes(self, day: Day, seed: int) -> None:
        day.unsent = []
        day.served()
        Random(seed).shuffle(day.unsent)
        for document in day.unsent:
            day.centre.send(document)
            day.centre.work()

        (session,) = day.read()["sessions"]

        assert (session["state"], session["credited_min"], len(session["lines"])) == ("confirmed", 195, 5)

    def test_a_rebuilt_model_says_the_same(self, day: Day) -> None:
        day.served()
        before = day.read()
        day.centre.services.readmodel.rebuild("")

        assert day.read() == before

    def test_an_event_that_counts_no_more_makes_no_session(self, day: Day) -> None:
        stranger = day.centre.phone()
        body = {"kind": "in", "order": day.order, "station": day.station, "station_version": 1}
        document = stranger.write(new_record_id("check_event"), "participant", body, at=moment("09:00"))
        day.centre.send(document)
        told = [len(day.read()["sessions"])]
        for verdict in ("admitted", "kept_out"):
            day.centre.admit(document, verdict)
            told.append(len(day.read()["sessions"]))

        assert told == [0, 1, 0]

    def test_what_our_rules_stumble_over_stops_no_other(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = projection.assess

        def stumbling(participant: str, *rest: Any) -> Any:
            assert participant != day.phone.member
            return whole(participant, *rest)

        monkeypatch.setattr(projection, "assess", stumbling)
        other = Day(day.centre)
        day.served()
        other.served()

        assert len(other.read()["sessions"]) == 1
        assert [(d.place, d.subject) for d in day.centre.services.readmodel.defects()] == [
            ("ledger", day.phone.member)
        ]
        monkeypatch.setattr(projection, "assess", whole)
        day.event(day.tablet, "note", "18:00", note="已到")
        assert (len(day.read()["sessions"]), day.centre.services.readmodel.defects()) == (1, [])


class TestRounds:
    """Only whom it concerns is assessed again; nothing is missed by that."""

    @pytest.mark.parametrize("seed", range(3))
    def test_piece_by_piece_comes_to_what_a_fresh_start_computes(self, day: Day, seed: int) -> None:
        other = Day(day.centre)
        day.unsent = other.unsent = []
        day.served()
        other.served()
        other.own("in", "18:10", station=day.station, media=[photo(b"same")])
        day.own("in", "19:10", media=[photo(b"same")])
        Random(seed).shuffle(day.unsent)
        for document in day.unsent:
            day.centre.send(document)
            day.centre.work()
        model = day.centre.services.readmodel
        piecemeal = computed_sessions(model)

        fresh = projection.LedgerProjection(day.centre.services)
        fresh.run_once()

        assert computed_sessions(model) == piecemeal
        assert any(flag["code"] == "photo_duplicate" for session in piecemeal for flag in session["flags"])

    def test_time_alone_ends_a_session(self, centre: CentreInTest) -> None:
        day, clock = Day(centre), Clock()
        ledgers = projection.LedgerProjection(
            centre.services, now=lambda: clock.now, monotonic=lambda: clock.s
        )
        day.own("in", "09:00")
        settle(worker_steps(centre.services)[:2])
        states = []
        for at, s in (("10:00", 0.0), ("10:01", 1.0), ("15:01", 400.0)):
            clock.now, clock.s = moment(at), s
            ledgers.run_once()
            states.append([each["reported_min"] for each in computed_sessions(centre.services.readmodel)])

        assert states == [[60], [60], [360]]

    def test_a_long_round_keeps_its_distance(self, centre: CentreInTest) -> None:
        day, clock = Day(centre), Clock()
        ledgers = clock.projection(centre, round_s=1.0)
        settle(worker_steps(centre.services)[:2])
        first = ledgers.run_once()
        day.own("in", "09:00")
        settle(worker_steps(centre.services)[:2])

        assert [first, ledgers.run_once()] == [True, False]
        clock.s = 9.9
        assert not ledgers.run_once()
        clock.s = 10.0
        assert ledgers.run_once()


class Clock:
    """Moments that a test sets, and rounds that take as long as it says."""

    def __init__(self) -> None:
        self.now, self.s, self.worked_s = moment("09:00"), 0.0, 0.0

    def projection(self, centre: CentreInTest, *, round_s: float = 0.0) -> projection.LedgerProjection:
        def worked() -> float:
            self.worked_s += round_s
            return self.worked_s

        return projection.LedgerProjection(
            centre.services, now=lambda: self.now, monotonic=lambda: self.s, worked=worked
        )
