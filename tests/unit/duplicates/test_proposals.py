"""Leads that may tell of the same: literal cases of what speaks for it and what against."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.duplicates import LeadFacts, Place, earliest_trusted, proposals

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DYKE = Place(36.567200, 116.758100)
LEAD = LeadFacts(
    id="lead:a",
    domain="ECO",
    title="坝坡被开垦种植玉米",
    description="黄河大堤外侧坝坡约三亩被开垦种植高秆作物，影响行洪安全。",
    observed_at=NOON,
    recorded_at=NOON,
    received_at=NOON + timedelta(hours=3),
    places=(DYKE,),
)
ELSE = replace(LEAD, id="lead:b", title="有人在堤上堆土", description="堤顶路边新堆了两车渣土，没有人看管。")


def grounds(one: LeadFacts, other: LeadFacts) -> list[tuple[str, dict[str, object]]]:
    return [(g.code, dict(g.params)) for p in proposals(one, [other]) for g in p.grounds]


class TestProposals:
    """Same domain, at most 100 m or the same stake or cell, at most 14 days (DOMAIN 4, row 1)."""

    def test_a_place_sixty_six_metres_away_is_the_same_place(self) -> None:
        # 0.0006 degrees of latitude: 66.7 m.
        other = replace(ELSE, places=(Place(36.567800, 116.758100),))

        assert grounds(LEAD, other) == [
            ("near", {"distance_m": 67}),
            ("days", {"days": 0}),
            ("same_domain", {}),
        ]

    @pytest.mark.parametrize(("lat", "is_proposed"), [(36.568090, True), (36.568110, False)])
    def test_a_hundred_metres_are_the_limit(self, lat: float, is_proposed: bool) -> None:
        # 0.00089 degrees are 99.0 m, 0.00091 degrees 101.2 m.
        other = replace(ELSE, places=(Place(lat, 116.758100),))

        assert bool(proposals(LEAD, [other])) is is_proposed

    @pytest.mark.parametrize(
        ("days", "is_proposed"), [(0, True), (14, True), (14.01, False), (-14.01, False)]
    )
    def test_fourteen_days_are_the_limit_in_either_direction(self, days: float, is_proposed: bool) -> None:
        other = replace(LEAD, id="lead:b", observed_at=NOON + timedelta(days=days))

        assert bool(proposals(LEAD, [other])) is is_proposed

    @pytest.mark.parametrize(
        ("own", "others", "code"),
        [
            (Place(grid_no=73), Place(grid_no=73), "same_grid"),
            (Place(stake_no="K12+300"), Place(stake_no="k12+300"), "same_stake"),
            (Place(stake_no="K12+300", grid_no=73), Place(grid_no=73), "same_grid"),
        ],
    )
    def test_the_same_stake_or_cell_is_the_same_place(self, own: Place, others: Place, code: str) -> None:
        found = grounds(replace(LEAD, places=(own,)), replace(ELSE, places=(others,)))

        assert found[0][0] == code

    @pytest.mark.parametrize(
        ("own", "others"),
        [(Place(grid_no=73), Place(grid_no=74)), (DYKE, Place(36.6, 116.7)), (Place(), Place(grid_no=73))],
    )
    def test_another_place_with_other_words_is_another_fact(self, own: Place, others: Place) -> None:
        assert proposals(replace(LEAD, places=(own,)), [replace(ELSE, places=(others,))]) == []

    def test_one_of_several_places_is_enough(self) -> None:
        other = replace(ELSE, places=(Place(36.7, 116.8), Place(grid_no=9), DYKE))

        assert grounds(LEAD, other)[0] == ("near", {"distance_m": 0})

    def test_words_alike_are_enough_where_one_says_no_place(self) -> None:
        other = replace(LEAD, id="lead:b", title="大堤坝坡开垦种玉米", places=())

        assert grounds(LEAD, other) == [
            ("days", {"days": 0}),
            ("same_domain", {}),
            ("alike", {"percent": 100}),
        ]

    def test_words_alike_are_not_enough_two_kilometres_away(self) -> None:
        other = replace(LEAD, id="lead:b", places=(Place(36.585, 116.7581),))

        assert proposals(LEAD, [other]) == []

    def test_another_domain_needs_place_and_words(self) -> None:
        same_words = replace(LEAD, id="lead:b", domain="AGRI")
        same_place = replace(ELSE, domain="AGRI")

        assert [code for code, _params in grounds(LEAD, same_words)] == ["near", "days", "alike"]
        assert proposals(LEAD, [same_place]) == []

    def test_the_strongest_comes_first_and_a_lead_is_never_its_own(self) -> None:
        near = replace(ELSE, id="lead:n", places=(Place(36.567800, 116.7581),))
        same = replace(LEAD, id="lead:s")
        old = replace(near, id="lead:o", observed_at=NOON - timedelta(days=9))

        assert [p.id for p in proposals(LEAD, [LEAD, old, near, same])] == ["lead:s", "lead:n", "lead:o"]


class TestAlike:
    """What two people write of one thing is alike, what they write of two is not."""

    @pytest.mark.parametrize(
        ("one", "other", "is_alike"),
        [
            ("坝坡被开垦种植玉米", "坝坡被人开垦种玉米", True),
            ("窨井盖缺失", "路口窨井盖缺失", True),
            ("餐馆油污直排", "坝坡被开垦种植玉米", False),
            ("大堤护坡石头松动", "大堤旁边堆放垃圾", False),
        ],
    )
    def test_titles(self, one: str, other: str, is_alike: bool) -> None:
        a = replace(LEAD, title=one, description="甲", places=())
        b = replace(LEAD, id="lead:b", title=other, description="乙", places=())

        assert bool(proposals(a, [b])) is is_alike


class TestEarliestTrusted:
    """The earliest trusted observation is primary (DOMAIN 4, row 1)."""

    def test_who_wrote_it_down_first_whatever_time_was_typed(self) -> None:
        typed = replace(
            LEAD, id="lead:t", observed_at=NOON - timedelta(days=3), recorded_at=NOON + timedelta(hours=1)
        )

        assert earliest_trusted([typed, LEAD]).id == "lead:a"

    def test_a_doubted_clock_counts_from_the_arrival(self) -> None:
        doubted = replace(LEAD, id="lead:d", recorded_at=NOON - timedelta(days=2), is_time_doubted=True)

        assert earliest_trusted([doubted, LEAD]).id == "lead:a"
        assert earliest_trusted([doubted]).id == "lead:d"
