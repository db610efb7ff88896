"""From signed entries of phone and tablet to what the participant reads (DOMAIN 3.5, 3.6)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from server.ledger import projection
from server.readmodel.service_queries import computed_sessions
from server.records.names import new_record_id
from tests.server.ledger.day import Day, moment, said
from tests.support.entries import CentreInTest


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
