"""Sessions over time: when a cookie is over, when it begins anew, what ends it."""

from __future__ import annotations

import threading

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from server.couch.app import load_or_make_secret
from server.couch.users import Users
from sync.errors import Unauthorized

SECRET = b"s" * 32


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def request(cookie: str) -> Request:
    return Request(EnvironBuilder(headers={"Cookie": f"AuthSession={cookie}"}).get_environ())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def users(clock):
    return Users({"root": "relax"}, {"ann": "secret"}, secret=SECRET, clock=clock)


class TestCookies:
    """PROTOCOL A15."""

    def test_a_session_lasts_ten_minutes(self, users, clock):
        cookie = users.cookie_value("root")
        clock.now_s += 600
        assert users.of(request(cookie)).is_admin
        clock.now_s += 1
        assert users.of(request(cookie)).name is None

    def test_one_that_works_begins_anew_after_a_tenth_of_its_time(self, users, clock):
        seen = request(users.cookie_value("ann"))
        assert users.of(seen).name == "ann"
        assert users.worn_session(seen) is None
        clock.now_s += 61
        assert users.worn_session(seen) == "ann"

    def test_it_ends_with_the_password_and_with_the_secret(self, users, clock):
        cookie = users.cookie_value("ann")
        for other in (
            Users({}, {"ann": "changed"}, secret=SECRET, clock=clock),
            Users({}, {"ann": "secret"}, secret=b"t" * 32, clock=clock),
            Users({"root": "relax"}, secret=SECRET, clock=clock),
        ):
            assert other.of(request(cookie)).name is None
        again = Users({}, {"ann": "secret"}, secret=SECRET, clock=clock)
        assert again.of(request(cookie)).name == "ann"

    def test_one_from_the_future_is_nobodys(self, users, clock):
        cookie = users.cookie_value("ann")
        clock.now_s -= 10
        assert users.of(request(cookie)).name is None


class TestPasswords:
    def test_guesses_are_counted_for_each_address_and_name_and_forgotten(self, users, clock):
        for _ in range(50):
            with pytest.raises(Unauthorized):
                users.sign_in("root", "wrong", "192.0.2.1")
        with pytest.raises(Exception, match="too many requests"):
            users.sign_in("root", "relax", "192.0.2.1")
        assert users.sign_in("root", "relax", "192.0.2.2").is_admin
        assert users.sign_in("ann", "secret", "192.0.2.1").name == "ann"
        clock.now_s += 11
        assert users.sign_in("root", "relax", "192.0.2.1").is_admin


class TestSecret:
    def test_processes_that_start_at_once_sign_alike(self, tmp_path):
        found, together = [], threading.Barrier(16)

        def start():
            together.wait()
            found.append(load_or_make_secret(tmp_path))

        threads = [threading.Thread(target=start) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(found), len(set(found)), len(found[0])) == (16, 1, 32)
        assert [path.name for path in tmp_path.iterdir()] == ["cookie-secret"]
        assert (tmp_path / "cookie-secret").stat().st_mode & 0o777 == 0o600
