"""What the machine writes at the desk follows the facts, decides nothing, and stands once (DOMAIN 3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from server.gateway.desk import Desk
from server.journal import Journal
from server.ledger import LedgerProjection, SystemWriter
from server.readmodel import RecordRow
from server.worker import settle, worker_steps
from tests.server.ledger.day import Day, moment
from tests.support.entries import CentreInTest


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    return Day(centre)


def record_of(day: Day, event: Any) -> RecordRow:
    """The record of the session that this event opened."""
    day.centre.work()
    row = day.centre.services.readmodel.record(f"service_session:{event['id'].partition(':')[2]}")
    assert row is not None
    return row


def actions(row: RecordRow) -> list[str]:
    return [step.action for step in row.state.history]


def desk_entries(centre: CentreInTest) -> list[str]:
    """Ids of everything in the desk's log."""
    rows = centre.services.couch.ensure("logs").all_docs(
        start="desk-", end="desk-~", include_docs=True, limit=500
    )
    return [row.doc["entry"]["id"] for row in rows if row.doc is not None]


class TestSessionRecord:
    def test_it_is_written_when_the_session_has_ended_and_follows_the_stations_word(self, day: Day) -> None:
        came = day.own("in", "14:05")
        day.own("out", "17:32")
        assert actions(record_of(day, came)) == ["end"]
        day.seen("sup_confirm", "17:40", about=came["hash"])
        row = record_of(day, came)

        assert (row.state.state, actions(row)) == ("confirmed", ["end", "confirm"])
        assert (row.state.value("reported_min"), row.state.value("ended_at")) == (
            207,
            moment("17:32").isoformat(),
        )
        assert {step.author for step in row.state.history} == {"system"}

    def test_its_participant_reads_it_and_the_order_names_it(self, day: Day) -> None:
        came = day.served()
        row = record_of(day, came)
        feed = day.centre.member_feed(day.phone.member)
        view = feed[row.id]

        assert (view["state"], view["reported_min"], view["next"]) == ("confirmed", 207, ["explain"])
        assert [each["action"] for each in view["history"]] == ["end", "confirm"]
        assert "due_on" not in view
        assert feed[day.order]["ledger"]["sessions"][0]["record"] == row.id
        assert not set(view) & {"check_events", "author", "confirmed_by", "doubts", "evidence_min"}

    def test_until_it_is_confirmed_the_day_by_which_it_should_be_is_shown(self, day: Day) -> None:
        came = day.own("in", "14:05")
        day.own("out", "17:32")
        row = record_of(day, came)

        due_on = day.centre.member_feed(day.phone.member)[row.id]["due_on"]

        assert due_on == day.computed()[0]["due_on"]

    def test_a_denial_that_comes_later_makes_a_dispute(self, day: Day) -> None:
        came = day.served()
        assert record_of(day, came).state.state == "confirmed"
        day.seen("sup_deny", "18:00", about=came["hash"], reason="下午没见到人")

        assert actions(record_of(day, came)) == ["end", "confirm", "deny"]

    def test_one_that_nobody_ended_is_ended_by_itself_and_again_when_the_check_out_comes(
        self, day: Day
    ) -> None:
        came = day.own("in", "09:00")
        assert record_of(day, came).state.state == "auto_ended"
        day.own("out", "11:00")
        row = record_of(day, came)

        assert (row.state.state, row.state.value("reported_min")) == ("ended", 120)

    def test_heavy_doubts_are_looked_at_first_and_what_was_cleared_stays_cleared(self, day: Day) -> None:
        came = day.own("in", "14:05")
        day.own("out", "13:40")
        day.seen("sup_confirm", "17:40")
        row = record_of(day, came)
        assert (row.state.state, "clock_moved_back" in row.state.value("doubts")) == ("flagged", True)

        day.step(row.id, "clear_flag", "prosecutor", to="confirmed", reason="手机没电重启过")

        assert record_of(day, came).state.state == "confirmed"


