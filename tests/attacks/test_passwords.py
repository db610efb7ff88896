"""ATTACKS 7, case 48: guessing passwords is slow, bounded, and does not tell which names exist."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from server.identity.console_sessions import ConsoleSessions, WrongCredentials
from server.identity.lockout import LockedOut
from server.waiting import run_here

PASSWORD = "reed-heron-dyke-59"


@pytest.fixture
def sessions(services):
    services.directory.add_member("王检察官", login="wang", password=PASSWORD)
    return services.console_sessions


def outcome(sessions: ConsoleSessions, login: str, password: str, address: str = "127.0.0.1") -> str:
    try:
        sessions.sign_in(login, password, address=address)
    except WrongCredentials:
        return "wrong"
    except LockedOut as lock:
        return "locked" if 0 < lock.retry_after_s <= 900 else "badly locked"
    return "in"


def test_48_the_sixth_wrong_password_is_locked_out_and_so_is_the_right_one(sessions):
    assert [outcome(sessions, "wang", f"wrong-{n}") for n in range(6)] == ["wrong"] * 5 + ["locked"]
    assert outcome(sessions, "WANG ", PASSWORD, "10.0.0.9") == "locked"


def test_48_a_name_that_nobody_has_is_locked_out_alike(sessions):
    assert [outcome(sessions, "nobody", f"wrong-{n}") for n in range(6)] == ["wrong"] * 5 + ["locked"]


def test_48_twenty_failures_from_one_address_lock_the_address(sessions):
    outcomes = [outcome(sessions, f"name-{n}", "wrong-one") for n in range(21)]

    assert outcomes == ["wrong"] * 20 + ["locked"]
    assert outcome(sessions, "wang", PASSWORD) == "locked"
    assert outcome(sessions, "wang", PASSWORD, "10.0.0.9") == "in"


def test_48_the_lock_opens_by_itself(sessions, services):
    for n in range(6):
        outcome(sessions, "wang", f"wrong-{n}")
    later = ConsoleSessions(
        services.directory, run_here, clock=lambda: datetime.now(UTC) + timedelta(minutes=15, seconds=1)
    )

    assert outcome(later, "wang", PASSWORD) == "in"


def test_48_an_unknown_name_takes_as_long_as_a_wrong_password(sessions):
    """The least of 5 each, of processor time: a hash takes some 150 ms, finding a name less than one."""
    known, unknown = [], []
    for n in range(5):
        for login, times in (("wang", known), (f"nobody-{n}", unknown)):
            began = time.process_time()
            outcome(sessions, login, "wrong-one", f"10.0.0.{n}")
            times.append(time.process_time() - began)

    assert 0.7 < min(known) / min(unknown) < 1.4
    assert min(known) > 0.05
