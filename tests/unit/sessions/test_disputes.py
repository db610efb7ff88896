"""Denials, objections and who may decide (DOMAIN 4, rows 8, 17, 20; 3.6; 5, rank 1)."""

from __future__ import annotations

import pytest

from server.sessions import unattributed
from server.sessions.facts import DecidedEntry
from tests.unit.sessions.county import PERSON, PROSECUTOR, SUPERVISOR, TOWNSHIP, County, codes


def reasons(county: County) -> list[str]:
    return [each.reason_code for each in county.assessment().not_counted]


class TestRow8SupervisorDenies:
    """Disputed; freeze minutes; both statements; a reviewer who is neither; five working days."""

    @staticmethod
    def denied() -> County:
        county = County()
        event = county.own("in", "09:00")
        county.own("out", "11:00")
        county.deny(event, "18:00", statement="上午没见到人")
        return county

    def test_the_minutes_are_frozen_and_a_review_is_due_in_five_working_days(self):
        session = self.denied().session()

        assert (session.state, session.waits_for) == ("disputed", ("review_of_dispute",))
        assert (session.reported_min, session.due_on.isoformat()) == (120, "2026-11-30")
        assert self.denied().assessment().proposals == ()

    def test_a_denial_stands_beside_another_supervisors_confirmation(self):
        county = self.denied()
        county.confirm(county.events[0], "18:05", by="m-other-supervisor")

        session = county.session()

        assert session.state == "disputed"
        assert (session.denied_by, session.confirmed_by) == ((SUPERVISOR,), ("m-other-supervisor",))

    @pytest.mark.parametrize("by", [SUPERVISOR, PERSON])
    def test_neither_side_reviews_it(self, by):
        county = self.denied()
        county.decide(county.events[0], 120, by=by)

        assert (reasons(county), county.session().state) == (["not_independent"], "disputed")

    def test_a_third_person_settles_it(self):
        county = self.denied()
        county.decide(county.events[0], 120, reason="值班日志写有此人")

        assert (county.session().state, county.session().credited_min) == ("credited", 120)
        assert county.assessment().balance_min == {county.order: 120}

    def test_a_denied_session_takes_no_minutes_of_the_day_from_others(self):
        county = County(daily_cap_min=120)
        event = county.own("in", "08:30")
        county.own("out", "10:30")
        county.deny(event, "18:00")
        county.served("14:00", "16:00")

        assert [s.credited_min for s in county.assessment().sessions] == [0, 120]


class TestRow17SharedTablet:
    """An entry by the wrong operator is reassigned by the township; the original is kept."""

    def test_who_really_acted_counts_as_the_one_who_confirmed(self):
        county = County()
        came = county.staff("in", "09:00")
        county.staff("out", "11:00")
        county.reassign(came, "m-qian")

        session = county.session()

        assert session.confirmed_by == ("m-qian", SUPERVISOR)
        assert "operator_reassigned" in codes(session)
        assert county.events[0].author == SUPERVISOR

    def test_the_one_who_really_acted_does_not_decide(self):
        county = County()
        came = county.staff("in", "09:00")
        county.staff("out", "11:00")
        county.reassign(came, PROSECUTOR)
        county.decide(came, 120)

        assert reasons(county) == ["not_independent"]

    def test_a_supervisor_cannot_reassign(self):
        county = County()
        came = county.staff("in", "09:00")
        county.staff("out", "11:00")
        county.reassign(came, "m-qian", role="supervisor")

        assert county.session().confirmed_by == (SUPERVISOR,)

    def test_many_people_on_the_tablet_are_no_shared_phone(self):
        county = County()
        county.staff("in", "09:00")
        county.staff("in", "09:05", order=county.add_order("m-zhao"))

        assert "device_shared" not in codes(county.session())


class TestRow20ParticipantObjects:
    """An objection on an entry: reviewer other than the first; correction by a new entry."""

    @staticmethod
    def objected() -> County:
        county = County()
        county.served("09:00", "12:00")
        first = county.decide(county.events[0], 120, verdict="part_credited", reason="提前离开")
        county.object_to(first, "26 10:00")
        return county

    def correction(self, county: County, **members):
        entry = (DecidedEntry("adjust", 60, "objection_upheld", "2026.1"),)
        return county.decide(
            county.events[0], 60, **{"entries": entry, "replaces": "decisions01", "answers": "objections01",
                                     "at": county.events[0].at, "reason": "监控可见", "by": TOWNSHIP,
                                     "role": "township_staff", **members},
        )  # fmt: skip

    def test_the_session_is_disputed_and_the_entry_stays(self):
        session = self.objected().session()

        assert (session.state, session.waits_for, session.credited_min) == (
            "disputed",
            ("review_of_objection",),
            120,
        )
        assert session.due_on.isoformat() == "2026-12-03"

    def test_another_person_corrects_by_a_new_entry(self):
        county = self.objected()
        self.correction(county)

        found = county.assessment()

        assert [(e.kind, e.minutes, e.replaces) for e in found.ledger] == [
            ("credit", 120, None),
            ("adjust", 60, "decisions01"),
        ]
        assert (found.balance_min[county.order], found.sessions[0].state) == (180, "credited")

    def test_the_first_reviewer_does_not_answer_it(self):
        county = self.objected()
        self.correction(county, by=PROSECUTOR, role="prosecutor")

        assert (reasons(county), county.session().state) == (["not_independent"], "disputed")

    def test_only_the_participant_objects(self):
        county = self.objected()
        county.others["objections"].clear()
        county.object_to(county.others["decisions"][0], "26 10:00", by=SUPERVISOR)

        assert county.session().state == "part_credited"


