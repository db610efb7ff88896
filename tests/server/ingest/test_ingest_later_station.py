"""A station to which an order was assigned later is as much its subject as those named at first."""

from __future__ import annotations

from typing import Any

import pytest

from server.readmodel.list_sql import Slice
from server.readmodel.record_queries import RecordQuestion, record_rows
from server.records.names import new_record_id
from tests.support.entries import CentreInTest, FieldDevice, LogDocument, order_body, station_body

POINTS = {"attendance": 95, "attitude": 80, "work_quality": 88, "rule_keeping": 100}
SAID = {**POINTS, "grade": "qualified", "station_comment": "按时到岗"}


class Move:
    """An order of one station with an evaluation; a second station, elsewhere, with a supervisor."""

    def __init__(self, centre: CentreInTest) -> None:
        self.centre = centre
        participant = centre.member(("participant", "self"))
        self.first = centre.desk("station", station_body()).id
        self.later = centre.desk("station", station_body(code="S2", township="371425105")).id
        self.order = centre.desk("service_order", order_body(participant, [self.first])).id
        self.evaluation = centre.desk("evaluation", {"order": self.order}, role="system").id
        centre.work()
        self.supervisor = self._of(self.later)

    def _of(self, station: str) -> FieldDevice:
        return self.centre.phone(self.centre.member(("supervisor", station)))

    def moved(self) -> None:
        fields = {"stations": [self.later], "assigned_station": self.later}
        self.step(
            self.order, ("prosecutor", "county"), action="change_stations", fields=fields, reason="就近"
        )

    def step(self, record: str, grant: tuple[str, str], **body: Any) -> None:
        row = self.centre.services.readmodel.record(record)
        assert row is not None
        body = {"record": record, "base": list(row.state.heads), "fields": {}, **body}
        self.centre.desk("step", body, author=self.centre.member(grant), role=grant[0])

    def submission(self) -> LogDocument:
        row = self.centre.services.readmodel.record(self.evaluation)
        assert row is not None
        body: dict[str, Any] = {"record": self.evaluation, "base": list(row.state.heads), "action": "submit"}
        body |= {"to": "station_submitted", "fields": SAID}
        return self.supervisor.write(new_record_id("step"), "supervisor", body)

    def verdict(self) -> tuple[str, list[str]]:
        self.centre.work()
        found = self.centre.services.readmodel.verdict(self.supervisor.device, 1)
        assert found is not None
        return found.verdict, [reason["code"] for reason in found.reasons]

    def state(self) -> str | None:
        row = self.centre.services.readmodel.record(self.evaluation)
        assert row is not None
        return row.state.state


@pytest.fixture
def move(centre: CentreInTest) -> Move:
    return Move(centre)


class TestLaterStation:
    """Ingest knows where an order is served now as the feeds do (DESIGN 3, "Ingest")."""

    def test_its_supervisor_submits_the_evaluation(self, move: Move) -> None:
        move.moved()
        move.centre.work()
        move.centre.send(move.submission())

        assert move.verdict() == ("accepted", [])
        assert move.state() == "station_submitted"

    def test_also_where_both_are_read_at_once(self, move: Move) -> None:
        document = move.submission()
        move.moved()
        move.centre.send(document)

        assert move.verdict() == ("accepted", [])

    def test_before_the_move_it_has_no_say(self, move: Move) -> None:
        move.centre.send(move.submission())

        assert move.verdict() == ("refused", ["outside_scope"])

    def test_its_township_reviews_and_finds_it_in_its_list(self, move: Move) -> None:
        move.moved()
        move.centre.work()
        move.centre.send(move.submission())
        move.centre.work()
        township = "township_staff", "township:371425105"
        move.step(move.evaluation, township, action="review", to="township_reviewed")
        move.centre.work()

        assert move.state() == "township_reviewed"
        for reach in ({"townships": ["371425105"]}, {"stations": [move.later]}):
            question = RecordQuestion(type="evaluation", **reach)
            rows, total = record_rows(move.centre.services.readmodel, question, Slice("received"))
            assert ([row.id for row in rows], total) == ([move.evaluation], 1)
