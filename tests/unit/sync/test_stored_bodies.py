"""Bodies come back as they went in, and what replication would lose is refused."""

from __future__ import annotations

import pytest

from sync.document import parse_document
from sync.errors import BadRequest, NotImplementedHere, StorageFailed, TooLarge
from sync.sqlite.body import content_sha256, decode_body, encode_body


def nested(depth: int) -> dict:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return {"deep": value}


class TestBodies:
    """PROTOCOL B35, section 1 items 22 to 24."""

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"a": 1.0, "b": 100.0, "c": 0.1},
            {"n": 2**53 + 1},
            {"n": 12345678901234567890123, "f": 1.0},
            {"中文": "立案 🌾", "nul": "x\0y"},
            {"a": {"_nested": [None, True]}},
            nested(190),
        ],
    )
    def test_every_value_is_read_as_it_was_written(self, body):
        encoded = encode_body(body)
        read = decode_body(*encoded)
        assert read == body
        assert [type(value) for value in read.values()] == [type(value) for value in body.values()]

    def test_the_order_of_keys_does_not_change_the_content_hash(self):
        one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
        assert content_sha256(one, encode_body(one)) == content_sha256(other, encode_body(other))

    @pytest.mark.parametrize(
        "body",
        [
            {"a": float("nan")},
            {"a": [float("inf")]},
            {"a": "\ud800"},
            {"a": {"__proto__": 1}},
            nested(2000),
            nested(300),
            {"a": {1, 2}},
            {"a": [{"b": [{"__proto__": {}}]}]},
        ],
    )
    def test_what_cannot_travel_is_refused(self, body):
        with pytest.raises(BadRequest):
            encode_body(body)

    def test_a_document_over_eight_megabytes_is_too_large(self):
        with pytest.raises(TooLarge):
            encode_body({"a": "x" * 8_000_000})

    def test_one_flipped_bit_is_noticed(self):
        encoded = encode_body({"amount": 100})
        flipped = bytes([*encoded.json[:-2], encoded.json[-2] ^ 1, encoded.json[-1]])
        with pytest.raises(StorageFailed, match="damaged"):
            decode_body(flipped, encoded.sha256, encoded.is_wide)


class TestSpecialMembers:
    """PROTOCOL B24, B25."""

    def test_replies_of_an_earlier_read_are_ignored(self):
        offered = {
            "_id": "a",
            "_revs_info": [],
            "_conflicts": [],
            "_deleted_conflicts": [],
            "_local_seq": 1,
            "x": 1,
        }
        assert parse_document(offered).body == {"x": 1}

    @pytest.mark.parametrize(
        "offered",
        [
            {"_id": 5},
            {"_id": None},
            {"_id": ""},
            {"_id": "_z"},
            {"_id": "_design/"},
            {"_id": "a\0b"},
            {"_id": "\ud800"},
            {"_id": "a", "_foo": 1},
            {"_id": "a", "_deleted": 1},
            {"_id": "a", "_attachments": 1},
            {"_id": "a", "_rev": 1},
            {"_id": "a", "__proto__": 1},
            [],
            "text",
            5,
            None,
        ],
    )
    def test_what_breaks_the_rules_is_refused(self, offered):
        with pytest.raises(BadRequest):
            parse_document(offered)

    def test_attachments_are_said_to_be_missing_here(self):
        with pytest.raises(NotImplementedHere):
            parse_document({"_id": "a", "_attachments": {"x": {}}})

    def test_a_path_wins_over_its_rev(self):
        offered = {"_id": "a", "_rev": "1-" + "b" * 32, "_revisions": {"start": 1, "ids": ["a" * 32]}}
        assert [str(each) for each in parse_document(offered, new_edits=False).path] == ["1-" + "a" * 32]

    def test_what_couchdb_keeps_of_its_replicator_is_kept(self):
        offered = {"_id": "a", "_replication_id": "x", "_replication_state": "triggered", "_access": ["y"]}
        kept = {"_replication_id": "x", "_replication_state": "triggered", "_access": ["y"]}
        assert parse_document(offered).body == kept
