"""Replicator, peers and clock under one seed, with every fault that a network and a server have.

SIMULATION_SEEDS says how many, SIMULATION_FIRST which is the first: one failing seed alone is
SIMULATION_FIRST=<seed> SIMULATION_SEEDS=1.
"""

from __future__ import annotations

import os

import pytest

from sync.sqlite import open_server
from tests.replication.world import World

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "50000" if "SOAK" in os.environ else "2000"))
FILES_SHARE = 20
"""One seed in so many is lived through on files too."""
FIRST = int(os.environ.get("SIMULATION_FIRST", "1"))


def live_through(seed, peers=None):
    """Return the world of a seed after healing. Raises: AssertionError when anything is missing."""
    world = World(seed, peers)
    world.live()
    before = world.revisions()
    results = world.settle()
    assert world.shortfall() == []
    assert before <= world.revisions()
    assert [result.refused for result in results[-len(world.links) :]] == [[] for _ in world.links]
    return world


@pytest.mark.timeout(900)
class TestSimulation:
    """RELIABILITY T3: whatever happened, after healing all is where it leads to, and nothing is gone."""

    def test_nothing_is_skipped_whatever_happened(self):
        faults = 0
        for seed in range(FIRST, FIRST + SEEDS):
            try:
                faults += live_through(seed).weather.faults
            except BaseException:
                print(f"\nfailing seed: {seed}")
                raise
        print(f"{SEEDS} seeds from {FIRST}, {faults} faults")
        assert faults > SEEDS * 5

    def test_nor_where_files_of_the_engine_are_the_peers(self, tmp_path):
        """The same on SQLite: its three databases are made again for every seed."""
        servers = [open_server(tmp_path / f"{name}.sqlite") for name in "abc"]
        for seed in range(FIRST, FIRST + SEEDS // FILES_SHARE):
            try:
                live_through(seed, [server.create(f"s{seed}") for server in servers])
            except BaseException:
                print(f"\nfailing seed: {seed}")
                raise
            for server in servers:
                server.delete(f"s{seed}")
        print(f"{SEEDS // FILES_SHARE} seeds on files from {FIRST}")
        for server in servers:
            server.close()
