"""Clocks ten years off that jump at every step change nothing: what is decided is decided by revisions."""

from __future__ import annotations

import random
import time

from sync.peer import ReadOptions
from sync.replication.replicator import Replication
from sync.sqlite import open_server
from tests.support.soak import scaled

TEN_YEARS_S = 10 * 365 * 86400
REAL_TIME_S, REAL_TIME_NS = time.time, time.time_ns


class JumpingClock:
    """The wall clock of a machine whose battery is empty."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.skew_s = 0

    def jump(self) -> None:
        self.skew_s = self._chance.randint(-TEN_YEARS_S, TEN_YEARS_S)

    def time(self) -> float:
        return REAL_TIME_S() + self.skew_s

    def time_ns(self) -> int:
        return REAL_TIME_NS() + self.skew_s * 10**9


def run(folder, seed, before_each_step):
    """Write at three replicas and replicate among them; return all that the clock could have changed."""
    folder.mkdir()
    chance = random.Random(seed)
    servers = [open_server(folder / f"{number}.sqlite") for number in range(3)]
    peers = [server.create("logs") for server in servers]
    written = 0
    for step in range(25):
        before_each_step()
        at = chance.randrange(3)
        doc_id = f"d{chance.randrange(6)}"
        found = peers[at].get_many([doc_id]).get(doc_id, {})
        peers[at].bulk_docs([{**found, "_id": doc_id, "step": step, "at": at}])
        if step % 3 == 2:
            source, target = chance.sample(range(3), 2)
            result = Replication(peers[source], peers[target], f"{source}-{target}").run()
            written += result.statistics.docs_written
    shown = [
        (
            [(row.seq.partition("-")[0], row.id, row.revs) for row in peer.changes(style="all_docs").rows],
            peer.get_many([f"d{number}" for number in range(6)]),
            peer.open_revs("d0", "all", options=ReadOptions(revs=True)) if peer.get_many(["d0"]) else [],
        )
        for peer in peers
    ]
    again = Replication(peers[0], peers[1], "0-1").run().statistics.docs_written
    for server in servers:
        server.close()
    return shown, written, again


class TestClocks:
    """RELIABILITY T11."""

    def test_winners_seqs_and_checkpoints_are_the_same_whatever_the_clocks_say(self, tmp_path, monkeypatch):
        for seed in range(scaled(6, 200)):
            expected = run(tmp_path / f"{seed}-true", seed, lambda: None)
            clock = JumpingClock(seed)
            with monkeypatch.context() as patch:
                patch.setattr(time, "time", clock.time)
                patch.setattr(time, "time_ns", clock.time_ns)
                assert run(tmp_path / f"{seed}-jumping", seed, clock.jump) == expected, f"seed {seed}"

    def test_a_database_made_again_while_the_clock_stands_still_is_another_one(self, tmp_path, monkeypatch):
        server = open_server(tmp_path / "couch.sqlite")
        monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000_000)
        started = set()
        for _ in range(20):
            started.add(server.create("logs").info().instance_start_time)
            server.delete("logs")
        server.close()
        assert len(started) == 20
