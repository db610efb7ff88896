"""What must hold of an identity before it is kept: a number that checks, an adult at the act. Pure.

Juveniles are out of scope (DOMAIN 9, "Left open"): their records are another regime, sealed, and nothing of
them is written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from server.records.problem import Problem

ADULT_YEARS: Final = 18
_ID_NO: Final = re.compile(r"[0-9]{17}[0-9X]")
_PHONE: Final = re.compile(r"1[3-9][0-9]{9}")
_MOST_NAME_CHARS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Who somebody is, as it is given in; `act_on` is the day of the alleged act."""

    name: str
    id_no: str
    birth_date: date
    phone: str
    act_on: date


class PersonRefused(ValueError):
    """This identity is not taken; `problems` say why, each with its field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def normal_id_no(text: str) -> str:
    """Return the number as it is compared: without blanks, the last letter large."""
    return "".join(text.split()).upper()


def person_problems(new: NewPerson, today: date) -> list[Problem]:
    """Return what is wrong with an identity, by field; empty when it may be kept."""
    found = []
    if not 1 <= len(new.name.strip()) <= _MOST_NAME_CHARS:
        found.append(Problem("required" if not new.name.strip() else "not_valid", field="name"))
    if not _PHONE.fullmatch(new.phone):
        found.append(Problem("phone_wrong", field="phone"))
    found += _id_problems(new)
    if new.act_on > today:
        found.append(Problem("act_in_future", field="act_on"))
    elif new.birth_date >= new.act_on:
        found.append(Problem("born_after_act", field="birth_date"))
    elif not is_adult_on(new.birth_date, new.act_on):
        params = {"birth": new.birth_date.isoformat(), "act": new.act_on.isoformat()}
        found.append(Problem("minor_at_act", params, "birth_date"))
    return found


def is_adult_on(birth_date: date, day: date) -> bool:
    """Is the person 18 on that day? A year is full on the day after the birthday (法释〔2006〕1号, 2)."""
    birthday = _same_day(birth_date, birth_date.year + ADULT_YEARS)
    return day > birthday


def _id_problems(new: NewPerson) -> list[Problem]:
    number = normal_id_no(new.id_no)
    if not _ID_NO.fullmatch(number):
        return [Problem("id_no_form", field="id_no")]
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return [Problem("id_no_date", field="id_no")]
    if number[-1] != ric.calc_check_digit(number):
        return [Problem("id_no_check", field="id_no")]
    if born != new.birth_date:
        return [Problem("id_no_other_birth", {"in_number": born.isoformat()}, "birth_date")]
    return []


def _same_day(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # born on 29 February
        return date(year, 3, 1)


def as_json(new: NewPerson) -> Mapping[str, str]:
    """Return what is sealed."""
    return {
        "name": new.name.strip(),
        "id_no": normal_id_no(new.id_no),
        "birth_date": new.birth_date.isoformat(),
        "phone": new.phone,
    }
