"""How much one document may be is a setting of the engine, and met limits are told in clear errors."""

from __future__ import annotations

import threading

import pytest

from sync.errors import Overloaded
from sync.sqlite import EngineLimits, open_server


@pytest.fixture
def peer(tmp_path):
    limits = EngineLimits(document_bytes=1000, depth=5, leaves=3, generation=4, id_bytes=20, waiting_writes=2)
    server = open_server(tmp_path / "couch.sqlite", limits=limits)
    yield server.create("a")
    server.close()


def nested(depth):
    value = 'bottom [[[ { \\" '
    for level in range(depth - 1):
        value = [value] if level % 2 else {"k": value}
    return {"_id": "x", "v": value}


class TestLimits:
    """PROTOCOL C48, section 1 items 6 and 22."""

    @pytest.mark.parametrize(
        ("doc", "error", "reason"),
        [
            ({"_id": "x", "v": "x" * 1000}, "document_too_large", "A document may have at most 1000 bytes."),
            (nested(6), "doc_validation", "A document may nest at most 5 deep."),
            ({"_id": "证" * 7}, "illegal_docid", "A document id may have at most 20 bytes."),
        ],
    )
    def test_beyond_one_a_row_is_refused_and_says_which(self, peer, doc, error, reason):
        [row] = peer.bulk_docs([doc])
        assert (row.error, row.reason) == (error, reason)

    def test_up_to_it_a_document_is_taken(self, peer):
        assert peer.bulk_docs([nested(5)])[0].is_ok
        assert peer.bulk_docs([{"_id": "x" * 20, "v": [[[["[" * 300]]]]}])[0].is_ok

    def test_leaves_beside_each_other_are_counted_and_older_ones_still_grow(self, peer):
        rows = [
            peer.bulk_docs([{"_id": "x", "_rev": f"1-{digit * 32}"}], new_edits=False)[0] for digit in "1234"
        ]
        assert [row.error for row in rows] == [None, None, None, "forbidden"]
        assert peer.bulk_docs([{"_id": "x", "_rev": f"1-{'2' * 32}"}])[0].is_ok

    def test_generations_end_for_edits_and_for_replication(self, peer):
        assert peer.bulk_docs([{"_id": "x", "_rev": f"4-{'a' * 32}"}], new_edits=False)[0].is_ok
        [edited] = peer.bulk_docs([{"_id": "x", "_rev": f"4-{'a' * 32}"}])
        [replicated] = peer.bulk_docs([{"_id": "y", "_rev": f"5-{'a' * 32}"}], new_edits=False)
        assert {edited.reason, replicated.reason} == {"A document may have at most 4 generations."}

    def test_more_waiting_writes_are_refused_at_once(self, peer):
        entered, go_on = threading.Event(), threading.Event()
        held = threading.Thread(target=peer._writer.run, args=(lambda _: (entered.set(), go_on.wait(20)),))
        held.start()
        assert entered.wait(20)
        waiting = [threading.Thread(target=peer.bulk_docs, args=([{"_id": f"d{n}"}],)) for n in range(2)]
        for each in waiting:
            each.start()
        while len(peer._writer._queue) < 2:
            pass
        with pytest.raises(Overloaded, match="Too many writes are waiting"):
            peer.bulk_docs([{"_id": "late"}])
        go_on.set()
        for each in [held, *waiting]:
            each.join()