class TestLaterArrivals:
    """Nothing that a later arrival makes wrong is left without a further step."""

    def test_an_earlier_partner_of_the_opening_event_makes_no_second_record(self, day: Day) -> None:
        stations = day.seen("in", "14:06")
        day.seen("out", "17:30")
        before = record_of(day, stations)
        own = day.own("in", "14:05")
        after = record_of(day, stations)

        assert (before.id, after.state.value("reported_min")) == (after.id, 205)
        assert actions(after) == ["end", "confirm", "follow"]
        assert day.centre.services.readmodel.record(f"service_session:{own['id'][12:]}") is None
        assert day.read()["sessions"][0]["record"] == after.id

    def test_a_check_in_that_comes_after_its_check_out_makes_no_second_record(self, day: Day) -> None:
        out = day.seen("out", "17:32")
        first = record_of(day, out)
        came = day.own("in", "14:05")
        after = record_of(day, out)

        assert (first.state.value("reported_min"), after.state.value("reported_min")) == (360, 207)
        assert day.centre.services.readmodel.record(f"service_session:{came['id'][12:]}") is None

    def test_two_that_turn_out_to_be_one_are_one_record_and_the_other_says_where_it_went(
        self, day: Day
    ) -> None:
        first, left = day.own("in", "09:00"), day.own("out", "09:10", is_forged=True)
        day.admit(left)
        again = day.own("in", "09:25")
        day.own("out", "13:00")
        before = [record_of(day, each).state.state for each in (first, again)]
        day.admit(left, "kept_out")
        after = [record_of(day, each) for each in (first, again)]

        assert before == ["ended", "ended"]
        assert [row.state.state for row in after] == ["ended", "superseded"]
        assert (after[0].state.value("reported_min"), after[1].state.value("now_in")) == (240, after[0].id)
        assert after[1].id not in day.centre.member_feed(day.phone.member)

        day.admit(left)
        assert [record_of(day, each).state.state for each in (first, again)] == ["ended", "ended"]

    def test_a_session_whose_events_count_no_more_is_superseded_and_revived(self, day: Day) -> None:
        came = day.own("in", "09:00", is_forged=True)
        day.admit(came)
        before = record_of(day, came)
        day.admit(came, "kept_out")
        gone = record_of(day, came)
        day.admit(came)
        back = record_of(day, came)

        assert [row.state.state for row in (before, gone, back)] == ["auto_ended", "superseded", "auto_ended"]
        assert actions(back) == ["auto_end", "supersede", "revive", "auto_end"]

    def test_a_persons_decision_stands_and_the_minutes_beside_it_follow(self, day: Day) -> None:
        came = day.own("in", "09:00")
        day.seen("sup_confirm", "11:05", about=came["hash"])
        row = record_of(day, came)
        day.step(row.id, "credit", "prosecutor", to="credited", fields={"credited_min": 120})
        day.own("out", "11:00")
        late = record_of(day, came)

        assert (late.state.state, late.state.value("credited_min")) == ("credited", 120)
        assert (late.state.value("reported_min"), actions(late)[-1]) == (120, "follow")
        assert day.read()["balance_min"] == 120


class TestOrderProgress:
    def test_the_first_confirmed_session_begins_the_service(self, day: Day) -> None:
        day.own("in", "14:05")
        assert self.state(day) == "assigned"
        day.served()

        assert self.state(day) == "in_progress"

    def test_met_hours_bring_the_draft_of_an_evaluation_and_later_decisions_fall_short(
        self, centre: CentreInTest
    ) -> None:
        day = Day(centre, required_min=600)
        for clock in (("08:00", "12:00"), ("13:00", "17:00")):
            came = day.own("in", clock[0])
            day.own("out", clock[1])
            day.seen("sup_confirm", clock[1], about=came["hash"])
            row = record_of(day, came)
            day.step(
                row.id, "part_credit", "prosecutor", to="part_credited", fields={"credited_min": 300},
                reason="含路上时间",
            )  # fmt: skip
        evaluations = [id_ for id_ in desk_entries(centre) if id_.startswith("evaluation:")]
        assert (self.state(day), len(evaluations)) == ("hours_met", 1)
        assert evaluations[0] in day.centre.feed(f"station-{day.station[8:]}")

        day.step(row.id, "dispute", "participant", to="disputed", fields={"statement": "算多了"})
        other = {"fields": {"credited_min": 60}, "reason": "核对监控"}
        day.step(row.id, "part_credit", "township_staff", to="part_credited", **other)

        assert (self.state(day), day.read()["balance_min"]) == ("in_progress", 360)
        assert len([id_ for id_ in desk_entries(centre) if id_.startswith("evaluation:")]) == 1

    @staticmethod
    def state(day: Day) -> str | None:
        day.centre.work()
        row = day.centre.services.readmodel.record(day.order)
        assert row is not None
        return row.state.state


