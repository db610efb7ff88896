"""Following a feed: at least once, from where it was left, in whatever life."""

from __future__ import annotations

import threading

import pytest

from sync.errors import BadRequest, Overloaded
from sync.follower import Follower
from sync.sqlite import open_server
from tests.support.peers import Altered, TestClock


@pytest.fixture
def server(tmp_path):
    opened = open_server(tmp_path / "couch.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def logs(server):
    peer = server.create("logs")
    peer.bulk_docs([{"_id": f"e{n}", "n": n} for n in range(7)])
    return peer


@pytest.fixture
def central(server):
    return server.create("central")


def three_at_once(peer, since):
    return peer.changes(since, limit=3, include_docs=True)


def run(follower):
    """Return the ids that one run to the end takes."""
    taken = []
    while follower.run_once(lambda page: taken.extend(row.id for row in page.rows)):
        pass
    return taken


class TestFollower:
    """DESIGN 3: a follower keeps its checkpoint in its target, with both lives."""

    def test_every_row_is_taken_with_its_document_then_nothing(self, logs, central):
        follower, docs = Follower(logs, central, "f", read=three_at_once), []
        while follower.run_once(lambda page: docs.extend(row.doc["n"] for row in page.rows)):
            pass
        assert docs == [0, 1, 2, 3, 4, 5, 6]
        assert run(follower) == []

    def test_another_process_goes_on_where_this_one_ended(self, logs, central):
        run(Follower(logs, central, "f"))
        logs.bulk_docs([{"_id": "new"}])
        assert run(Follower(logs, central, "f")) == ["new"]

    def test_what_was_not_taken_whole_comes_again(self, logs, central):
        def fail(page):
            raise RuntimeError("the disk is full")

        follower = Follower(logs, central, "f", read=three_at_once)
        follower.run_once(lambda page: None)
        with pytest.raises(RuntimeError):
            follower.run_once(fail)
        assert run(follower) == ["e3", "e4", "e5", "e6"]
        assert run(Follower(logs, central, "f")) == []

    @pytest.mark.parametrize("name", ["logs", "central"])
    def test_another_life_of_either_database_begins_at_the_start(self, server, logs, central, name):
        follower = Follower(logs, central, "f")
        run(follower)
        server.delete(name)
        server.create(name)
        logs.bulk_docs([{"_id": "e0"}])
        assert "e0" in run(follower)
        assert "e0" in run(Follower(logs, central, "g"))

    def test_whatever_else_it_depends_on_is_a_life_too(self, logs, central):
        run(Follower(logs, central, "f", lives=lambda: ["epoch-1"]))
        assert run(Follower(logs, central, "f", lives=lambda: ["epoch-1"])) == []
        assert len(run(Follower(logs, central, "f", lives=lambda: ["epoch-2"]))) == 7

    def test_it_tells_whether_it_goes_on(self, logs, central):
        follower = Follower(logs, central, "f")
        assert (follower.begin(), follower.begin()) == (False, None)
        run(follower)
        assert Follower(logs, central, "f").begin() is True

    def test_a_garbled_checkpoint_begins_at_the_start(self, logs, central):
        life = [logs.info().instance_start_time, central.info().instance_start_time]
        central.put_local("f", {"life": life, "since": 3})
        assert len(run(Follower(logs, central, "f"))) == 7


class TestFollowing:
    def test_it_goes_on_until_it_is_cancelled_and_waits_out_trouble(self, logs, central):
        def once_in_trouble(peer, *args, **options):
            calls.append(1)
            if len(calls) == 2:
                raise Overloaded("Later.")
            return peer.changes(*args, **options)

        def take(page):
            taken.extend(row.id for row in page.rows)
            if len(taken) == 7:
                logs.bulk_docs([{"_id": "later"}])
            if "later" in taken:
                cancelled.set()

        calls, taken, troubles = [], [], []
        cancelled = threading.Event()
        follower = Follower(Altered(logs, changes=once_in_trouble), central, "f", read=three_at_once)
        follower.follow(take, cancelled, wait_s=10, clock=TestClock(), on_trouble=troubles.append)
        assert taken == [*(f"e{n}" for n in range(7)), "later"]
        assert [error.reason for error in troubles] == ["Later."]

    def test_what_no_waiting_mends_is_raised(self, logs, central):
        def refuse(*_args, **_options):
            raise BadRequest("No such filter.")

        with pytest.raises(BadRequest):
            Follower(Altered(logs, changes=refuse), central, "f").follow(print, threading.Event())
