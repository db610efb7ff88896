"""A replication that ends in the worst moments: the next run brings what is missing."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest, Forbidden, Overloaded, StorageFailed
from sync.peer import WriteResult
from sync.replication.replicator import Pace, Replication
from sync.sqlite import open_server
from tests.support.peers import Altered, TestClock, holdings

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
    peer = near.create("leads")
    peer.bulk_docs([{"_id": f"lead:{n:03}", "n": n} for n in range(40)])
    return peer


@pytest.fixture
def target(far):
    return far.create("leads")


def replicate(source, target, **pace):
    pace = {"batch_rows": 10, "checkpoint_s": 0.0, "attempts": 3} | pace
    return Replication(source, target, ID, pace=Pace(**pace), clock=TestClock()).run()


def failing(peer, method, *, at, error):
    """Return the peer, whose n-th call of a method fails before it does anything."""
    calls = []

    def call(real, *args, **kwargs):
        calls.append(1)
        if len(calls) == at:
            raise error
        return getattr(real, method)(*args, **kwargs)

    return Altered(peer, **{method: call})


class TestInterrupted:
    """Only what the target holds durably moves a checkpoint (RELIABILITY, PouchDB #1240)."""

    @pytest.mark.parametrize("at", range(2, 6))
    def test_the_next_run_brings_the_rest(self, source, target, at):
        with pytest.raises(Forbidden):
            replicate(source, failing(target, "bulk_docs", at=at - 1, error=Forbidden("Stop.")))
        assert len(holdings(target)) < 40
        replicate(source, target)
        assert holdings(target) == holdings(source)

    def test_leaves_of_one_document_on_both_sides_of_a_cut_all_arrive(self, source, target):
        leaves = [{"_id": "w", "_rev": f"1-{n:032x}"} for n in range(30)]
        source.bulk_docs(leaves, new_edits=False)
        stopping = failing(target, "bulk_docs", at=6, error=Forbidden("Stop."))
        with pytest.raises(Forbidden):
            replicate(source, stopping)
        assert len(holdings(target)["w"]) == 10
        replicate(source, target)
        assert len(holdings(target)["w"]) == 30

    @pytest.mark.parametrize("method", ["put_local", "get_local", "info", "revs_diff", "bulk_docs"])
    @pytest.mark.parametrize("at", range(1, 9))
    def test_any_call_may_fail_once(self, source, target, method, at):
        replicate(source, failing(target, method, at=at, error=StorageFailed("Once.")))
        assert holdings(target) == holdings(source)
        assert target.get_local(ID)["source_last_seq"] == source.info().update_seq


class TestLivesMeanwhile:
    """PROTOCOL 1.9, CouchDB #3897: between the look and the log a database may become another."""

    def test_a_log_written_into_a_database_made_again_meanwhile_is_not_believed(self, source, target, far):
        def made_again(peer, local_id, body):
            if body.get("history", [{}])[0].get("recorded_seq", "0") == source.info().update_seq:
                far.delete("leads")
                far.create("leads")
                raise_after.append(peer.put_local(local_id, body))
                raise Forbidden("Stop.")
            return peer.put_local(local_id, body)

        raise_after = []
        replicate(source, Altered(target, put_local=made_again))
        assert raise_after != []
        assert holdings(target) == {}
        # As if the source had been told too: its log alone decides nothing.
        source.put_local(ID, target.get_local(ID))
        replicate(source, target)
        assert holdings(target) == holdings(source)

    def test_a_restore_meanwhile_sends_it_back(self, source, target, far):
        """The restored file has the very log that was left there, and lacks what came after."""

        def restored(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            calls.append(1)
            if len(calls) == 2:
                peer.purge({doc["_id"]: [doc["_rev"]] for doc in docs})
                far.change_epoch()
            return rows

        calls = []
        done = replicate(source, Altered(target, bulk_docs=restored), checkpoint_s=60.0)
        assert done.statistics.missing_checked > 40

    def test_a_log_that_is_gone_meanwhile_sends_it_back(self, source, target):
        def lost(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            if len(calls) == 2:
                peer.delete_local(ID)
                peer.purge({doc["_id"]: [doc["_rev"]] for doc in docs})
            calls.append(1)
            return rows

        calls = []
        done = replicate(source, Altered(target, bulk_docs=lost))
        assert done.statistics.missing_checked > 40
        assert target.get_local(ID)["source_last_seq"] == source.info().update_seq


class TestRefusalsSurvive:
    """RELIABILITY T13: the list of what was refused is as safe as the checkpoint that passed it."""

    def test_a_list_that_could_not_be_read_once_is_not_taken_for_empty(self, source, target):
        replicate(source, denying(target, "lead:007"))
        unread = failing(source, "get_local", at=2, error=StorageFailed("Once."))
        assert [row.id for row in replicate(unread, denying(target, "lead:007")).refused] == ["lead:007"]
        assert replicate(source, target).refused == []
        assert holdings(target) == holdings(source)

    def test_nor_when_it_is_read_again_in_the_middle_of_a_run(self, source, target):
        def set_back(peer, docs, **options):
            if len(calls) == 1:
                peer.put_local(ID, before)
            calls.append(1)
            return denying(peer, "lead:007").bulk_docs(docs, **options)

        def unreadable_once(peer, local_id):
            reads.append(local_id)
            if reads.count(f"{ID}-refused") == 2:
                reads.append(f"{ID}-refused")
                raise StorageFailed("Once.")
            return peer.get_local(local_id)

        calls, reads = [], []
        replicate(source, denying(target, "lead:007"))
        before = target.get_local(ID)
        source.bulk_docs([{"_id": f"more:{n}"} for n in range(30)])
        done = replicate(Altered(source, get_local=unreadable_once), Altered(target, bulk_docs=set_back))
        assert [row.id for row in done.refused] == ["lead:007"]
        assert replicate(source, target).refused == []
        assert holdings(target) == holdings(source)

    @pytest.mark.parametrize("error", [Forbidden("Stop."), StorageFailed("Once.")])
    def test_all_is_compared_though_what_the_list_holds_came_otherwise(self, source, target, error):
        everything = [f"lead:{n:03}" for n in range(40)]
        listed = replicate(source, denying(target, *everything), refusals_kept=5).refused[:5]
        target.bulk_docs([source.get(row.id) for row in listed], new_edits=False)
        try:
            replicate(failing(source, "changes", at=1, error=error), target, refusals_kept=5)
        except Forbidden:
            replicate(source, target, refusals_kept=5)
        assert holdings(target) == holdings(source)

    def test_a_list_that_does_not_hold_all_counts_until_all_was_compared(self, source, target):
        everything = [f"lead:{n:03}" for n in range(40)]
        replicate(source, denying(target, *everything), refusals_kept=5)
        stopping = failing(target, "bulk_docs", at=3, error=Forbidden("Stop."))
        with pytest.raises(Forbidden):
            replicate(source, stopping, refusals_kept=5)
        replicate(source, target, refusals_kept=5)
        assert holdings(target) == holdings(source)

    def test_all_compared_the_list_is_whole_again(self, source, target):
        everything = [f"lead:{n:03}" for n in range(40)]
        replicate(source, denying(target, *everything), refusals_kept=5)
        replicate(source, target, refusals_kept=5)
        assert replicate(source, target, refusals_kept=5).statistics.missing_checked == 0

    def test_an_answer_lost_below_quorum_is_no_copy(self, source, target):
        """Asked what it lacks, the target names nothing; and yet it may lose what it has."""

        def thin(peer, docs, **options):
            written.append({doc["_id"] for doc in docs})
            rows = peer.bulk_docs(docs, **options)
            if len(written) == 2:
                raise StorageFailed("No answer came.")
            return rows

        written = []
        replicate(source, Altered(target, bulk_docs=thin))
        assert sum("lead:010" in ids for ids in written) == 2

    def test_what_has_too_few_copies_stays_so_though_it_cannot_be_read_for_a_while(self, source, target):
        def thin(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            return [WriteResult(row.id, row.rev, is_durable=False) for row in rows]

        def noting(peer, docs, **options):
            written.extend(doc["_id"] for doc in docs)
            return peer.bulk_docs(docs, **options)

        def unreadable(*_args, **_options):
            raise BadRequest("Not now.")

        with pytest.raises(Overloaded):
            replicate(source, Altered(target, bulk_docs=thin))
        replicate(Altered(source, bulk_get=unreadable), target)
        written = []
        replicate(source, Altered(target, bulk_docs=noting))
        assert {f"lead:{n:03}" for n in range(10)} <= set(written)

    def test_what_has_too_few_copies_is_written_again_in_another_life_of_the_source_too(
        self, source, target, near
    ):
        def thin(peer, docs, **options):
            rows = peer.bulk_docs(docs, **options)
            return [WriteResult(row.id, row.rev, is_durable=False) for row in rows]

        with pytest.raises(Overloaded):
            replicate(source, Altered(target, bulk_docs=thin), refusals_kept=2)
        near.change_epoch()
        written = []

        def noting(peer, docs, **options):
            written.extend(doc["_id"] for doc in docs)
            return peer.bulk_docs(docs, **options)

        replicate(source, Altered(target, bulk_docs=noting), refusals_kept=2)
        assert {f"lead:{n:03}" for n in range(10)} <= set(written)

    def test_a_target_set_back_gets_again_what_it_once_refused_and_then_took(
        self, source, target, far, tmp_path
    ):
        replicate(source, denying(target, "lead:007"))
        far.backup_to(tmp_path / "copy.sqlite")
        replicate(source, target)
        restored = open_server(tmp_path / "copy.sqlite")
        replicate(source, restored.open("leads"))
        assert holdings(restored.open("leads")) == holdings(source)
        restored.close()


def denying(peer, *doc_ids):
    """Return a target that refuses these documents, and takes the others of the same batch."""

    def deny(real, docs, **options):
        taken = iter(real.bulk_docs([doc for doc in docs if doc["_id"] not in doc_ids], **options))
        refusal = {"error": "forbidden", "reason": "Not yet."}
        return [WriteResult(doc["_id"], **refusal) if doc["_id"] in doc_ids else next(taken) for doc in docs]

    return Altered(peer, bulk_docs=deny)