class TestOnce:
    """Idempotent over crashes: kill it anywhere, run it again, and nothing stands twice."""

    def test_running_again_writes_nothing(self, day: Day) -> None:
        day.served()
        day.centre.work()
        before = desk_entries(day.centre)
        for _ in range(3):
            settle(worker_steps(day.centre.services))

        assert desk_entries(day.centre) == before

    def test_the_same_facts_give_the_same_ids_in_the_same_order(self, day: Day) -> None:
        day.served()
        steps = worker_steps(day.centre.services)
        for step in steps[:2]:
            while step():
                pass
        planned = []
        for _ in range(2):
            ledger = LedgerProjection(day.centre.services)
            ledger.run_once()
            assert ledger.latest is not None
            batch = SystemWriter(day.centre.services, ledger)._batch(ledger.latest)
            planned.append([(entry.record_id, entry.type, entry.body) for entry in batch])

        assert planned[0] == planned[1]
        assert [each[1] for each in planned[0]] == ["service_session", "step", "step", "step"]

    @pytest.mark.parametrize("stored", [0, 1, 2])
    def test_killed_while_storing(self, day: Day, monkeypatch: pytest.MonkeyPatch, stored: int) -> None:
        came = day.served()

        def killed(desk: Desk, lines: list[Any]) -> None:
            desk._logs.bulk_docs(lines[:stored])
            raise KeyboardInterrupt

        with monkeypatch.context() as crash:
            crash.setattr(Desk, "_store", killed)
            crash.setattr(Journal, "cut_back", lambda *_: None)  # a kill leaves no time for that
            with pytest.raises(KeyboardInterrupt):
                day.centre.work()
        self.is_whole_and_single(day, came)

    @pytest.mark.parametrize("kept", [1, 2, 3])
    def test_killed_while_writing_the_journal(
        self, day: Day, monkeypatch: pytest.MonkeyPatch, kept: int
    ) -> None:
        came = day.served()
        append = Journal.append

        def killed(journal: Journal, name: str, lines: list[Any]) -> int:
            append(journal, name, lines[:kept])
            raise KeyboardInterrupt

        with monkeypatch.context() as crash:
            crash.setattr(Journal, "append", killed)
            with pytest.raises(KeyboardInterrupt):
                day.centre.work()
        self.is_whole_and_single(day, came)

    @staticmethod
    def is_whole_and_single(day: Day, came: Any) -> None:
        assert actions(record_of(day, came)) == ["end", "confirm"]
        written = desk_entries(day.centre)
        assert (
            len(written) == len(set(written)) == 6
        )  # station, order, session, two steps of it, one of the order
        assert day.centre.services.readmodel.quarantine_count() == 0

    def test_a_plan_that_cannot_be_is_told_and_stops_no_other(
        self, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        came = day.served()

        def broken(*_: Any) -> Any:
            raise ValueError("nobody thought of this")

        monkeypatch.setattr("server.ledger.system_writer.progressed", broken)
        row = record_of(day, came)
        (defect,) = day.centre.services.readmodel.defects()

        assert (row.state.state, defect.place, defect.subject) == ("confirmed", "system", day.phone.member)
        monkeypatch.undo()
        day.own("note", "15:00", note="扫完了")
        day.centre.work()
        assert day.centre.services.readmodel.defects() == []
