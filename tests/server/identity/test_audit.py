"""The audit chain: whatever is changed in it is found, and the place is named (ATTACKS 7.54)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server.identity.audit import Audit
from server.records.canonical import canonical, sha256_hex


@pytest.fixture
def audit(couch, clock) -> Audit:
    one = Audit(couch, clock=clock)
    for number in range(1, 8):
        one.append("sign_in", actor=f"m{number}", about="console", address="10.0.0.1")
    return one


def change(couch, number: int, **members: Any) -> None:
    peer = couch.open("audit")
    assert peer.bulk_docs([{**peer.get(f"main:{number:012}"), **members}])[0].is_ok


class TestChain:
    def test_rows_are_numbered_and_name_the_one_before(self, audit, couch):
        rows = [row.doc for row in couch.open("audit").all_docs(include_docs=True)]

        assert [row["n"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
        assert [row["prev"] for row in rows] == [None, *(row["hash"] for row in rows[:-1])]
        assert audit.verify() is None

    def test_rows_are_read_the_newest_first(self, audit):
        assert [row.n for row in audit.rows(limit=3)] == [7, 6, 5]
        assert [row.n for row in audit.rows(before=3)] == [2, 1]
        assert audit.rows(limit=1)[0].params == {"address": "10.0.0.1"}

    def test_processes_appending_at_once_make_one_chain(self, audit, couch, clock):
        others = [Audit(couch, clock=clock) for _ in range(4)]

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: [one.append("export", actor="m1") for _ in range(10)], others))

        assert audit.verify() is None
        assert audit.rows(limit=1)[0].n == 47

    def test_nodes_have_chains_of_their_own(self, audit, couch, clock):
        other = Audit(couch, node="second", clock=clock)

        assert other.append("sign_in", actor="m1").n == 1
        assert (other.verify(), audit.verify()) == (None, None)


class TestTampering:
    def test_a_changed_row_is_named(self, audit, couch):
        change(couch, 4, actor="m-somebody-else")

        assert str(audit.verify()) == "row 4: the row was changed"

    def test_a_row_rewritten_with_a_fitting_hash_is_found_at_the_next(self, audit, couch):
        row = couch.open("audit").get("main:000000000004")
        forged = {k: v for k, v in row.items() if not k.startswith("_") and k != "hash"} | {"actor": "m9"}
        change(couch, 4, actor="m9", hash=sha256_hex(canonical({**forged, "node": "main"})))

        assert str(audit.verify()) == "row 5: the row before it was changed"

    @pytest.mark.parametrize("number", [1, 4])
    def test_a_deleted_row_is_named(self, audit, couch, number):
        peer = couch.open("audit")
        peer.bulk_docs([{**peer.get(f"main:{number:012}"), "_deleted": True}])

        assert audit.verify().n == number

    def test_rows_that_changed_places_are_named(self, audit, couch):
        third, fifth = (couch.open("audit").get(f"main:{n:012}") for n in (3, 5))
        change(couch, 3, **{k: v for k, v in fifth.items() if not k.startswith("_")})
        change(couch, 5, **{k: v for k, v in third.items() if not k.startswith("_")})

        assert str(audit.verify()) == "row 3: a row is missing or moved"

    def test_a_tail_that_was_cut_is_found_against_a_head_kept_elsewhere(self, audit, couch):
        head, peer = audit.head(), couch.open("audit")
        assert audit.verify(expected_head=head) is None
        peer.bulk_docs([{**peer.get("main:000000000007"), "_deleted": True}])

        assert audit.verify() is None
        assert str(audit.verify(expected_head=head)) == "row 7: the tail is missing"
