"""One replication between two real files: what arrives, what is told, where it goes on."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest, DatabaseNotFound, Forbidden, Overloaded, StorageFailed, TooLarge
from sync.peer import WriteResult
from sync.replication.batches import Question, missing_revisions
from sync.replication.replicator import Pace, Replication
from sync.sqlite import open_server
from tests.support.peers import Altered, TestClock, histories, holdings

ID = "7" * 32


@pytest.fixture
def near(tmp_path):
    opened = open_server(tmp_path / "near.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def far(tmp_path):
    opened = open_server(tmp_path / "far.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def source(near):
    return near.create("leads")


@pytest.fixture
def target(far):
    return far.create("leads")


def write(peer, first, last, **members):
    docs = [{"_id": f"lead:{number:04}", "n": number, **members} for number in range(first, last)]
    return {row.id: row.rev for row in peer.bulk_docs(docs)}


def replicate(source, target, **options):
    pace = Pace(batch_rows=options.pop("rows", 20), attempts=4)
    return Replication(source, target, ID, pace=pace, clock=TestClock(), **options).run()


class TestReplication:
    """Replication Protocol, "Replicate Changes"."""

    def test_the_target_then_holds_every_leaf_with_body_and_history(self, source, target):
        revs = write(source, 0, 50)
        source.bulk_docs([{"_id": "lead:0003", "_rev": revs["lead:0003"], "n": -3}])
        source.bulk_docs([{"_id": "lead:0004", "_rev": revs["lead:0004"], "_deleted": True, "why": "twice"}])
        siblings = [{"_id": "w", "_revisions": {"start": 2, "ids": [x * 32, "a" * 32]}} for x in "bc"]
        source.bulk_docs(siblings, new_edits=False)

        done = replicate(source, target)

        assert holdings(target) == holdings(source)
        assert histories(target) == histories(source)
        assert (done.statistics.docs_written, done.statistics.doc_write_failures) == (52, 0)
        assert (done.statistics.missing_checked, done.statistics.missing_found) == (52, 52)

    def test_what_the_target_already_has_is_not_read_again(self, source, target):
        write(source, 0, 30)
        write(target, 0, 20)
        done = replicate(source, target)
        assert (done.statistics.missing_checked, done.statistics.docs_read) == (30, 10)

    def test_upper_case_digits_are_the_same_revision(self, target):
        """PROTOCOL 1.5: PouchDB may name it so; CouchDB answers in lower case."""
        assert missing_revisions(target, [("a", "1-" + "A" * 32)], []) == {("a", "1-" + "A" * 32)}

    def test_only_what_was_asked_for_arrives(self, source, target):
        write(source, 0, 30)
        replicate(source, target, question=Question(doc_ids=["lead:0007", "lead:0011"]))
        assert sorted(holdings(target)) == ["lead:0007", "lead:0011"]

    def test_numbers_beyond_64_bits_keep_their_value(self, source, target):
        source.bulk_docs([{"_id": "n", "n": 123456789012345678901234567890, "x": 1.0}])
        replicate(source, target)
        assert target.get("n")["n"] == 123456789012345678901234567890

    def test_the_database_must_exist_on_both_sides(self, source, target, far):
        far.delete("leads")
        with pytest.raises(DatabaseNotFound):
            replicate(source, target)

    def test_heavy_documents_are_read_and_written_a_few_at_a_time(self, source, target):
        for number in range(12):
            source.bulk_docs([{"_id": f"p{number}", "photo": "x" * 300_000}])
        weights = []

        def weigh(peer, docs, **options):
            weights.append(sum(len(str(doc)) for doc in docs))
            return peer.bulk_docs(docs, **options)

        pace = Pace(batch_bytes=1_000_000)
        Replication(source, Altered(target, bulk_docs=weigh), ID, pace=pace).run()
        assert len(holdings(target)) == 12
        assert max(weights) <= 1_000_000


class TestCheckpoints:
    """Replication Protocol, "Record Replication Checkpoint"; RELIABILITY, PouchDB #1240."""

    def test_a_second_run_goes_on_where_the_first_ended(self, source, target):
        write(source, 0, 30)
        replicate(source, target)
        write(source, 30, 33)
        again = replicate(source, target)
        assert (again.statistics.missing_checked, again.statistics.docs_written) == (3, 3)

    def test_both_logs_say_the_same_with_couchdbs_words(self, source, target):
        write(source, 0, 5)
        done = replicate(source, target)
        ours, theirs = source.get_local(ID), target.get_local(ID)
        assert ours["history"] == theirs["history"]
        assert ours["source_last_seq"] == done.source_last_seq == source.info().update_seq
        [entry] = ours["history"]
        assert {name: entry[name] for name in ("docs_read", "docs_written", "missing_found")} == {
            "docs_read": 5,
            "docs_written": 5,
            "missing_found": 5,
        }
        assert entry["start_time"].endswith("GMT")

    def test_the_target_is_told_first(self, source, target):
        told = []

        def put(side):
            return lambda peer, *args: (told.append(side), peer.put_local(*args))[1]

        write(source, 0, 5)
        replicate(Altered(source, put_local=put("source")), Altered(target, put_local=put("target")))
        assert told == ["target", "source"] * 2

    def test_what_the_target_does_not_keep_durably_moves_no_checkpoint(self, source, target):
        def below_quorum(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            return [WriteResult(row.id, row.rev, is_durable=row.id != "lead:0003") for row in rows]

        write(source, 0, 5)
        with pytest.raises(Overloaded, match="copies"):
            replicate(source, Altered(target, bulk_docs=below_quorum))
        assert target.get_local(ID)["source_last_seq"] == "0"
        replicate(source, target)
        assert target.get_local(ID)["source_last_seq"] == source.info().update_seq

    def test_a_peer_that_keeps_no_log_is_replicated_all_the_same_and_it_is_said(self, source, target):
        def forbid(*_):
            raise Forbidden("Not yours.")

        write(source, 0, 5)
        done = replicate(Altered(source, put_local=forbid, get_local=forbid), target)
        assert (done.statistics.docs_written, done.is_recorded) == (5, False)


class TestOtherLives:
    """PROTOCOL 1.9 and E80, CouchDB #3897: a database made again or set back is noticed."""

    def test_a_target_made_again_gets_everything_again(self, source, target, far):
        write(source, 0, 30)
        replicate(source, target)
        far.delete("leads")
        far.create("leads")
        replicate(source, target)
        assert holdings(target) == holdings(source)

    def test_a_target_made_again_meanwhile_gets_everything_too(self, source, target, far):
        def made_again(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            if len(times) == 1:
                far.delete("leads")
                far.create("leads")
            times.append(1)
            return rows

        times = []
        write(source, 0, 90)
        replicate(source, Altered(target, bulk_docs=made_again))
        assert holdings(target) == holdings(source)

    def test_a_source_made_again_is_read_from_its_beginning(self, source, target, near):
        write(source, 0, 30)
        replicate(source, target)
        near.delete("leads")
        near.create("leads")
        source.bulk_docs([{"_id": "first"}])
        replicate(source, target)
        assert target.get("first")["_id"] == "first"

    def test_a_target_restored_from_a_copy_within_a_session_gets_back_what_it_lost(
        self, source, target, far, tmp_path
    ):
        write(source, 0, 30)
        replicate(source, target, rows=20)
        far.backup_to(tmp_path / "copy.sqlite")
        write(source, 30, 60)
        replicate(source, target)
        restored = open_server(tmp_path / "copy.sqlite")
        replicate(source, restored.open("leads"))
        assert holdings(restored.open("leads")) == holdings(source)
        restored.close()


class TestRefusedDocuments:
    """PROTOCOL 1.2 and 1.3, RELIABILITY T13: told, kept, offered again, never in the others' way."""

    def test_one_bad_document_is_told_and_the_others_arrive(self, source, target):
        write(source, 0, 30)
        done = replicate(source, denying(target, "lead:0007"))
        assert [(row.id, row.side, row.error, row.reason) for row in done.refused] == [
            ("lead:0007", "target", "forbidden", "Not yet.")
        ]
        assert (len(holdings(target)), done.statistics.doc_write_failures) == (29, 1)

    def test_it_arrives_once_the_permission_is_granted(self, source, target):
        write(source, 0, 30)
        replicate(source, denying(target, "lead:0007", "lead:0008"))
        assert [row.id for row in replicate(source, denying(target, "lead:0008")).refused] == ["lead:0008"]
        assert replicate(source, target).refused == []
        assert holdings(target) == holdings(source)

    def test_more_than_can_be_listed_are_found_by_comparing_all(self, source, target):
        source.bulk_docs([{"_id": f"x{number}"} for number in range(1100)])
        everything = [f"x{number}" for number in range(1100)]
        assert len(replicate(source, denying(target, *everything), rows=500).refused) == 1100
        assert replicate(source, target, rows=500).refused == []
        assert holdings(target) == holdings(source)

    def test_what_was_purged_meanwhile_is_no_longer_offered(self, source, target):
        write(source, 0, 10)
        [refused] = replicate(source, denying(target, "lead:0007")).refused
        source.purge({refused.id: [refused.rev]})
        assert replicate(source, target).refused == []

    def test_a_batch_refused_for_one_row_is_halved_until_that_row_is_alone(self, source, target):
        def poisoned(peer, docs, **options):
            if any(doc["_id"] == "lead:0013" for doc in docs):
                raise BadRequest("The whole batch is refused.")
            return peer.bulk_docs(docs, **options)

        write(source, 0, 40)
        done = replicate(source, Altered(target, bulk_docs=poisoned))
        assert [(row.id, row.error) for row in done.refused] == [("lead:0013", "bad_request")]
        assert len(holdings(target)) == 39

    def test_a_target_that_takes_little_at_once_gets_little_at_once(self, source, target):
        def small(peer, docs, **options):
            if sum(len(str(doc)) for doc in docs) > 60_000:
                raise TooLarge("Too much.")
            return peer.bulk_docs(docs, **options)

        write(source, 0, 60, text="x" * 10_000)
        done = replicate(source, Altered(target, bulk_docs=small))
        assert done.refused == []
        assert holdings(target) == holdings(source)

    @pytest.mark.parametrize(
        "error", [BadRequest("Too deep to be read."), StorageFailed("Its bytes are others.", error="damaged")]
    )
    def test_a_document_that_cannot_be_read_is_told_and_comes_when_it_can(self, source, target, error):
        def damaged(peer, wanted, **options):
            if any(doc_id == "lead:0002" for doc_id, _ in wanted):
                raise error
            return peer.bulk_get(wanted, **options)

        write(source, 0, 30)
        done = replicate(Altered(source, bulk_get=damaged), target)
        assert [(row.id, row.side) for row in done.refused] == [("lead:0002", "source")]
        assert replicate(source, target).refused == []
        assert holdings(target) == holdings(source)

    def test_a_revision_that_cannot_be_compared_is_told(self, source, target):
        def strict(peer, revs):
            if "lead:0005" in revs:
                raise BadRequest("Invalid rev format")
            return peer.revs_diff(revs)

        write(source, 0, 20)
        done = replicate(source, Altered(target, revs_diff=strict))
        assert [(row.id, row.side, row.reason) for row in done.refused] == [
            ("lead:0005", "target", "Invalid rev format")
        ]
        assert len(holdings(target)) == 19


class TestTrouble:
    """Backoff by the class of the error; nothing is skipped because of it."""

    def test_a_busy_target_is_waited_for(self, source, target):
        def busy(peer, docs, **options):
            turns.append(1)
            if len(turns) in (1, 2, 4):
                raise Overloaded("Later.")
            return peer.bulk_docs(docs, **options)

        turns = []
        write(source, 0, 90)
        assert replicate(source, Altered(target, bulk_docs=busy)).refused == []
        assert holdings(target) == holdings(source)

    def test_a_single_run_gives_up_after_its_attempts_and_says_why(self, source, target):
        def busy(*_, **__):
            turns.append(1)
            raise Overloaded("Later.")

        turns = []
        write(source, 0, 5)
        with pytest.raises(Overloaded):
            replicate(source, Altered(target, bulk_docs=busy))
        assert len(turns) == 4

    def test_no_permission_for_the_database_ends_it_at_once(self, source, target):
        def forbid(*_, **__):
            raise Forbidden("Not yours.")

        write(source, 0, 5)
        with pytest.raises(Forbidden):
            replicate(source, Altered(target, bulk_docs=forbid))


def denying(peer, *doc_ids):
    """Return a target that refuses these documents, and takes the others of the same batch."""

    def deny(real, docs, **options):
        taken = iter(real.bulk_docs([doc for doc in docs if doc["_id"] not in doc_ids], **options))
        refusal = {"error": "forbidden", "reason": "Not yet."}
        return [WriteResult(doc["_id"], **refusal) if doc["_id"] in doc_ids else next(taken) for doc in docs]

    return Altered(peer, bulk_docs=deny)
