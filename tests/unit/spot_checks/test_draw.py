"""The draw of spot checks: by risk and by chance, the same for the same seed and pool (DOMAIN 5, rank 2)."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from server.spot_checks.draw import Candidate, drawn, holds, how_many, pool_of, weight_of

SEED = "a5" * 32
POOL = [Candidate(f"order{n}", "station1", weight) for n, weight in enumerate((1, 1, 1, 1, 16))]


def body(rank: int, changes: dict[str, object] | None = None) -> dict[str, object]:
    chosen = drawn(SEED, POOL, rank)[-1]
    told = {"order": f"service_order:{chosen.order}", "station": f"station:{chosen.station}"}
    whole = {**told, "weight": chosen.weight, "rank": rank, "seed": SEED, "pool": pool_of(POOL)}
    return {**whole, **(changes or {})}


class TestDraw:
    """Unannounced spot checks, sampled by risk and random, with a draw that can be proved."""

    def test_the_same_seed_and_pool_give_the_same_in_whatever_order_they_come(self) -> None:
        shuffled = list(POOL)
        Random(3).shuffle(shuffled)

        assert drawn(SEED, shuffled, 5) == drawn(SEED, POOL, 5)
        assert [each.order for each in drawn(SEED, POOL, 5)] == [
            "order4",
            "order1",
            "order0",
            "order2",
            "order3",
        ]

    def test_weight_tells_how_often_somebody_comes_first_and_chance_reaches_everybody(self) -> None:
        first = Counter(drawn(f"{n:064x}", POOL, 1)[0].order for n in range(2_000))

        assert 1_520 <= first["order4"] <= 1_680  # 16 of 20
        assert all(60 <= first[f"order{n}"] <= 140 for n in range(4))  # 1 of 20 each

    def test_nobody_is_drawn_twice(self) -> None:
        assert sorted(drawn(SEED, POOL, 5)) == sorted(POOL)

    @pytest.mark.parametrize(("expected", "count"), [(0, 0), (1, 1), (12, 1), (21, 2), (60, 3), (900, 10)])
    def test_the_share_is_rounded_up_and_bounded(self, expected: int, count: int) -> None:
        assert how_many(expected, percent=5, most=10) == count


class TestProof:
    @pytest.mark.parametrize("rank", [1, 2, 5])
    def test_who_was_drawn_follows_from_what_is_written_down(self, rank: int) -> None:
        assert holds(body(rank))

    @pytest.mark.parametrize(
        "changes",
        [
            {"seed": "01" * 32},
            {"weight": 15},
            {"rank": 4},
            {"order": "service_order:order1"},
            {"station": "station:station2"},
            {"pool": pool_of(POOL[:4])},
            {"pool": ["no candidate"]},
            {"rank": 6},
        ],
    )
    def test_whatever_is_changed_is_seen(self, changes: dict[str, object]) -> None:
        assert not holds(body(3, changes))


class TestWeight:
    """A weight adds the doubts of the latest sessions and what earlier looks found."""

    def test_without_doubts_it_is_one(self) -> None:
        assert weight_of([], []) == 1
        assert weight_of([1, 1, 1], []) == 1

    def test_doubts_of_the_latest_ten_sessions_add(self) -> None:
        assert weight_of([4, 2, 1], []) == 5
        assert weight_of([2] * 12, []) == 11

    def test_who_was_not_met_is_looked_at_again_and_who_was_met_less(self) -> None:
        assert weight_of([], ["not_met"]) == 21
        assert weight_of([], ["other_person"]) == 21
        assert weight_of([5], ["serving"]) == 2
        assert weight_of([], ["serving"]) == 1
        assert weight_of([], ["could_not"]) == 1

    def test_no_weight_is_beyond_measure(self) -> None:
        assert weight_of([50] * 10, ["not_met"] * 5) == 200
