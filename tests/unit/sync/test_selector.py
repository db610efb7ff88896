"""Mango selectors: every operator, what is not there, and what is refused."""

from __future__ import annotations

import pytest

from sync.errors import BadRequest
from sync.mango.selector import compile_selector

LEAD = {
    "_id": "lead:1",
    "_rev": "1-a",
    "kind": "lead",
    "n": 5,
    "score": 2.5,
    "open": True,
    "none": None,
    "tags": ["a", "b"],
    "place": {"grid": 71, "name": "河口", "a.b": 1},
    "steps": [{"by": "x", "n": 1}, {"by": "y", "n": 7}],
    "empty": [],
    "counts": {"red": 1, "blue": 2},
}


def matches(selector, doc=LEAD):
    return compile_selector(selector)(doc)


MATCHING = [
    {},
    {"kind": "lead"},
    {"kind": {"$eq": "lead"}},
    {"kind": {"$ne": "report"}},
    {"n": {"$gt": 4, "$lt": 6}},
    {"n": {"$gte": 5}},
    {"n": {"$lte": 5.0}},
    {"n": 5.0},
    {"score": {"$lt": 3}},
    {"n": {"$in": [1, 5]}},
    {"tags": {"$in": ["z", "b"]}},
    {"n": {"$nin": [1, 2]}},
    {"n": {"$nin": []}},
    {"gone": {"$exists": False}},
    {"none": {"$exists": True}},
    {"none": None},
    {"none": {"$type": "null"}},
    {"open": {"$type": "boolean"}},
    {"n": {"$type": "number"}},
    {"kind": {"$type": "string"}},
    {"tags": {"$type": "array"}},
    {"place": {"$type": "object"}},
    {"tags": {"$size": 2}},
    {"empty": {"$size": 0}},
    {"n": {"$mod": [3, 2]}},
    {"kind": {"$regex": "^le+ad$"}},
    {"kind": {"$regex": "(?i)EA"}},
    {"kind": {"$beginsWith": "le"}},
    {"tags": {"$all": ["b", "a"]}},
    {"tags": {"$all": [["a", "b"]]}},
    {"tags": {"$elemMatch": {"$eq": "b"}}},
    {"steps": {"$elemMatch": {"by": "y", "n": {"$gt": 5}}}},
    {"steps": {"$allMatch": {"n": {"$gte": 1}}}},
    {"counts": {"$keyMapMatch": {"$eq": "red"}}},
    {"place.grid": 71},
    {"place": {"grid": 71}},
    {"place": {"grid": {"$gt": 70}, "name": "河口"}},
    {"place.a\\.b": 1},
    {"steps.1.n": 7},
    {"$and": [{"kind": "lead"}, {"n": 5}]},
    {"$or": [{"kind": "report"}, {"n": 5}]},
    {"$nor": [{"kind": "report"}, {"n": 6}]},
    {"$not": {"kind": "report"}},
    {"n": {"$not": {"$gt": 5}}},
    {"n": {"$or": [{"$lt": 3}, {"$gt": 4}]}},
    {"gone": {"$or": [{"$exists": False}, {"$eq": 1}]}},
    {"$not": {"$or": [{"kind": "x"}, {"n": 1}]}},
    {"$not": {"gone": {"$exists": True}}},
    {"_id": {"$gt": "lead:"}},
    {"$and": []},
    {"$or": []},
]

OTHERS = [
    {"kind": "report"},
    {"open": 1},
    {"n": True},
    {"n": "5"},
    {"place": {}},
    {"place": {"$eq": {"grid": 71}}},
    {"gone": {"$ne": 1}},
    {"gone": {"$not": {"$eq": 1}}},
    {"gone": {"$gt": None}},
    {"gone": {"$nin": [1]}},
    {"$not": {"gone": 1}},
    {"gone": None},
    {"kind.letters": {"$exists": False}},
    {"n": {"$in": []}},
    {"n": {"$size": 1}},
    {"score": {"$mod": [1, 0]}},
    {"open": {"$type": "number"}},
    {"tags": {"$all": []}},
    {"kind": {"$all": ["lead"]}},
    {"empty": {"$allMatch": {"n": 1}}},
    {"empty": {"$elemMatch": {"n": 1}}},
    {"n": {"$regex": "5"}},
    {"kind": {"$not": {"$regex": "lead"}}},
    {"counts": {"$keyMapMatch": {"$eq": "green"}}},
    {"steps.2.n": 7},
    {"$nor": [{"kind": "lead"}, {"n": 6}]},
]

REFUSED = [
    (["kind"], "Selector error: expected a JSON object"),
    ("kind", "Selector error: expected a JSON object"),
    ({"n": {"$near": 1}}, "Unsupported operator: \\$near"),
    ({"$where": "true"}, "Unsupported operator: \\$where"),
    ({"$and": {}}, "Bad argument for operator \\$and"),
    ({"n": {"$in": 5}}, "Bad argument for operator \\$in"),
    ({"n": {"$exists": "yes"}}, "Bad argument for operator \\$exists"),
    ({"n": {"$type": "integer"}}, "Bad argument for operator \\$type"),
    ({"n": {"$size": True}}, "Bad argument for operator \\$size"),
    ({"n": {"$mod": [0, 1]}}, "Bad argument for operator \\$mod"),
    ({"n": {"$mod": [2]}}, "Bad argument for operator \\$mod"),
    ({"n": {"$elemMatch": 3}}, "Bad argument for operator \\$elemMatch"),
    ({"n": {"$regex": 3}}, "Bad argument for operator \\$regex"),
    ({"n": {"$regex": "("}}, "regular expression"),
    ({"n": {"$all": "a"}}, "Bad argument for operator \\$all"),
]


class TestSelector:
    """PROTOCOL E79."""

    @pytest.mark.parametrize("selector", MATCHING, ids=str)
    def test_it_matches(self, selector):
        assert matches(selector) is True

    @pytest.mark.parametrize("selector", OTHERS, ids=str)
    def test_it_does_not_match(self, selector):
        assert matches(selector) is False

    @pytest.mark.parametrize(("selector", "reason"), REFUSED, ids=str)
    def test_what_is_none_is_refused_with_the_operator(self, selector, reason):
        with pytest.raises(BadRequest, match=reason):
            compile_selector(selector)

    def test_a_remainder_has_the_sign_of_the_value(self):
        assert matches({"n": {"$mod": [3, -2]}}, {"n": -5})
        assert matches({"n": {"$mod": [-3, 2]}}, {"n": 5})

    def test_values_are_ordered_across_types(self):
        values = [
            None,
            False,
            True,
            -1,
            0.5,
            2,
            "a",
            "b",
            [],
            ["a"],
            ["a", 1],
            {},
            {"a": 1},
            {"a": 2},
            {"b": 0},
        ]
        for place, value in enumerate(values):
            below = [other for other in values if matches({"v": {"$lt": value}}, {"v": other})]
            assert below == values[:place]

    def test_one_that_nests_without_end_is_refused(self):
        selector: dict = {"n": 1}
        for _ in range(60):
            selector = {"$not": selector}
        with pytest.raises(BadRequest, match="too deep"):
            compile_selector(selector)