class TestLedger:
    """Entries are never changed; the balance is their sum; nobody is credited twice (DOMAIN 3.6)."""

    @staticmethod
    def confirmed() -> County:
        county = County()
        county.served("09:00", "12:00")
        return county

    def test_proposals_add_up_to_the_sessions_minutes_and_name_the_rules(self):
        county = County()
        county.served("14:05", "17:32")
        county.own("break_start", "15:00")
        county.own("break_end", "15:40")

        entries = county.assessment().proposals

        assert [(e.kind, e.minutes, e.reason_code) for e in entries] == [
            ("credit", 207, "reported"),
            ("deduct_break", -10, "break"),
            ("adjust", -2, "rounding"),
        ]
        assert {e.basis for e in entries} == {"2026.1"}

    def test_a_proposal_is_no_balance(self):
        assert self.confirmed().assessment().balance_min == {"order:m-wang": 0}

    def test_a_supervisor_never_credits(self):
        county = self.confirmed()
        county.decide(county.events[0], 180, by="m-third", role="supervisor")

        assert reasons(county) == ["may_not_credit"]

    def test_of_two_decisions_side_by_side_the_lower_counts(self):
        county = self.confirmed()
        county.decide(county.events[0], 180)
        county.decide(county.events[1], 120, by=TOWNSHIP, role="township_staff", reason="早退")

        found = county.assessment()

        assert [(s.event, s.reason_code) for s in found.not_counted] == [("decisions01", "decision_conflict")]
        assert found.balance_min == {county.order: 120}

    def test_more_than_reported_needs_a_persons_reason(self):
        county, reasoned = self.confirmed(), self.confirmed()
        county.decide(county.events[0], 195)
        reasoned.decide(reasoned.events[0], 195, reason="下班后又扫了雪")

        assert reasons(county) == ["more_than_reported"]
        assert reasoned.assessment().balance_min == {county.order: 195}

    def test_minutes_below_nothing_do_not_count(self):
        county = self.confirmed()
        county.decide(county.events[0], -60)

        assert reasons(county) == ["verdict_mismatch"]

    def test_a_rejection_gives_no_minutes(self):
        county, wrong = self.confirmed(), self.confirmed()
        county.decide(county.events[0], 0, verdict="rejected", entries=(), reason="不是本人")
        wrong.decide(wrong.events[0], 180, verdict="rejected")

        assert (county.session().state, county.session().credited_min) == ("rejected", 0)
        assert reasons(wrong) == ["verdict_mismatch"]

    def test_what_belongs_to_nobody_known_waits_and_is_named(self):
        county = self.confirmed()
        stray = county.own("in", "14:00", order="order:unknown")
        county.decide(stray, 180)
        known = county.decide(county.events[0], 180)
        county.object_to(known, "26 10:00")
        county.object_to(known, "26 10:00", by="m-nobody")
        county.reassign(stray, "m-qian")
        county.slot("09:00", "12:00", order="order:unknown")
        county.slot("09:00", "12:00")
        county.word("confirm", "14:05", order="order:unknown")

        assert [(s.event, s.reason_code) for s in unattributed(county.facts())] == [
            ("attestations02", "order_unknown"),
            ("decisions01", "event_unknown"),
            ("e03", "order_unknown"),
            ("objections02", "participant_unknown"),
            ("reassignments01", "event_unknown"),
            ("slots01", "order_unknown"),
        ]

    def test_a_decision_that_the_facts_no_longer_bear_out_is_flagged_and_stands(self):
        county = self.confirmed()
        county.decide(county.events[0], 180)
        county.staff("in", "10:00")

        session = county.session()

        assert (session.credited_min, session.deductions[0].minutes) == (180, 60)
        assert "decision_differs" in codes(session)

    def test_what_is_left_to_serve_follows_the_order_as_it_stands(self):
        county = self.confirmed()
        county.decide(county.events[0], 180)

        assert county.assessment().remaining_min == {county.order: 1620}
