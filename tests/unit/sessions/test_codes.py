"""The station's rotating code, verified after the fact (DOMAIN 4, row 13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.sessions import SessionSettings, surroundings_of
from server.sessions.facts import Code
from tests.unit.sessions.county import OTHER, THERE, A, B, County, at, code, codes, fix, reading, secrets_of


def flagged(county: County) -> set[str]:
    return {code for code in codes(county.session()) if code.startswith(("code_", "no_code"))}


class TestRow13CodeVerified:
    """Verified on sync for that period ±1 plus station skew; reused or from far away: a replay flag."""

    @staticmethod
    def scanned(shown: str, typed: str, station: str = A, **members) -> County:
        county = County(level="L2")
        members = {"fix": fix(typed), **members}
        county.confirm(county.own("in", typed, code=code(shown, station, typed=typed), **members), "12:00")
        return county

    @pytest.mark.parametrize("typed", ["09:00:00", "09:01:59", "08:59:01"])
    def test_the_period_and_its_neighbours_are_right(self, typed):
        assert flagged(self.scanned("09:00:30", typed)) == set()

    def test_one_shown_earlier_was_passed_on(self):
        county = self.scanned("09:00", "09:20")

        (flag,) = [flag for flag in county.session().flags if flag.code == "code_replay"]
        assert flag.params == {"age_min": 20}

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [("09:02", {"code_replay"}), ("11:00", {"code_replay"}), ("11:01", {"code_mismatch"})],
    )
    def test_two_hours_back_it_is_looked_for(self, typed, expected):
        county = self.scanned("09:00", typed)
        county.events[0] = replace(county.events[0], at=at(typed))

        assert flagged(county) == expected

    def test_the_moment_of_typing_counts_not_that_of_the_check_in(self):
        county = self.scanned("09:00", "09:04")
        right = replace(county.events[0].code, at=at("09:00"))
        county.events[0] = replace(county.events[0], code=right)

        assert flagged(county) == set()

    def test_the_code_of_another_station_is_named(self):
        county = self.scanned("09:00", "09:00", B)

        (flag,) = [flag for flag in county.session().flags if flag.code == "code_foreign"]
        assert flag.params == {"station": B}

    def test_a_code_that_was_never_shown_is_a_doubt_and_no_refusal(self):
        county = County(level="L2")
        wrong = Code(f"{(int(code('09:00').value) + 1) % 10**6:06d}", at("09:00"))
        county.confirm(county.own("in", "09:00", code=wrong, fix=fix("09:00")), "12:00")
        county.own("out", "11:00", code=code("11:00"), fix=fix("11:00"))

        assert flagged(county) == {"code_mismatch"}
        assert county.session().credited_min == 120

    def test_a_right_code_from_kilometres_away_was_passed_on(self):
        assert flagged(self.scanned("09:00", "09:00", fix=fix("09:00", point=THERE))) == {"code_far"}

    def test_a_code_used_again_the_next_day_is_a_replay(self):
        county = County(level="L2")
        county.own("in", "09:00", code=code("09:00"))
        county.own("out", "11:00", code=code("11:00"))
        county.own("in", "24 09:00", code=code("09:00", typed="24 09:00"))

        first, second = county.assessment().sessions

        assert ("code_reused" in codes(first), "code_reused" in codes(second)) == (False, True)

    def test_two_people_may_read_the_same_display(self):
        county = self.scanned("09:00", "09:00")
        order = county.add_order(OTHER)
        county.own(
            "in", "09:00", author=OTHER, order=order, device="phone2", code=code("09:00"), fix=fix("09:00")
        )

        found = county.assessments()

        assert {
            c for a in found.values() for s in a.sessions for c in codes(s) if c.startswith("code_")
        } == set()

    def test_the_phones_wrong_clock_does_not_make_a_code_wrong(self):
        clock = reading("08:00", last_s=3600, next_s=3600)
        county = self.scanned("09:00", "10:00", reading=clock, received_at=at("18:00"))

        assert flagged(county) == set()

    def test_the_stations_own_skew_is_allowed_for(self):
        county = self.scanned("09:05", "09:00")
        facts, settings = county.facts(), SessionSettings()

        plain = surroundings_of(facts, settings, secrets_of)
        skewed = surroundings_of(facts, settings, secrets_of, station_skew_ms={A: 300_000})

        assert [around.codes["e01"].outcome for around in (plain, skewed)] == ["wrong", "right"]

    def test_without_the_secret_nothing_is_said(self):
        facts = self.scanned("09:00", "09:20").facts()

        assert surroundings_of(facts, SessionSettings(), lambda _: None).codes["e01"].outcome == "unchecked"

    @pytest.mark.parametrize(("level", "expected"), [("L1", set()), ("L2", {"no_code"}), ("L3", {"no_code"})])
    def test_above_l1_a_missing_code_is_noted(self, level, expected):
        county = County(level=level)
        county.own("in", "09:00")

        assert flagged(county) == expected
