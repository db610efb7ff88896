"""Writes: a bad row never spoils its batch, a lost answer is never a second write, copies are counted."""

from __future__ import annotations

from collections.abc import Callable

from sync.couchdb import CouchServer, open_server
from sync.couchdb.retries import Patience
from sync.peer import WriteResult
from tests.couchdb.scripted_server import Answering, Asked, Reply, scripted

A = "a" * 32
SINGLE = {"update_seq": "0", "instance_start_time": "1", "doc_count": 0}
CLUSTER = SINGLE | {"cluster": {"q": 2, "n": 3, "w": 2, "r": 2}}


def server(url: str) -> CouchServer:
    return open_server(url, patience=Patience(attempts=2, first_s=0.001))


def writing(
    bulk: Callable[[Asked], Reply], *, info: dict[str, object] = SINGLE, leaves: object = None
) -> Answering:
    """Answer what a write asks beside `_bulk_docs`."""

    def answer(asked: Asked) -> Reply:
        if "_bulk_docs" in asked.path:
            return bulk(asked)
        if "_bulk_get" in asked.path:
            return Reply(body={"results": leaves})
        if "_shards" in asked.path:
            first = asked.path.endswith("quorum-0")
            return Reply(body={"range": "00-7f" if first else "80-ff", "nodes": []})
        return Reply(body=info)

    return answer


class TestWholeBatchRefused:
    """CouchDB answers 400 for all where one row is bad (PROTOCOL C45)."""

    def test_it_is_halved_until_the_bad_row_stands_alone(self):
        def bulk(asked: Asked) -> Reply:
            docs = asked.json()["docs"]
            if any(doc["_id"] == "bad" for doc in docs):
                return Reply(400, {"error": "bad_request", "reason": "no"})
            return Reply(201, [{"ok": True, "id": doc["_id"], "rev": f"1-{A}"} for doc in docs])

        with scripted(writing(bulk)) as script:
            peer = server(script.url).open("db")
            results = peer.bulk_docs([{"_id": doc_id} for doc_id in ("one", "bad", "two", "three")])
        assert [(row.id, row.error) for row in results] == [
            ("one", None),
            ("bad", "bad_request"),
            ("two", None),
            ("three", None),
        ]


class TestLostAnswer:
    """An ordinary edit is sent again only after looking (PROTOCOL C51, D55)."""

    def bulk(self, *replies: Reply) -> Callable[[Asked], Reply]:
        left = list(replies)
        return lambda _asked: left.pop(0)

    def test_what_was_stored_is_not_written_twice(self):
        leaf = {"_id": "x", "_rev": f"1-{A}", "v": 1, "_revisions": {"start": 1, "ids": [A]}}
        bulk = self.bulk(Reply(cut=0))
        leaves = [{"id": "x", "docs": [{"ok": leaf}]}]
        with scripted(writing(bulk, leaves=leaves)) as script:
            assert server(script.url).open("db").bulk_docs([{"_id": "x", "v": 1}]) == [
                WriteResult("x", f"1-{A}")
            ]
        assert sum("_bulk_docs" in path for path in script.paths()) == 1

    def test_what_was_not_stored_is_written_again(self):
        bulk = self.bulk(Reply(500), Reply(201, [{"ok": True, "id": "x", "rev": f"1-{A}"}]))
        leaves = [{"id": "x", "docs": [{"error": {"error": "not_found", "reason": "missing"}}]}]
        with scripted(writing(bulk, leaves=leaves)) as script:
            assert server(script.url).open("db").bulk_docs([{"_id": "x", "v": 1}])[0].is_ok
        assert sum("_bulk_docs" in path for path in script.paths()) == 2

    def test_what_another_wrote_meanwhile_is_not_taken_for_ours(self):
        leaf = {"_id": "x", "_rev": f"1-{A}", "v": "theirs", "_revisions": {"start": 1, "ids": [A]}}
        conflict = {"id": "x", "error": "conflict", "reason": "Document update conflict."}
        bulk = self.bulk(Reply(cut=0), Reply(201, [conflict]))
        leaves = [{"id": "x", "docs": [{"ok": leaf}]}]
        with scripted(writing(bulk, leaves=leaves)) as script:
            assert server(script.url).open("db").bulk_docs([{"_id": "x", "v": 1}])[0].error == "conflict"


class TestCopies:
    """Below quorum a write is not durable (PROTOCOL 4, DESIGN 2)."""

    def test_an_accepted_edit_is_not_durable(self):
        def bulk(asked: Asked) -> Reply:
            return Reply(202, [{"ok": True, "id": "x", "rev": f"1-{A}", "accepted": True}])

        with scripted(writing(bulk, info=CLUSTER)) as script:
            [row] = server(script.url).open("db").bulk_docs([{"_id": "x"}])
        assert (row.is_ok, row.is_durable) == (True, False)

    def replicated(self, accepted: Callable[[int], bool], info: dict[str, object] = CLUSTER):
        """Write a replicated revision; the nth batch of witnesses is `accepted` or whole."""
        witnessed: list[list[str]] = []

        def bulk(asked: Asked) -> Reply:
            offered = asked.json()
            if offered.get("new_edits") is False:
                return Reply(201, [])
            witnessed.append([doc["_id"] for doc in offered["docs"]])
            flag = {"accepted": True} if accepted(len(witnessed)) else {}
            return Reply(201, [{"ok": True, "id": d["_id"], "rev": "0-1"} | flag for d in offered["docs"]])

        with scripted(writing(bulk, info=info)) as script:
            peer = server(script.url).open("db")
            [row] = peer.bulk_docs([{"_id": "x", "_rev": f"1-{A}"}], new_edits=False)
        return row, witnessed

    def test_a_replicated_one_is_when_witnesses_in_every_shard_have_enough_copies(self):
        row, witnessed = self.replicated(lambda _: False)
        assert row == WriteResult("x", f"1-{A}", is_durable=True)
        assert witnessed == [["_local/quorum-0", "_local/quorum-1"]] * 2

    def test_it_is_not_when_they_lacked_copies_before_or_after(self):
        for batch in (1, 2):
            row, _ = self.replicated(lambda count, batch=batch: count == batch)
            assert (row.is_ok, row.is_durable) == (True, False)

    def test_a_single_node_is_asked_for_no_witness(self):
        row, witnessed = self.replicated(lambda _: True, info=SINGLE)
        assert (row.is_durable, witnessed) == (True, [])
