"""Nothing that stands in `logs` stops ingest, and nothing of it is lost (ATTACKS 7; DESIGN 3)."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.records.entry import CanonicalError, seal
from tests.support.entries import CentreInTest, FieldDevice, LogDocument, photo
from tests.support.soak import scaled

EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "_local/x", "entry:x", "log:x", "\u0000", "x" * 300, "2026-02-30T00:00:00Z", "system", *EDGES]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["record", "media", "base", "_id", "sha256", "zh"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
ENVELOPE = [
    "device",
    "entry",
    "id",
    "type",
    "schema",
    "author",
    "role",
    "at",
    "clock",
    "prev",
    "parts",
    "body",
]
BODY = ["record", "base", "action", "to", "fields", "media", "order", "station", "title", "device", "hash"]


def mangled(
    phone: FieldDevice, kind: str, path: tuple[str, ...], value: Any, *, is_resealed: bool
) -> LogDocument:
    """A good entry with one member replaced, sealed again where that is possible."""
    if kind == "lead":
        document = phone.lead(media=[photo()])
    else:
        body = {"record": "lead:" + "0" * 26, "base": ["a" * 64], "action": "supplement", "fields": {}}
        document = phone.write("step:" + "0" * 26, "volunteer", body)
    document = copy.deepcopy(document)
    place = document["entry"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    if is_resealed:
        entry = {name: given for name, given in document["entry"].items() if name not in ("hash", "sig")}
        with suppress(CanonicalError):
            document["entry"] = seal(entry, phone.key)
    return document


class TestHostile:
    @settings(
        max_examples=scaled(60, 3_000),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        kind=st.sampled_from(["lead", "step"]),
        path=st.one_of(
            st.tuples(st.sampled_from([*ENVELOPE, "hash", "sig", "alg", "app", "new"])),
            st.tuples(st.just("body"), st.sampled_from(BODY)),
            st.tuples(st.just("clock"), st.sampled_from(["beacon", "since_ms", "skew_ms"])),
        ),
        value=VALUES,
        is_resealed=st.booleans(),
    )
    def test_any_entry_gets_a_receipt_and_the_log_goes_on(
        self,
        centre: CentreInTest,
        kind: str,
        path: tuple[str, ...],
        value: Any,
        is_resealed: bool,
    ) -> None:
        phone = centre.phone()
        centre.send(mangled(phone, kind, path, value, is_resealed=is_resealed), phone.lead())
        centre.work()

        first, second = (centre.services.readmodel.verdict(phone.device, number) for number in (1, 2))

        assert first is not None
        assert second is not None
        assert second.verdict == "accepted"
        assert centre.services.readmodel.waiting_names("program:") == []
        assert centre.services.readmodel.defects() == []
        ack = centre.central(f"log:{phone.device}")
        assert ack is not None
        assert ack["through"] == 2

    @pytest.mark.parametrize("at", EDGES)
    def test_the_edges_of_time_break_nothing(self, centre: CentreInTest, at: str) -> None:
        phone = centre.phone()
        centre.send(mangled(phone, "lead", ("at",), at, is_resealed=True), phone.lead())
        centre.work()

        verdict = centre.services.readmodel.verdict(phone.device, 2)

        assert verdict is not None
        assert verdict.verdict == "accepted"

    @settings(
        max_examples=scaled(40, 2_000),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(entry=VALUES, parts=VALUES)
    def test_any_document_gets_one(self, centre: CentreInTest, entry: Any, parts: Any) -> None:
        phone = centre.phone()
        log = f"{phone.device}:0000000001"
        centre.send({"_id": log, "entry": entry, "parts": parts})
        centre.work()

        verdict = centre.services.readmodel.verdict(phone.device, 1)

        assert verdict is not None
        assert verdict.verdict == "refused"
        assert centre.central(f"entry:{log}") is not None
