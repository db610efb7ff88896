"""The door stores what a known device sends before it answers, and drops nothing."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from server.services import Services
from tests.support.gateway_rig import dump


def stored(services: Services, doc_id: str) -> dict[str, Any]:
    return services.couch.open("logs").get(doc_id)


def ids(services: Services) -> list[str]:
    return [row.id for row in services.couch.open("logs").all_docs()]


def opaque_bytes(document: dict[str, Any]) -> bytes:
    return base64.b64decode(document["opaque"]["base64"])


class TestAppend:
    """DESIGN 2, "The door": first revision, own log, id = device and entry."""

    def test_entries_are_stored_as_they_were_sent(self, phone, services):
        first, second = phone.note(), phone.note()

        answer = phone.push([first, second])

        assert answer.status_code == 201
        assert [row["ok"] for row in answer.get_json()] == [True, True]
        assert answer.get_json()[1]["id"] == f"{phone.id}:0000000002"
        kept = stored(services, f"{phone.id}:0000000001")
        assert (kept["entry"], kept["parts"], kept["_rev"][:2]) == (first["entry"], {}, "1-")

    def test_the_same_entry_again_is_answered_with_the_same_revision(self, phone, services):
        row = phone.note()
        first = phone.push([row]).get_json()
        before = dump(services)

        again = phone.push([row]).get_json()

        assert again == first
        assert dump(services) == before

    def test_the_same_entry_twice_in_one_batch_is_stored_once(self, phone, services):
        row = phone.note()

        answer = phone.push([row, row]).get_json()

        assert answer[0]["rev"] == answer[1]["rev"] == stored(services, row["_id"])["_rev"]
        assert len(ids(services)) == 1

    def test_a_gzip_body_is_taken(self, phone, services):
        body = gzip.compress(json.dumps({"docs": [phone.note()]}).encode())

        assert phone.push_bytes(body, Content_Encoding="gzip").get_json()[0]["ok"] is True

    def test_one_bad_row_among_a_hundred_keeps_none_of_the_others_out(self, phone, services):
        rows = [phone.note() for _ in range(100)]
        rows[41] = {**rows[41], "_deleted": True}

        answer = phone.push(rows).get_json()

        assert [row["id"] for row in answer if not row.get("ok")] == [f"{phone.id}:0000000042"]
        assert answer[41]["reason"] == "deletion"
        assert len(ids(services)) == 100


class TestRowsThatAreNoEntries:
    """DESIGN 2, "The door": stored as opaque bytes and answered `forbidden`."""

    def test_the_bytes_are_kept_exactly_as_they_were_sent(self, phone, services):
        row = b'{ "_id":"%s:0000000001",  "entry" : {"n": 1.50}, "odd":true}' % phone.id.encode()

        answer = phone.push_bytes(b'{"docs": [' + row + b"]}").get_json()

        assert answer == [{"id": f"{phone.id}:0000000001", "error": "forbidden", "reason": "member_unknown"}]
        kept = stored(services, f"{phone.id}:0000000001")
        assert opaque_bytes(kept) == row
        assert kept["opaque"]["reason"] == "member_unknown"
        assert kept["opaque"]["size"] == len(row)

    def test_each_fault_has_its_reason(self, phone):
        good = phone.note()
        deep: Any = 1
        for _ in range(33):
            deep = [deep]
        faults = {
            "not_first_revision": {**good, "_rev": "1-" + "0" * 32},
            "deletion": {**good, "_deleted": True},
            "member_unknown": {**good, "_attachments": {}},
            "bad_log_id": {**good, "_id": f"{phone.id}:1"},
            "not_an_entry": {**good, "entry": [1]},
            "entry_mismatch": {**good, "entry": {**good["entry"], "entry": 2}},
            "too_deep": {**good, "entry": {**good["entry"], "body": deep}},
            "forbidden_key": {**good, "entry": {**good["entry"], "body": {"a": [{"__proto__": 1}]}}},
            "number_out_of_range": {**good, "entry": {**good["entry"], "body": {"n": 2**53}}},
            "too_large": {**good, "entry": {**good["entry"], "body": {"text": "水" * 22_000}}},
            "part_mismatch": {**good, "parts": [1]},
        }
        answers = {name: phone.push([row]).get_json()[0]["reason"] for name, row in faults.items()}

        assert answers == {name: name for name in faults}

    def test_a_row_for_another_log_is_kept_apart_and_the_other_log_stays_empty(self, phone, other, services):
        row = other.note()

        answer = phone.push([row]).get_json()[0]

        assert (answer["error"], answer["reason"]) == ("forbidden", "not_own_log")
        assert [doc_id.rsplit(":", 1)[0] for doc_id in ids(services)] == [f"{phone.id}:opaque"]

    def test_the_answer_is_the_same_whether_the_other_log_has_the_entry_or_not(self, phone, other):
        known, unknown = other.note(), other.note()
        other.push([known])

        answers = [phone.push([row]).get_json()[0] for row in (known, unknown)]

        assert [(a["error"], a["reason"]) for a in answers] == [("forbidden", "not_own_log")] * 2

    def test_the_same_bytes_again_are_kept_once(self, phone, services):
        row = {**phone.note(), "odd": 1}
        first = phone.push([row]).get_json()
        before = dump(services)

        assert phone.push([row]).get_json() == first
        assert dump(services) == before


class TestFork:
    """DESIGN 2: the first of two different entries of one number stays, the second is kept as bytes."""

    def test_the_first_stays_and_the_second_is_kept_and_refused(self, phone, services):
        first = phone.note("一")
        phone.push([first])
        phone.log.documents.clear()
        phone.log.head = None
        second = phone.note("二")

        answer = phone.push([second]).get_json()[0]

        assert (answer["error"], answer["reason"]) == ("forbidden", "fork")
        assert stored(services, first["_id"])["entry"] == first["entry"]
        bytes_id = next(doc_id for doc_id in ids(services) if ":opaque:" in doc_id)
        assert json.loads(opaque_bytes(stored(services, bytes_id)))["entry"] == second["entry"]

    def test_the_same_entry_with_other_parts_is_not_acknowledged(self, phone, services):
        row = phone.note()
        phone.push([row])

        answer = phone.push([{**row, "parts": {"fix": {"salt": "s" * 22, "value": 1}}}]).get_json()[0]

        assert answer["reason"] == "parts_differ"
        assert len(ids(services)) == 2

    def test_parts_erased_since_do_not_come_back(self, phone, services):
        row = {**phone.note(), "parts": {"fix": {"salt": "s" * 22, "value": 1}}}
        phone.push([row])
        kept = stored(services, row["_id"])
        services.couch.open("logs").bulk_docs([{**kept, "parts": {}}])

        assert phone.push([row]).get_json()[0]["ok"] is True
        assert stored(services, row["_id"])["parts"] == {}


class TestBodiesThatCannotBeSplit:
    """DESIGN 2: 400 and nothing stored; a single row's raw bytes are kept at its place in the log."""

    SURROGATE = b'{"docs":[{"_id":"%s:0000000001","entry":{"body":{"title":"\\ud83d"}}}]}'

    def test_a_batch_is_refused_whole(self, phone, services):
        before = dump(services)

        assert phone.push_bytes(self.SURROGATE % phone.id.encode()).status_code == 400
        assert dump(services) == before

    def test_the_single_row_is_kept_as_raw_bytes(self, phone, services):
        body = self.SURROGATE % phone.id.encode()

        answer = phone.push_bytes(body, Liandong_Row=f"{phone.id}:0000000001")

        assert answer.status_code == 201
        assert answer.get_json() == [
            {"id": f"{phone.id}:0000000001", "error": "forbidden", "reason": "not_json"}
        ]
        assert opaque_bytes(stored(services, f"{phone.id}:0000000001")) == body

    def test_a_single_row_that_can_be_read_after_all_is_an_entry(self, phone):
        row = phone.note()

        assert phone.push([row], Liandong_Row=row["_id"]).get_json()[0]["ok"] is True

    def test_raw_bytes_cannot_be_put_into_another_log(self, phone, other, services):
        before = dump(services)

        answer = phone.push_bytes(b"{", Liandong_Row=f"{other.id}:0000000001")

        assert answer.status_code == 400
        assert dump(services) == before

    def test_raw_bytes_do_not_take_the_place_of_an_entry(self, phone, services):
        row = phone.note()
        phone.push([row])

        phone.push_bytes(b"{", Liandong_Row=row["_id"])

        assert stored(services, row["_id"])["entry"] == row["entry"]
        assert len(ids(services)) == 2


class TestRevoked:
    """DESIGN 2: a revoked device may append for 30 days; ingest refuses it all, and keeps it."""

    def test_it_may_still_append(self, phone):
        phone.revoke()

        assert phone.push([phone.note()]).get_json()[0]["ok"] is True

    def test_not_after_thirty_days(self, phone, services):
        phone.revoke(days_ago=30.1)
        before = dump(services)

        answer = phone.push([phone.note()])

        assert (answer.status_code, answer.get_json()["reason"]) == (401, "revoked")
        assert dump(services) == before
