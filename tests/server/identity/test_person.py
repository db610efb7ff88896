"""Identities in `accounts`: sealed, one a person, and nothing of whom the rules refuse (DOMAIN 3.1)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.identity.person import People
from server.identity.person_rules import NewPerson, PersonRefused
from tests.support.entries import CentreInTest, open_centre

TODAY = date(2026, 11, 23)
ZHAO = NewPerson(
    name="赵某某",
    id_no="371425199103020018",
    birth_date=date(1991, 3, 2),
    phone="13812345678",
    act_on=date(2026, 9, 1),
)
YOUNG = NewPerson(
    name="小某",
    id_no="371425200809020015",
    birth_date=date(2008, 9, 2),
    phone="13912345678",
    act_on=date(2026, 9, 1),
)


@pytest.fixture
def centre(tmp_path: Path):
    with open_centre(tmp_path) as opened:
        yield opened


def people_of(centre: CentreInTest) -> People:
    return People(centre.services.directory.accounts, centre.services.key_ring)


def all_accounts(centre: CentreInTest) -> str:
    return str(centre.services.couch.ensure("accounts").all_docs(include_docs=True))


class TestPerson:
    def test_an_identity_comes_back_as_it_was_given_and_stands_nowhere_in_the_clear(self, centre):
        people = people_of(centre)

        claim = people.add(ZHAO, TODAY)

        found = people.open(claim.member)
        assert (found.name, found.id_no, found.phone) == ("赵某某", "371425199103020018", "13812345678")
        assert found.birth_date == date(1991, 3, 2)
        for secret in ("赵某某", "371425199103020018", "13812345678", "1991-03-02"):
            assert secret not in all_accounts(centre)
            assert (
                secret.encode() not in (centre.services.settings.journal_folder / "people.jsonl").read_bytes()
            )

    def test_who_was_under_18_at_the_act_leaves_no_trace(self, centre):
        before = all_accounts(centre)

        with pytest.raises(PersonRefused) as refused:
            people_of(centre).add(YOUNG, TODAY)

        assert [problem.code for problem in refused.value.problems] == ["minor_at_act"]
        assert all_accounts(centre) == before

    def test_the_same_person_keeps_the_code_given_first(self, centre):
        first = people_of(centre).add(ZHAO, TODAY)

        again = people_of(centre).add(ZHAO, TODAY)

        assert (again.member, again.display_code, again.is_new) == (first.member, first.display_code, False)

    def test_what_a_crash_cut_short_goes_on_with_the_same_member(self, centre):
        people, accounts = people_of(centre), centre.services.directory.accounts
        first = people.add(ZHAO, TODAY)
        accounts.delete(f"person:{first.member}")  # the crash came before it was written

        again = people.add(ZHAO, TODAY)

        assert (again.member, again.is_new) == (first.member, True)

    def test_codes_follow_no_order_and_no_two_are_alike(self, centre):
        people = people_of(centre)
        codes = [people._claim_code(f"m{number}") for number in range(120)]

        assert len(set(codes)) == 120
        assert codes != sorted(codes)

    def test_an_erased_identity_is_gone_and_its_code_is_not_given_again(self, centre):
        people = people_of(centre)
        claim = people.add(ZHAO, TODAY)

        assert people.erase(claim.member)

        assert people.open(claim.member) is None
        assert f"display_code:{claim.display_code}" in all_accounts(centre)
        assert people.add(ZHAO, TODAY).member != claim.member
