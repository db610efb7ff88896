"""Replicator, peers and clock under one seed, with every fault that a network and a server have.

SIMULATION_SEEDS says how many, SIMULATION_FIRST which is the first: one failing seed alone is
SIMULATION_FIRST=<seed> SIMULATION_SEEDS=1.
"""

from __future__ import annotations

import os

import pytest

from tests.replication.world import World

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "50000" if "SOAK" in os.environ else "2000"))
FIRST = int(os.environ.get("SIMULATION_FIRST", "1"))


def live_through(seed):
    """Return the world of a seed after healing. Raises: AssertionError when anything is missing."""
    world = World(seed)
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
