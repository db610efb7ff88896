"""Two sessions that turn out to be one after persons had decided on both: work for a person (DOMAIN 4, c)."""

from __future__ import annotations

from typing import Any

import pytest

from server.readmodel import RecordRow
from server.readmodel.list_sql import Slice
from server.readmodel.supervision_queries import SessionQuestion, session_rows
from tests.server.ledger.day import Day
from tests.support.entries import CentreInTest


class Joined:
    """09:00–09:10 and 09:25–13:00, each confirmed and credited; then the first check-out counts no more."""

    def __init__(self, centre: CentreInTest) -> None:
        self.day = day = Day(centre)
        first, self.left = day.own("in", "09:00"), day.own("out", "09:10", is_forged=True)
        day.admit(self.left)
        second = day.own("in", "09:25")
        day.own("out", "13:00")
        for event, clock in ((first, "09:15"), (second, "13:05")):
            day.seen("sup_confirm", clock, about=event["hash"])
        self.records = [day.session_record(event) for event in (first, second)]
        for record, minutes in zip(self.records, (10, 215), strict=True):
            day.step(record, "credit", "prosecutor", to="credited", fields={"credited_min": minutes})
        self.before_min = day.read()["balance_min"]

    def join(self) -> None:
        self.day.admit(self.left, "kept_out")

    def rows(self) -> list[RecordRow]:
        found = [self.day.centre.services.readmodel.record(id_) for id_ in self.records]
        assert None not in found
        return [row for row in found if row]

    def queue(self) -> list[dict[str, Any]]:
        self.day.read()
        question = SessionQuestion(queue="decided_twice")
        rows, _total = session_rows(self.day.centre.services.readmodel, question, Slice("day"))
        return [dict(row.session) for row in rows]


@pytest.fixture
def joined(centre: CentreInTest) -> Joined:
    return Joined(centre)


class TestDecidedTwice:
    def test_nothing_waits_while_each_stands_for_itself(self, joined: Joined) -> None:
        assert (joined.before_min, joined.queue()) == (225, [])

    def test_one_decision_counts_and_a_person_is_told_of_the_other(self, joined: Joined) -> None:
        joined.join()
        (session,) = joined.queue()

        assert joined.day.read()["balance_min"] == 10
        assert {session["record"], *session["twins"]} == set(joined.records)
        assert [row.state.state for row in joined.rows()] == ["credited", "credited"]
        assert [each["line"]["key"] for each in session["not_counted"]] == [
            "service.set_aside.decision_conflict"
        ]

    def test_a_person_credits_again_and_folds_the_other_in(self, joined: Joined) -> None:
        joined.join()
        ((kept, other),) = [(each["record"], each["twins"][0]) for each in joined.queue()]
        joined.day.step(kept, "credit_again", "prosecutor", to="part_credited", fields={"credited_min": 225},
                        reason="两段连在一起，合并核定")  # fmt: skip
        folded_in = {"folded_in": "credited"}
        joined.day.step(
            other, "fold_in", "prosecutor", to="superseded", fields=folded_in, reason="同一次服务"
        )

        assert (joined.day.read()["balance_min"], joined.queue()) == (225, [])
        assert other not in joined.day.centre.member_feed(joined.day.phone.member)

    def test_where_they_part_again_what_was_folded_in_stands_as_it_was_decided(self, joined: Joined) -> None:
        joined.join()
        (other,) = joined.queue()[0]["twins"]
        folded_in = {"folded_in": "credited"}
        joined.day.step(
            other, "fold_in", "prosecutor", to="superseded", fields=folded_in, reason="同一次服务"
        )
        joined.day.admit(joined.left)

        assert (joined.day.read()["balance_min"], joined.queue()) == (225, [])
        assert [row.state.state for row in joined.rows()] == ["credited", "credited"]
        assert joined.day.centre.services.readmodel.defects() == []
