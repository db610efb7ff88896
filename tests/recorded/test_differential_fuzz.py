"""Random sequences of requests to a real CouchDB and to our server (RELIABILITY T15). Needs COUCHDB_URL.

FUZZ_SEQUENCES says how many, FUZZ_SEED where to begin; `make soak` runs 20,000.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.recorded.exchange import Place, exchange
from tests.recorded.excuses import ServersNames, excuse, in_one_order
from tests.recorded.probe import Probe, filled
from tests.recorded.replay import difference_of
from tests.recorded.sequences import Sequence
from tests.recorded.tokens import Binding
from tests.support.soak import scaled

COUCHDB_URL = os.environ.get("COUCHDB_URL")
SEQUENCES = int(os.environ.get("FUZZ_SEQUENCES") or scaled(100, 20_000))
SEED = int(os.environ.get("FUZZ_SEED") or 1)
LENGTH = 25

pytestmark = pytest.mark.skipif(
    not COUCHDB_URL, reason="set COUCHDB_URL to http://ADMIN:PASSWORD@HOST:PORT of a CouchDB 3.5"
)


def compare(probes: list[Probe], ours: Place) -> tuple[str | None, Counter[int]]:
    """Return the first difference that is not meant, and how often each that is was met."""
    binding, names, answers, met = Binding(), ServersNames(), {}, Counter[int]()
    for probe in probes:
        names.note(probe.answer.get("json"))
        actual = exchange(ours, filled(probe.request, answers))
        answers[probe.name] = actual.get("json")
        if difference_of(probe, actual, binding) is None:
            continue
        meant = excuse(probe, actual, names)
        if meant is None:
            sorted_probe = Probe(probe.theme, probe.name, probe.request, in_one_order(probe.answer))
            if difference := difference_of(sorted_probe, in_one_order(actual), binding):
                return f"{probe.request}\n  CouchDB: {probe.answer}\n  ours: {difference}\n  {actual}", met
            meant_number, is_last = 56, False
        else:
            meant_number, is_last = meant.quirk, meant.is_last
        met[meant_number] += 1
        if is_last:
            break
    return None, met


class TestDifferentialFuzz:
    @pytest.mark.timeout(36_000)
    def test_no_sequence_shows_a_difference_that_is_not_meant(self, ours: Place):
        theirs = Place.of_url(COUCHDB_URL or "")
        met = Counter[int]()
        asked = 0
        for seed in range(SEED, SEED + SEQUENCES):
            database = f"fuzz-{seed}"
            exchange(theirs, {"method": "DELETE", "path": f"/{database}"})
            probes = Sequence(seed, theirs, database).run(LENGTH)
            difference, excused = compare(probes, ours)
            for place in (theirs, ours):
                exchange(place, {"method": "DELETE", "path": f"/{database}"})
            asked += len(probes)
            met += excused
            assert difference is None, f"FUZZ_SEED={seed} FUZZ_SEQUENCES=1\n{difference}"
        counted = f"{SEQUENCES} sequences from seed {SEED}, {asked} requests"
        print(f"{counted}; differences that are meant, by quirk: {dict(met)}")
