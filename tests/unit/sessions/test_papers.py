"""Photos that have not come, late entries, paper sheets (DOMAIN 4, rows 25 and 31; 3.4)."""

from __future__ import annotations

import pytest

from server.sessions.facts import Photo, SheetLine
from tests.unit.sessions.county import PERSON, SUPERVISOR, TOWNSHIP, B, County, codes, deducted


class TestRow25PhotoMissing:
    """media_pending with the expected hash; chased for seven days; then declared, not received."""

    @staticmethod
    def pending(level: str, state: str = "expected") -> County:
        county = County(level=level)
        county.served("09:00", "11:00", photos=(Photo("aa", state),))
        return county

    def test_at_l3_the_session_waits_for_it(self):
        session = self.pending("L3").session(now="30 09:00")

        assert (session.waits_for, session.due_on.isoformat()) == (("photo",), "2026-11-30")
        assert "media_pending" in codes(session)

    @pytest.mark.parametrize("level", ["L1", "L2"])
    def test_below_l3_it_waits_for_nothing(self, level):
        assert self.pending(level).session(now="24 09:00").waits_for == ()

    def test_after_seven_days_it_is_declared_and_not_received(self):
        session = self.pending("L3").session(now="30 12:00")

        assert (session.waits_for, "media_not_received" in codes(session)) == ((), True)
        assert "media_pending" not in codes(session)

    def test_come_at_last_it_is_as_if_it_had_never_been_late(self):
        assert self.pending("L3", "verified").session(now="30 12:00").waits_for == ()

    def test_a_photo_that_was_never_named_is_another_matter(self):
        county = County(level="L3")
        county.served("09:00", "11:00")

        assert "no_photo" in codes(county.session())

    def test_the_same_photo_twice_is_flagged_the_second_time(self):
        county = County()
        county.served("09:00", "11:00")
        county.own("in", "24 09:00", photos=(Photo("aa", "verified"),))
        county.own("in", "25 09:00", photos=(Photo("aa", "verified"),))

        found = ["photo_duplicate" in codes(s) for s in county.assessment().sessions]

        assert found == [False, False, True]


class TestLateEntry:
    """Township or above, with reason and witness, within seven days (DOMAIN 3.4)."""

    @staticmethod
    def entered(**members) -> County:
        county = County()
        county.late_entry("25 09:00", "23 09:00", "23 11:00", **members)
        return county

    def test_it_is_a_session_of_its_own(self):
        session = self.entered().session()

        assert (session.state, session.reported_min, session.credited_min) == ("confirmed", 120, 120)
        assert (session.confirmed_by, session.waits_for) == ((TOWNSHIP,), ())
        assert "late_entry" in codes(session)

    def test_who_wrote_it_does_not_credit_it(self):
        county = self.entered()
        county.decide(county.events[0], 120, by=TOWNSHIP, role="township_staff")

        assert [each.reason_code for each in county.assessment().not_counted] == ["not_independent"]

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            ({"role": "supervisor", "author": SUPERVISOR}, "late_entry_not_allowed"),
            ({"role": "participant", "author": PERSON}, "late_entry_not_allowed"),
            ({"witness": None}, "late_entry_incomplete"),
            ({"reason": ""}, "late_entry_incomplete"),
        ],
    )
    def test_otherwise_it_is_kept_and_set_aside(self, members, reason):
        found = self.entered(**members).assessment()

        assert (found.sessions, [s.reason_code for s in found.set_aside]) == ((), [reason])

    @pytest.mark.parametrize(("written", "count"), [("30 11:00", 1), ("30 11:01", 0)])
    def test_after_seven_days_it_comes_too_late(self, written, count):
        county = County()
        county.late_entry(written, "23 09:00", "23 11:00")

        assert len(county.assessment(now="30 12:00").sessions) == count

    def test_beside_a_whole_session_it_says_nothing_new(self):
        county = self.entered()
        county.served("09:00", "11:00")

        found = county.assessment()

        assert [s.credited_min for s in found.sessions] == [120]
        assert [(s.event, s.reason_code) for s in found.set_aside] == [("e01", "claim_redundant")]


class TestRow31PaperSheets:
    """Numbered blank sheets; scan; one entry a line; typed by two persons."""

    @staticmethod
    def typed(*by: str, **members) -> County:
        county = County(level="L2")
        for person in by:
            county.sheet_line("24 09:00", "23 14:05", "23 17:32", by=person, **members)
        return county

    def test_typed_by_two_persons_alike_it_counts_once(self):
        found = self.typed("m-one", "m-two").assessment()

        (session,) = found.sessions
        assert (session.reported_min, session.credited_min, session.waits_for) == (207, 195, ())
        assert deducted(session) == {"rounding": 12}
        assert [(s.event, s.reason_code) for s in found.set_aside] == [("e02", "sheet_typed_again")]

    @pytest.mark.parametrize("by", [("m-one",), ("m-one", "m-one")])
    def test_typed_by_one_person_it_waits_for_another(self, by):
        found = self.typed(*by).assessment()

        assert (found.sessions, {s.reason_code for s in found.set_aside}) == ((), {"sheet_typed_once"})

    def test_typed_differently_it_waits_for_a_person(self):
        county = self.typed("m-one")
        county.sheet_line("24 09:05", "23 14:05", "23 17:23", by="m-two")

        assert {s.reason_code for s in county.assessment().set_aside} == {"sheet_mismatch"}

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            ({"sheet": SheetLine("S-999", 1)}, "sheet_unknown"),
            ({"station": B}, "sheet_unknown"),
            ({"photos": ()}, "sheet_without_scan"),
            ({"sheet": None}, "sheet_incomplete"),
        ],
    )
    def test_a_sheet_that_was_not_given_out_or_not_scanned_does_not_count(self, members, reason):
        found = self.typed("m-one", "m-two", **members).assessment()

        assert (found.sessions, found.set_aside[0].reason_code) == ((), reason)

    def test_two_lines_of_a_sheet_are_two_sessions(self):
        county = self.typed("m-one", "m-two")
        for person in ("m-one", "m-two"):
            county.sheet_line("24 09:00", "23 09:00", "23 11:00", by=person, line=2)

        found = county.assessment().sessions
        assert [s.credited_min for s in found] == [120, 195]
        assert not any("photo_duplicate" in codes(s) for s in found), "one picture shows the whole sheet"

    def test_the_participants_own_record_of_the_same_hours_is_not_added(self):
        county = self.typed("m-one", "m-two")
        county.own("in", "14:05")
        county.own("out", "17:32")

        session = county.session()

        assert (session.credited_min, session.confirmed_by, session.waits_for) == (195, ("m-one",), ())
