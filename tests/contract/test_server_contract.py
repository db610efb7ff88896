"""What every Server does: databases come and go, commits are heard of, seqs belong to a life."""

from __future__ import annotations

import threading
import time

import pytest

from sync.errors import BadRequest, DatabaseNotFound, PreconditionFailed
from tests.contract.neighbours import near


class TestDatabases:
    """PROTOCOL A3 to A7."""

    def test_they_are_created_listed_and_deleted(self, server):
        for name in ("logs", "member-1", "member-2", "a/b"):
            server.create(name)
        assert server.names() == ["a/b", "logs", "member-1", "member-2"]
        assert server.names("member-") == ["member-1", "member-2"]
        server.delete("member-1")
        assert server.names("member-") == ["member-2"]
        with pytest.raises(DatabaseNotFound):
            server.open("member-1")
        with pytest.raises(DatabaseNotFound):
            server.delete("member-1")

    def test_creating_twice_is_refused_ensuring_is_not(self, server):
        server.create("a")
        with pytest.raises(PreconditionFailed):
            server.create("a")
        assert server.ensure("a").name == "a"
        assert server.ensure("b").info().doc_count == 0

    @pytest.mark.parametrize(
        "name", ["", "Abc", "1abc", "_users", "a b", "a\n", "a%2f", "../a", "ä", "a" * 239]
    )
    def test_bad_names_are_refused(self, server, name):
        with pytest.raises(BadRequest):
            server.create(name)

    def test_a_database_created_again_is_empty_and_another_one(self, server):
        peer = server.create("a")
        peer.bulk_docs([{"_id": "x"}])
        peer.put_local("cp", {})
        old = peer.info()
        server.delete("a")
        again = server.create("a")
        assert (again.info().doc_count, again.get_local("cp")) == (0, None)
        assert again.info().instance_start_time != old.instance_start_time
        again.bulk_docs([{"_id": "y"}])
        # An old seq rewinds to 0, never forward (PROTOCOL E80).
        assert [row.id for row in again.changes(old.update_seq).rows] == ["y"]

    def test_what_is_written_in_one_is_not_seen_in_another(self, server):
        one, other = server.create("one"), server.create("other")
        one.bulk_docs([{"_id": "x"}])
        assert (other.all_docs(), other.changes().rows) == ([], [])


class TestWaiting:
    """A commit between looking and waiting is never missed (PROTOCOL E76)."""

    def test_it_ends_at_once_when_something_is_later(self, peer):
        peer.bulk_docs([{"_id": "a"}])
        assert peer.wait("0", 10) is True

    def test_it_ends_when_time_is_up(self, peer):
        started = time.monotonic()
        assert peer.wait("now", 0.05) is False
        assert time.monotonic() - started < 5

    def test_a_commit_wakes_it(self, peer):
        seq = peer.info().update_seq
        writer = threading.Timer(0.1, lambda: peer.bulk_docs([{"_id": "a"}]))
        writer.start()
        assert peer.wait(seq, 20) is True
        writer.join()

    def test_a_commit_to_another_database_does_not(self, server, peer):
        other = server.create("other")
        writer = threading.Timer(0.02, lambda: other.bulk_docs([{"_id": "a"}]))
        writer.start()
        assert peer.wait(peer.info().update_seq, 0.2) is False
        writer.join()

    def test_a_refused_write_does_not(self, peer):
        seq = peer.info().update_seq
        peer.bulk_docs([{"_id": "_bad"}])
        assert peer.wait(seq, 0.2) is False

    def test_a_commit_is_told_to_who_listens_and_to_nobody_later(self, server, peer):
        names = []
        unsubscribe = server.subscribe(names.append)
        peer.bulk_docs([{"_id": "good"}])
        unsubscribe()
        server.create("other").bulk_docs([{"_id": "later"}])
        # Told at least once: over HTTP a commit of ours is heard of a second time from the server.
        assert set(names) == {"leads"}


class TestManyCallers:
    """Callers share commits and never each other's fate."""

    def test_every_acknowledged_row_of_every_thread_is_there(self, peer):
        def write(number):
            for turn in range(20):
                rows = peer.bulk_docs([{"_id": f"{number}-{turn}"}, {"_id": "_bad"}])
                acknowledged.extend(row.id for row in rows if row.is_ok)

        acknowledged: list[str] = []
        at_once(8, write)
        assert len(acknowledged) == 160
        assert sorted(acknowledged) == [row.id for row in peer.all_docs()]

    def test_of_those_who_create_one_document_one_is_acknowledged_with_all_its_copies(self, peer):
        def create(number):
            [row] = peer.bulk_docs([{"_id": "shared", "writer": number}])
            acknowledged.extend([number] if row.is_ok and row.is_durable else [])

        acknowledged: list[int] = []
        at_once(8, create)
        standing = [leaf["writer"] for leaf in peer.open_revs("shared", "all")]
        # On a cluster each of several may reach some copies first: then all of them stand as conflicts.
        assert (acknowledged == standing and len(standing) == 1) or (len(standing) > 1 and not acknowledged)

    def test_seqs_are_seen_in_order_while_others_write(self, peer):
        ids = [near(f"d{number}") for number in range(100)]
        writer = threading.Thread(target=lambda: [peer.bulk_docs([{"_id": doc_id}]) for doc_id in ids])
        writer.start()
        seen, seq = [], "0"
        while len(seen) < len(ids) and peer.wait(seq, 20):
            page = peer.changes(seq)
            seq = page.last_seq
            seen += [row.id for row in page.rows]
        writer.join()
        assert seen == ids


def at_once(count, write):
    threads = [threading.Thread(target=write, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
