"""The short way of preparing replicated rows says what the long one says, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sqlite import edits
from sync.sqlite.limits import EngineLimits
from sync.sqlite.usual_rows import prepare_usual

DIGEST = "0123456789abcdef0123456789abcdef"
USUAL = {"_id": "a", "_rev": f"1-{DIGEST}", "_revisions": {"start": 1, "ids": [DIGEST]}, "n": 1}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
IDS = st.sampled_from(["a", "", "_x", "_design/x", "\0", "é", "a" * 8001, None, 7])
DIGESTS = st.sampled_from([DIGEST, DIGEST.upper(), "x", "", 7])
STARTS = st.sampled_from([0, 1, 9_999_999, 10_000_000, True, "1"])
PATHS = st.fixed_dictionaries({"start": STARTS, "ids": st.lists(DIGESTS, max_size=2)}) | st.none()
NAMES = st.sampled_from(["_deleted", "_attachments", "_conflicts", "_unknown", "__proto__", "n", "text"])


class TestUsualRows:
    """PROTOCOL C40, C44, C45: which way a row is prepared changes nothing of what comes of it."""

    @given(st.fixed_dictionaries({"_id": IDS, "_revisions": PATHS}), st.dictionaries(NAMES, VALUES))
    def test_the_short_way_agrees_with_the_long_one(self, special, members):
        row = special | members
        usual = prepare_usual(row, EngineLimits())
        if usual is not None:
            assert edits.PreparedRow(*usual) == edits._prepare(row, EngineLimits(), new_edits=False)

    def test_the_usual_row_takes_it(self):
        offered, body = prepare_usual(USUAL, EngineLimits()) or pytest.fail("not taken")
        assert (offered.id, str(offered.path[0]), body.json) == ("a", f"1-{DIGEST}", b'{"n":1}')

    @pytest.mark.parametrize(
        "other",
        [{"_deleted": True}, {"x": {"__proto__": 1}}, {"x": float("nan")}, {"x": 2**70}, {"_id": "_x"}],
    )
    def test_what_takes_judgement_is_left_to_the_long_way(self, other):
        assert prepare_usual(USUAL | other, EngineLimits()) is None

    @pytest.mark.parametrize(
        "limits",
        [EngineLimits(id_bytes=0), EngineLimits(document_bytes=6), EngineLimits(depth=0)],
    )
    def test_limits_are_met(self, limits):
        assert prepare_usual(USUAL, limits) is None
