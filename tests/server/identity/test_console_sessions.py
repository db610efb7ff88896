"""Console sessions: a random token stored as its hash, which ends by itself and on request."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from server.identity.console_sessions import ConsoleSessions, WrongCredentials
from server.identity.members import NewMember
from server.identity.passwords import (
    MEMORY_KIB,
    NOBODYS_VERIFIER,
    TIME_COST,
    PasswordRefused,
    hash_password,
    is_right,
)
from server.waiting import run_here

PASSWORD = "reed-heron-dyke-59"
VERIFIER = hash_password(PASSWORD)


@pytest.fixture
def member(directory):
    return directory.add_members([NewMember(name="王秀英", login="wang", verifier=VERIFIER)])[0]


@pytest.fixture
def sessions(directory, member, clock) -> ConsoleSessions:
    return ConsoleSessions(directory, run_here, idle_min=60, longest_h=12, clock=clock)


def sign_in(sessions: ConsoleSessions) -> str:
    return sessions.sign_in("wang", PASSWORD, address="10.0.0.1", agent="Browser")[0]


class TestTokens:
    """ASVS 7.2.3; ATTACKS 3."""

    def test_a_token_opens_its_session(self, sessions, member):
        token = sign_in(sessions)

        session = sessions.session(token)

        assert (session.member, session.address, session.agent) == (member.id, "10.0.0.1", "Browser")
        assert len(token) == 43
        assert sessions.session(token[:-1] + "x") is None
        assert sessions.session("") is None

    def test_neither_token_nor_address_is_readable_in_the_file(self, sessions, couch, tmp_path):
        token = sign_in(sessions)
        couch.close()

        kept = b"".join(path.read_bytes() for path in tmp_path.glob("couch.sqlite*"))
        assert b"created_at" in kept  # what is not sealed can be read, so this test can fail
        assert token.encode() not in kept
        assert b"10.0.0.1" not in kept

    def test_forms_carry_a_token_of_their_session_alone(self, sessions):
        first, second = (sessions.session(sign_in(sessions)) for _ in range(2))

        assert sessions.is_own_form(first, sessions.anti_forgery(first)) is True
        assert sessions.is_own_form(first, sessions.anti_forgery(second)) is False
        assert sessions.is_own_form(first, None) is False
        assert sessions.is_own_form(first, "ü") is False


class TestEnds:
    """ASVS 7.3.1, 7.3.2, 7.4.1, 7.5.2."""

    def test_a_session_ends_after_an_hour_without_use(self, sessions, clock):
        token = sign_in(sessions)
        clock.forward(minutes=59)
        assert sessions.session(token) is not None
        clock.forward(minutes=59)
        assert sessions.session(token) is not None

        clock.forward(minutes=60)

        assert sessions.session(token) is None

    def test_a_session_ends_after_twelve_hours_however_much_it_is_used(self, sessions, clock):
        token = sign_in(sessions)
        seen = []
        for _ in range(26):
            seen.append(sessions.session(token) is not None)
            clock.forward(minutes=30)

        assert seen == [True] * 24 + [False] * 2

    def test_sessions_are_listed_and_revoked_one_by_one(self, sessions, member, clock):
        first = sign_in(sessions)
        clock.forward(seconds=1)
        second = sign_in(sessions)
        assert [s.id for s in sessions.sessions(member.id)] == [
            sessions.session(second).id,
            sessions.session(first).id,
        ]

        sessions.revoke(sessions.session(first).id)

        assert sessions.session(first) is None
        assert sessions.session(second) is not None

    def test_all_but_the_own_are_revoked(self, sessions, member):
        tokens = [sign_in(sessions) for _ in range(3)]

        sessions.revoke_all(member.id, but=sessions.session(tokens[1]).id)

        assert [sessions.session(token) is not None for token in tokens] == [False, True, False]

    def test_a_retired_member_is_signed_out_and_stays_out(self, sessions, directory, member, clock):
        token = sign_in(sessions)

        directory.retire_member(member.id, clock())

        assert sessions.session(token) is None
        with pytest.raises(WrongCredentials):
            sign_in(sessions)

    def test_what_is_over_is_forgotten(self, sessions, clock, directory):
        sign_in(sessions)
        with pytest.raises(WrongCredentials):
            sessions.sign_in("wang", "wrong-wrong", address="10.0.0.2")
        clock.forward(hours=13)

        assert sessions.forget_old() >= 2
        assert directory.accounts.of_kind("console_session") == []
        assert directory.accounts.of_kind("lockout") == []


class TestPasswords:
    """ATTACKS 3: argon2id, and the same work for a name that nobody has."""

    def test_the_verifier_of_nobody_costs_what_a_real_one_costs(self):
        hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1)

        assert VERIFIER.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
        assert hasher.check_needs_rehash(NOBODYS_VERIFIER) is False
        assert is_right(None, "nobody has this password") is False

    def test_only_the_right_password_fits(self):
        assert is_right(VERIFIER, PASSWORD) is True
        assert is_right(VERIFIER, PASSWORD + " ") is False
        assert is_right("no verifier", PASSWORD) is False

    @pytest.mark.parametrize("password", ["1234567", "x" * 201])
    def test_too_short_and_too_long_are_refused(self, password):
        with pytest.raises(PasswordRefused):
            hash_password(password)
