"""What must hold of an identity before it is kept (DOMAIN 3.1; DOMAIN 9, "Left open")."""

from __future__ import annotations

from datetime import date

import pytest

from server.identity.person_rules import NewPerson, is_adult_on, person_problems

TODAY = date(2026, 11, 23)


def person(**given) -> NewPerson:
    told = {
        "name": "赵某",
        "id_no": "371425199103020018",
        "birth_date": date(1991, 3, 2),
        "phone": "13812345678",
        "act_on": date(2026, 9, 1),
    }
    return NewPerson(**{**told, **given})


def codes(**given) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in person_problems(person(**given), TODAY)]


class TestPerson:
    def test_a_right_identity_is_taken_as_it_is(self):
        assert codes() == []

    @pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", " 110105 19491231 002X"])
    def test_the_last_character_may_be_an_x_in_any_case_and_blanks_do_not_count(self, number):
        assert codes(id_no=number, birth_date=date(1949, 12, 31)) == []

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            ("371425199103020011", "id_no_check"),
            ("371425199113020010", "id_no_date"),
            ("37142519910302001", "id_no_form"),
            ("3714251991030200180", "id_no_form"),
            ("37142519910302001Y", "id_no_form"),
            ("３７１４２５１９９１０３０２００１０", "id_no_form"),
        ],
    )
    def test_a_number_that_does_not_check_is_refused_beside_its_field(self, number, code):
        assert codes(id_no=number) == [(code, "id_no")]

    def test_the_birth_date_agrees_with_the_number(self):
        assert codes(birth_date=date(1991, 3, 3)) == [("id_no_other_birth", "birth_date")]

    @pytest.mark.parametrize("phone", ["12812345678", "1381234567", "138123456789", "+8613812345678"])
    def test_a_phone_number_has_the_form_of_a_mobile(self, phone):
        assert codes(phone=phone) == [("phone_wrong", "phone")]

    def test_an_act_lies_in_the_past(self):
        assert codes(act_on=date(2026, 11, 24)) == [("act_in_future", "act_on")]


class TestAge:
    """Full years are reached on the day after the birthday (法释〔2006〕1号, art. 2)."""

    @pytest.mark.parametrize(
        ("day", "is_adult"),
        [(date(2026, 9, 1), False), (date(2026, 9, 2), False), (date(2026, 9, 3), True)],
    )
    def test_on_the_birthday_itself_the_person_is_not_18_yet(self, day, is_adult):
        assert is_adult_on(date(2008, 9, 2), day) is is_adult

    def test_who_is_born_on_29_february_has_the_birthday_on_1_march_of_other_years(self):
        assert is_adult_on(date(2008, 2, 29), date(2026, 3, 1)) is False
        assert is_adult_on(date(2008, 2, 29), date(2026, 3, 2)) is True

    def test_who_was_a_minor_at_the_act_is_refused_though_an_adult_today(self):
        found = person_problems(
            person(id_no="371425200809020015", birth_date=date(2008, 9, 2), act_on=date(2026, 9, 1)), TODAY
        )

        assert [problem.code for problem in found if problem.code == "minor_at_act"] == ["minor_at_act"]
