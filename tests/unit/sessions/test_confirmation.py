"""A supervisor on a check-in: by its hash, by six characters read out, or unseen (DOMAIN 5, rank 1)."""

from __future__ import annotations

import pytest

from tests.unit.sessions.county import B, County, codes


class TestWordOnACheckIn:
    """By the check-in's hash: scanned, or its first six characters typed, else confirmed unseen."""

    @staticmethod
    def two_sessions() -> County:
        county = County()
        county.own("in", "09:00", hash="ab12cd" + "0" * 58)
        county.own("out", "11:00", hash="ef34ab" + "0" * 58)
        county.own("in", "14:00", hash="ab12ce" + "0" * 58)
        county.own("out", "16:00", hash="0f34ab" + "0" * 58)
        return county

    @staticmethod
    def confirmed(county: County) -> list[bool]:
        return [session.state == "confirmed" for session in county.assessment().sessions]

    @pytest.mark.parametrize(
        ("about", "expected"),
        [
            ("ab12cd" + "0" * 58, [True, False]),
            ("0f34ab" + "0" * 58, [False, True]),
            ("ab12cd", [True, False]),
            ("AB12CE", [False, True]),
            ("ffffff", [False, False]),
        ],
    )
    def test_it_is_on_the_session_of_that_event(self, about, expected):
        county = self.two_sessions()
        county.word("confirm", "18:00", about=about)

        assert self.confirmed(county) == expected
        assert "confirmed_unseen" not in codes(county.assessment().sessions[0])

    def test_six_characters_that_fit_two_check_ins_say_nothing(self):
        county = self.two_sessions()
        county.own("in", "24 09:00", hash="ab12cd" + "1" * 58)
        word = county.word("confirm", "18:00", about="ab12cd")

        found = county.assessment()

        assert [s.confirmed_by for s in found.sessions] == [(), (), ()]
        assert found.unmatched == (word.id,)

    def test_a_word_on_a_check_in_that_has_not_come_waits_for_it(self):
        county = self.two_sessions()
        late = county.events.pop()
        word = county.word("confirm", "18:00", about=late.hash)
        before = county.assessment().unmatched
        county.events.append(late)

        assert (before, county.assessment().unmatched) == ((word.id,), ())
        assert self.confirmed(county) == [False, True]

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("08:59", [False, False]),
            ("09:00", [True, False]),
            ("12:00", [True, False]),
            ("14:00", [False, True]),
            ("20:00", [False, True]),
            ("24 10:00", [False, False]),
        ],
    )
    def test_unseen_it_is_on_the_session_begun_last_that_day(self, said, expected):
        county = self.two_sessions()
        county.word("confirm", said)

        assert self.confirmed(county) == expected

    def test_unseen_is_flagged(self):
        county = self.two_sessions()
        county.word("confirm", "12:00")

        assert ["confirmed_unseen" in codes(s) for s in county.assessment().sessions] == [True, False]

    def test_seen_by_one_and_unseen_by_another_is_seen(self):
        county = self.two_sessions()
        county.word("confirm", "12:00")
        county.word("confirm", "12:01", about="ab12cd", by="m-qian")

        assert "confirmed_unseen" not in codes(county.assessment().sessions[0])

    def test_another_stations_word_is_on_none(self):
        county = self.two_sessions()
        word = county.word("confirm", "12:00", about="ab12cd", station=B)

        assert county.assessment().unmatched == (word.id,)

    def test_a_review_is_due_from_the_last_denial(self):
        county = self.two_sessions()
        county.word("deny", "12:00", about="ab12cd")
        county.word("deny", "24 12:00", about="ab12cd", by="m-qian")

        assert county.assessment().sessions[0].due_on.isoformat() == "2026-12-01"
