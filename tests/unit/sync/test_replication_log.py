"""What two replication logs agree on, and what is written into them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.peer import SEQ_START
from sync.replication.log import ReplicationLog, Session, startup_checkpoint, with_session

LIVES = ("source-1", "target-1")


def written(*sessions, lives=LIVES, log=None):
    """Return the log after these (session id, seq, checkpoint), oldest first."""
    for session_id, seq, checkpoint in sessions:
        document = with_session(log, Session(session_id, seq, checkpoint), lives, {})
        log = ReplicationLog.of(document, LIVES)
    return log


class TestStartupCheckpoint:
    """Replication Protocol, "Compare Replication Logs"; PROTOCOL F84, F86."""

    def test_a_missing_log_on_either_peer_means_full_replication(self):
        log = written(("s1", "10-x", 1))
        assert startup_checkpoint(None, log) == SEQ_START
        assert startup_checkpoint(log, None) == SEQ_START
        assert startup_checkpoint(None, None) == SEQ_START

    def test_logs_that_agree_resume_where_they_stand(self):
        assert startup_checkpoint(written(("s1", "10-x", 3)), written(("s1", "10-x", 3))) == "10-x"

    def test_a_crash_between_the_two_writes_resumes_from_the_source(self):
        assert startup_checkpoint(written(("s1", "10-x", 3)), written(("s1", "20-x", 4))) == "10-x"

    def test_a_target_set_back_within_the_session_gets_what_it_lost(self):
        assert startup_checkpoint(written(("s1", "20-x", 4)), written(("s1", "10-x", 3))) == "10-x"

    def test_a_target_set_back_to_an_older_session_resumes_from_what_it_had_then(self):
        source = written(("s1", "50-x", 5), ("s2", "80-x", 2))
        assert startup_checkpoint(source, written(("s1", "30-x", 3))) == "30-x"

    def test_the_newest_session_in_both_histories_counts(self):
        source = written(("s1", "10-x", 1), ("s2", "20-x", 1), ("s3", "30-x", 1))
        target = written(("s1", "10-x", 1), ("s2", "20-x", 1), ("s9", "99-x", 1))
        assert startup_checkpoint(source, target) == "20-x"

    def test_strangers_to_each_other_start_over(self):
        assert startup_checkpoint(written(("s1", "10-x", 1)), written(("s2", "10-x", 1))) == SEQ_START

    def test_what_was_recorded_in_another_life_of_a_database_is_not_believed(self):
        old = written(("s1", "10-x", 1), lives=("source-1", "target-0"))
        assert startup_checkpoint(old, old) == SEQ_START

    def test_seqs_that_differ_at_the_same_count_are_not_believed(self):
        assert startup_checkpoint(written(("s1", "10-x", 2)), written(("s1", "20-x", 2))) == SEQ_START

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x)))
    def test_garbage_in_a_log_means_full_replication(self, garbage):
        document = {"session_id": garbage, "history": garbage, "source_last_seq": garbage}
        log = ReplicationLog.of(document, LIVES)
        entries = ReplicationLog.of({"history": [garbage, {"session_id": garbage}]}, LIVES)
        assert startup_checkpoint(log, log) == startup_checkpoint(entries, entries) == SEQ_START


class TestRecording:
    """Replication Protocol, "Record Replication Checkpoint"; PROTOCOL F83."""

    def test_one_session_has_one_entry_and_the_newest_comes_first(self):
        log = written(("s1", "10-x", 1), ("s2", "20-x", 1), ("s2", "30-x", 2))
        assert [(entry["session_id"], entry["recorded_seq"]) for entry in log.document["history"]] == [
            ("s2", "30-x"),
            ("s1", "10-x"),
        ]
        assert (log.document["session_id"], log.document["source_last_seq"]) == ("s2", "30-x")

    def test_a_history_has_at_most_fifty_entries(self):
        log = written(*[(f"s{number}", f"{number}-x", 1) for number in range(60)])
        assert len(log.document["history"]) == 50
        assert log.document["history"][-1]["session_id"] == "s10"

    def test_fields_that_others_wrote_are_kept(self):
        theirs = {"_id": "_local/x", "_rev": "0-3", "note": 1, "history": [{"session_id": "z", "extra": [2]}]}
        document = with_session(ReplicationLog.of(theirs, LIVES), Session("s1", "9-x", 1), LIVES, {"n": 1})
        assert document["note"] == 1
        assert document["history"][1] == {"session_id": "z", "extra": [2]}
        assert document["history"][0]["n"] == 1
        assert "_rev" not in document
