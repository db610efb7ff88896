"""The people of the demo county: names that nobody bears, roles, and the accounts of the console."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.demo.county import County, Stories
from server.demo.device_log import seeded_ulid
from server.identity.directory import Directory
from server.identity.members import NewMember
from server.identity.passwords import hash_password, new_password

VOLUNTEERS: Final = 48
PARTICIPANTS: Final = 40
NEWCOMER: Final = "戊-01"
"""The display code of a participant with an offer that nobody has answered yet: for who tries the demo."""
BOTH: Final = 5
"""So many of the participants are volunteers too."""


@dataclass(frozen=True, slots=True)
class Person:
    """`roles` are pairs of role and scope; `login` only for those who use the console.

    A participant's `name` is the display code, as members' lists show it; `real_name` is kept as an identity.
    """

    id: str
    name: str
    roles: tuple[tuple[str, str], ...]
    login: str | None = None
    real_name: str = ""

    def has(self, role: str) -> bool:
        return any(held == role for held, _scope in self.roles)


@dataclass(frozen=True, slots=True)
class Account:
    """A console account as it is printed for whoever tries the demo."""

    login: str
    password: str
    role: str
    name: str


def cast(
    rng: random.Random,
    county: County,
    stories: Stories,
    *,
    station_ids: Sequence[str],
    unit_ids: Sequence[str],
    since: datetime,
) -> list[Person]:
    """Return everybody, the same for the same seed."""
    names = _names(rng, stories)
    people: list[Person] = []

    def add(*roles: tuple[str, str], login: str | None = None) -> None:
        people.append(Person(f"m{seeded_ulid(rng, since)}", next(names), roles, login))

    for login, role in (
        ("clerk", "intake_clerk"),
        ("clerk2", "intake_clerk"),
        ("prosecutor", "prosecutor"),
        ("prosecutor2", "prosecutor"),
        ("chief", "chief_procurator"),
        ("security", "security_officer"),
        ("auditor", "auditor"),
    ):
        add((role, "county"), login=login)
    for number, station in enumerate(station_ids):
        add(("supervisor", f"station:{station}"), login="station" if number == 0 else None)
    for number, township in enumerate(county.townships):
        add(("township_staff", f"township:{township.code}"), login="township" if number == 0 else None)
    for unit in unit_ids:
        add(("agency_liaison", f"unit:{unit}"))

    def add_participant(code: str, *more: tuple[str, str]) -> None:
        id_ = f"m{seeded_ulid(rng, since)}"
        people.append(Person(id_, code, (("participant", "self"), *more), real_name=next(names)))

    for number in range(PARTICIPANTS):
        add_participant(_code(number), *((("volunteer", "self"),) if number < BOTH else ()))
    for _ in range(VOLUNTEERS):
        add(("volunteer", "self"))
    add_participant(NEWCOMER)
    return people


def _code(number: int) -> str:
    return f"{'甲乙丙丁'[number // 10]}-{number % 10 + 1:02}"


def settle_in(directory: Directory, people: Sequence[Person], since: datetime) -> list[Account]:
    """Add everybody with their grants, and return the accounts with their fresh passwords."""
    accounts = [
        Account(person.login, new_password(), person.roles[0][0], person.name)
        for person in people
        if person.login
    ]
    with ThreadPoolExecutor(2) as pool:
        hashes = pool.map(lambda account: hash_password(account.password), accounts)
        verifiers = dict(zip((account.login for account in accounts), hashes, strict=True))
    directory.add_members(
        [
            NewMember(
                name=person.name,
                member_id=person.id,
                login=person.login,
                verifier=verifiers[person.login] if person.login else None,
            )
            for person in people
        ]
    )
    directory.add_grants(
        [
            directory.new_grant(person.id, role, scope, since)
            for person in people
            for role, scope in person.roles
        ]
    )
    return accounts


def _names(rng: random.Random, stories: Stories) -> Iterator[str]:
    """Return names without an end, no two alike."""
    taken: set[str] = set()
    while True:
        length = rng.choice((1, 2, 2, 2))
        name = rng.choice(stories.surnames) + "".join(rng.sample(stories.given_names, length))
        if name not in taken:
            taken.add(name)
            yield name
