"""ATTACKS 7, cases 15 to 31, at the only place where a device writes: refused and kept as bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.services import Services
from tests.support.gateway_rig import Phone, dump

HEX = "0123456789abcdef0123456789abcdef"


def entry_of(services: Services, row: dict[str, Any]) -> Any:
    return services.couch.open("logs").get(row["_id"])["entry"]


def refused(phone: Phone, row: Any) -> str:
    answer = phone.push([row])
    assert answer.status_code == 201
    assert answer.get_json()[0]["error"] == "forbidden"
    return str(answer.get_json()[0]["reason"])


@pytest.fixture
def known(phone: Phone) -> dict[str, Any]:
    row = phone.note("原来的")
    assert phone.push([row]).get_json()[0]["ok"] is True
    return row


def test_15_an_update_of_a_foreign_entry_says_the_same_whether_it_exists(phone, victim, services):
    known, unknown = victim.log.documents[0], victim.note()
    rows = [{**row, "_rev": f"1-{HEX}"} for row in (known, unknown)]

    assert [refused(phone, row) for row in rows] == ["not_own_log", "not_own_log"]
    assert entry_of(services, known) == known["entry"]


def test_16_neither_tombstone_nor_edit_touches_an_entry(phone, known, services):
    rev = services.couch.open("logs").get(known["_id"])["_rev"]
    changed = {**known, "entry": {**known["entry"], "body": {"title": "另一个"}}}

    assert refused(phone, {"_id": known["_id"], "_rev": rev, "_deleted": True}) == "deletion"
    assert refused(phone, {**changed, "_rev": rev}) == "not_first_revision"
    assert refused(phone, changed) == "fork"
    assert services.couch.open("logs").get(known["_id"])["_rev"] == rev


def test_17_18_an_entry_of_another_device_or_with_members_of_its_own_is_kept_as_bytes(phone, victim):
    row = phone.note()

    assert refused(phone, {**row, "entry": {**row["entry"], "device": victim.id}}) == "entry_mismatch"
    assert refused(phone, {**phone.note(), "_access": ["all"]}) == "member_unknown"
    assert refused(phone, {**phone.note(), "receipts": [{"verdict": "accepted"}]}) == "member_unknown"


@pytest.mark.parametrize(
    "rev",
    [f"9999999-{HEX}", f"99999999999999999999999-{HEX}", f"0-{HEX}", f"-1-{HEX}", "1.5", True, "3", 1, None,
     f"1-{HEX.upper()}", f"1-{HEX[:31]}", "1-" + "g" * 32, "1-" + "a" * 1_000_000],
    ids=lambda rev: str(rev)[:12],
)  # fmt: skip
def test_19_20_22_no_revision_is_taken_from_a_device(phone, known, services, rev):
    before = services.couch.open("logs").get(known["_id"])

    assert refused(phone, {**known, "_rev": rev}) == "not_first_revision"
    assert services.couch.open("logs").get(known["_id"]) == before


@pytest.mark.parametrize(
    "revisions",
    [
        {"start": 1, "ids": [HEX, HEX]},
        {"start": 1, "ids": []},
        {"start": 5, "ids": [HEX] * 100_000},
        {"start": 2, "ids": [HEX, HEX]},
        {"start": True, "ids": [HEX]},
        "x",
    ],
    ids=["short", "empty", "long", "repeated", "boolean", "text"],
)
def test_21_no_ancestry_is_taken_from_a_device(phone, known, services, revisions):
    before = services.couch.open("logs").get(known["_id"])

    assert refused(phone, {**known, "_revisions": revisions}) == "not_first_revision"
    assert services.couch.open("logs").get(known["_id"]) == before


def test_19_23_26_replicated_edits_are_refused_whole(phone, known, services):
    before = dump(services)
    rows = [{**known, "_rev": f"2-{number:032x}"} for number in range(100)]

    answer = phone.push_bytes(json.dumps({"new_edits": False, "docs": rows}).encode())

    assert answer.status_code == 400
    assert dump(services) == before


def test_24_25_the_same_number_with_another_body_leaves_the_first_as_it_was(phone, known, services):
    for title in ("二", "三"):
        assert refused(phone, {**known, "entry": {**known["entry"], "body": {"title": title}}}) == "fork"

    assert entry_of(services, known)["body"] == {"title": "原来的"}
    kept = [row.id for row in services.couch.open("logs").all_docs() if ":opaque:" in row.id]
    assert len(kept) == 2


def test_27_one_poisoned_row_among_a_hundred_keeps_ninety_nine(phone, services):
    rows: list[Any] = [phone.note() for _ in range(99)]
    rows.insert(50, {"_id": "_design/evil", "views": {"a": {"map": "function(){}"}}})

    answer = phone.push(rows).get_json()

    assert sum("ok" in row for row in answer) == 99
    assert answer[50]["error"] == "forbidden"
    assert services.couch.open("logs").get_many(["_design/evil"]) == {}


@pytest.mark.parametrize("depth", [1025, 100_000])
def test_28_deep_nesting_is_400_and_stores_nothing(phone, services, depth):
    before = dump(services)
    body = b'{"docs":[{"_id":"x","entry":' + b"[" * depth + b"]" * depth + b"}]}"

    assert phone.push_bytes(body).status_code == 400
    assert dump(services) == before


def test_29_a_prototype_key_anywhere_is_kept_as_bytes(phone):
    row = phone.note()
    for body in ({"__proto__": {"role": "prosecutor"}}, {"a": [{"b": {"__proto__": 1}}]}):
        assert refused(phone, {**row, "entry": {**row["entry"], "body": body}}) == "forbidden_key"
    part = {"salt": "s" * 22, "value": {"__proto__": 1}}
    assert refused(phone, {**phone.note(), "parts": {"fix": part}}) == "forbidden_key"


@pytest.mark.parametrize(
    "body",
    [
        b'{"docs":[{"_id":"a","_id":"b"}]}',
        b'{"docs":[{"entry":{"role":"volunteer","role":"prosecutor"}}]}',
        b'{"docs":[],"docs":[{"_id":"a"}]}',
        b'{"docs":[{"n":NaN}]}',
        b'{"docs":[{"n":1e400}]}',
        b'{"docs":[{"t":"\\ud83d"}]}',
        b'\xef\xbb\xbf{"docs":[]}',
        b'{"docs":[{"t":"\xff\xfe"}]}',
        b'{"docs":{}}',
        b"[]",
        b"",
        b'{"docs":[]} {"docs":[]}',
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_30_31_what_two_parsers_would_read_differently_is_400(phone, services, body):
    before = dump(services)

    assert phone.push_bytes(body).status_code == 400
    assert dump(services) == before


def test_31_a_nul_in_an_id_is_no_entry(phone):
    assert refused(phone, {**phone.note(), "_id": f"{phone.id}:000000000\0"}) == "bad_log_id"
