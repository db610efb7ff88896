"""The shared cases: what Python and JavaScript must write, hash, sign and refuse alike."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from server.records.canonical import sha256_hex
from server.records.entry import (
    canonical,
    check_parts,
    check_shape,
    entry_hash,
    log_id,
    parse_log_id,
    part_hash,
    seal,
    verify_signature,
)
from server.records.signing import SigningKey
from server.records.wellformed import value_problem

CASES = json.loads((Path(__file__).parents[2] / "cases" / "entries.json").read_text("utf-8"))
CHAIN = CASES["chain"]
SPECIAL = {"NaN": math.nan, "Infinity": math.inf}


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


class TestCanonicalJson:
    """RFC 8785, byte by byte."""

    @pytest.mark.parametrize("case", named(CASES["canonical"]))
    def test_text_and_hash_are_those_of_the_case(self, case):
        text = canonical(json.loads(case["json"]))

        assert text.decode("utf-8") == case["canonical"]
        assert sha256_hex(text) == case["sha256"]

    @pytest.mark.parametrize("case", named(CASES["refused"]))
    def test_what_may_not_be_signed_is_refused_with_its_code(self, case):
        value = SPECIAL[case["special"]] if "special" in case else json.loads(case["json"])

        problem = value_problem(value)

        assert problem is not None
        assert problem.code == case["code"]


class TestChain:
    """Three entries of one device, signed by the key of the file (DESIGN 2)."""

    @pytest.mark.parametrize("entry", CHAIN, ids=["first", "second", "third"])
    def test_shape_hash_and_signature_hold(self, entry):
        assert check_shape(entry) == []
        assert entry_hash(entry) == entry["hash"]
        assert verify_signature(entry, CASES["key"]["public"])

    def test_each_entry_names_the_hash_before_it(self):
        assert [entry["prev"] for entry in CHAIN] == [None, CHAIN[0]["hash"], CHAIN[1]["hash"]]

    def test_the_key_of_another_device_does_not_verify(self):
        assert not verify_signature(CHAIN[0], CASES["key"]["another_public"])

    @pytest.mark.parametrize("sig", ["", "A" * 86, None, 5, "ü" * 86, CHAIN[0]["sig"][:-1]])
    def test_what_is_no_signature_does_not_verify_and_does_not_raise(self, sig):
        assert not verify_signature({**CHAIN[0], "sig": sig}, CASES["key"]["public"])

    def test_a_change_of_one_character_changes_the_hash(self):
        changed = copy.deepcopy(CHAIN[0])
        changed["body"]["title"] += "。"

        assert entry_hash(changed) != changed["hash"]

    def test_sealing_again_gives_the_same_hash_and_a_signature_that_holds(self):
        key = SigningKey.from_pem(CASES["key"]["private_pem"].encode())

        sealed = seal({k: v for k, v in CHAIN[0].items() if k not in ("hash", "sig")}, key)

        assert sealed["hash"] == CHAIN[0]["hash"]
        assert verify_signature(sealed, key.public_jwk())


def changed_first_entry(case: dict[str, Any]) -> dict[str, Any]:
    entry = copy.deepcopy(CHAIN[0])
    for name in case.get("remove", []):
        del entry[name]
    entry.update(case.get("set", {}))
    entry.update(json.loads(case.get("set_json", "{}")))
    if "fill" in case:
        entry["body"][case["fill"]["member"]] = case["fill"]["text"] * case["fill"]["times"]
    return entry


class TestShape:
    """The envelope's members and limits; nothing that a stranger sends makes the check raise."""

    @pytest.mark.parametrize("case", named(CASES["shape"]))
    def test_a_changed_entry_gives_the_codes_of_the_case(self, case):
        assert [problem.code for problem in check_shape(changed_first_entry(case))] == case["codes"]

    @pytest.mark.parametrize("value", [None, [], "text", 5, {}, b"bytes", {1: 2}, {"id": b""}])
    def test_anything_else_is_a_problem_and_no_exception(self, value):
        assert check_shape(value) != []

    def test_nesting_of_a_hundred_thousand_is_refused_without_recursion(self):
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]

        assert [p.code for p in check_shape({"body": deep})] == ["too_deep"]
        while deep:  # taken apart by hand: freeing it by recursion would end the process
            deep = deep.pop()


class TestParts:
    """Values travel beside the entry, and only what the entry names is taken (DESIGN 2, `parts`)."""

    @pytest.mark.parametrize("case", CASES["parts"], ids=range(len(CASES["parts"])))
    def test_the_salted_hash_is_that_of_the_case(self, case):
        assert part_hash(case["name"], case["salt"], case["value"]) == case["hash"]

    @pytest.mark.parametrize(("entry", "parts"), list(zip(CHAIN, CASES["chain_parts"], strict=True)))
    def test_the_parts_of_the_chain_match(self, entry, parts):
        assert check_parts(entry, parts) == []

    def test_a_part_left_out_or_added_or_changed_is_named(self):
        fix = CASES["chain_parts"][1]["fix"]
        other = {"salt": fix["salt"], "value": {**fix["value"], "spread_m": 9.9}}

        assert codes(check_parts(CHAIN[1], {})) == [("part_missing", "fix")]
        assert codes(check_parts(CHAIN[1], {"fix": other})) == [("part_mismatch", "fix")]
        assert codes(check_parts(CHAIN[1], {"fix": fix, "x": fix})) == [("part_unknown", "x")]
        assert codes(check_parts(CHAIN[1], None)) == [("part_mismatch", "parts")]

    @pytest.mark.parametrize("name", ["\ud83d", 5])
    def test_a_name_that_could_not_be_written_down_is_not_repeated(self, name):
        assert codes(check_parts(CHAIN[1], {name: {}})) == [("part_mismatch", "parts")]

    def test_a_thousand_unknown_parts_make_no_longer_receipt_than_twenty(self):
        assert len(check_parts(CHAIN[1], {f"x{n}" * 100: {} for n in range(1000)})) == 20

    @pytest.mark.parametrize("part", [None, {}, {"salt": "short", "value": 1}, {"salt": 5, "value": 1}])
    def test_what_is_no_part_is_a_mismatch(self, part):
        assert codes(check_parts(CHAIN[1], {"fix": part})) == [("part_mismatch", "fix")]


def codes(problems: list[Any]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in problems]


class TestLogIds:
    """`<device>:<entry, zero-padded to 10>`, so that ids sort as entries do."""

    @pytest.mark.parametrize("case", CASES["log_ids"], ids=["phone", "desk"])
    def test_an_id_is_written_and_read_back(self, case):
        assert log_id(case["device"], case["entry"]) == case["id"]
        assert parse_log_id(case["id"]) == (case["device"], case["entry"])

    @pytest.mark.parametrize("text", [*CASES["not_log_ids"], None, 5])
    def test_what_is_no_log_id_is_none(self, text):
        assert parse_log_id(text) is None
