"""PROTOCOL section 3, E: `_changes`. Each test names its points."""

from __future__ import annotations

import http.client
import json
import threading
import time
from urllib.parse import quote

import pytest

from sync.http import ThreadWaiter

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def write(db, *ids, **members):
    docs = [{"_id": doc_id, **members} for doc_id in ids]
    return [row["rev"] for row in db("POST", "/p/_bulk_docs", {"docs": docs}).json]


def replicate(db, doc_id, start, *ids, **members):
    doc = {"_id": doc_id, "_revisions": {"start": start, "ids": list(ids)}, **members}
    assert db("POST", "/p/_bulk_docs", {"new_edits": False, "docs": [doc]}).json == []


def changes(db, query=""):
    return db("GET", f"/p/_changes?{query}").json


def ids_of(page):
    return [row["id"] for row in page["results"]]


class TestRows:
    """PROTOCOL E64 to E72, E77 to E80."""

    @pytest.mark.parametrize("feed", ["normal", "longpoll", "continuous", "live", "eventsource"])
    def test_five_names_of_four_feeds_by_get_and_post(self, db, feed):
        """E64."""
        write(db, "a")
        for method, body in (("GET", None), ("POST", {}), ("POST", {"doc_ids": ["x"]})):
            answer = db(method, f"/p/_changes?feed={feed}&limit=1", body)
            assert (answer.status, '"id":"a"' in answer.text) == (200, True)
        assert db("GET", "/p/_changes?feed=other").status == 400

    def test_a_post_may_have_an_empty_body(self, db):
        """E64."""
        write(db, "a")
        assert ids_of(db("POST", "/p/_changes", raw=b"").json) == ["a"]
        assert db("POST", "/p/_changes", []).status == 400

    def test_one_row_a_document_at_its_latest_seq(self, db):
        """E65."""
        [rev, _] = write(db, "a", "b")
        db("PUT", "/p/a", {"_rev": rev})
        assert ids_of(changes(db)) == ["b", "a"]

    def test_all_leaves_or_the_winner_alone(self, db):
        """E66."""
        for digest in (C, B):
            replicate(db, "a", 2, digest, A)
        replicate(db, "a", 4, D, "3" * 32, "2" * 32, A, _deleted=True)
        rows = changes(db, "style=all_docs")["results"]
        assert rows[0]["changes"] == [{"rev": f"2-{C}"}, {"rev": f"2-{B}"}, {"rev": f"4-{D}"}]
        assert changes(db)["results"][0]["changes"] == [{"rev": f"2-{C}"}]
        assert changes(db, "style=main_only") == changes(db)

    def test_it_is_deleted_only_when_the_winner_is(self, db):
        """E67."""
        replicate(db, "a", 1, A)
        replicate(db, "a", 2, B, "9" * 32, _deleted=True)
        assert "deleted" not in changes(db)["results"][0]
        db("DELETE", f"/p/a?rev=1-{A}")
        assert changes(db)["results"][0]["deleted"] is True

    def test_a_seq_is_opaque_text_that_comes_back_encoded(self, db):
        """E68."""
        write(db, "a", "b")
        [first, second] = [row["seq"] for row in changes(db)["results"]]
        assert isinstance(first, str)
        assert ids_of(changes(db, f"since={quote(first, safe='')}")) == ["b"]
        assert ids_of(changes(db, "since=0")) == ["a", "b"]
        assert changes(db, "since=now") == {"results": [], "last_seq": second, "pending": 0}
        for bad in ("garbage", "999", '"0"', "-1", "1-xyz", ""):
            assert db("GET", f"/p/_changes?since={quote(bad)}").status == 400

    def test_the_last_seq_is_that_of_the_last_row_or_covers_what_a_filter_skipped(self, db):
        """E69, E79."""
        write(db, "a", "b", "c")
        limited = changes(db, "limit=2")
        assert limited["last_seq"] == limited["results"][1]["seq"]
        chosen = changes(db, 'filter=_doc_ids&doc_ids=["a"]')
        assert (ids_of(chosen), chosen["last_seq"]) == (["a"], changes(db)["last_seq"])

    def test_a_limit_of_nothing_counts_what_is_left(self, db):
        """E70, E71."""
        write(db, "a", "b", "c")
        assert changes(db, "limit=0") == {
            "results": [],
            "last_seq": changes(db, "limit=0")["last_seq"],
            "pending": 3,
        }
        seq = changes(db, "limit=2")["last_seq"]
        assert changes(db, f"limit=0&since={seq}") == {"results": [], "last_seq": seq, "pending": 1}
        assert changes(db, "limit=2")["pending"] == 1
        lines = db("GET", "/p/_changes?feed=continuous&limit=0").text.splitlines()
        assert [json.loads(line)["pending"] for line in lines] == [3]

    def test_a_filter_fills_the_page_before_the_limit_counts(self, db):
        """E72, E79: PouchDB takes a short page as the end."""
        for number in range(30):
            write(db, f"d{number:02}", kind="even" if number % 2 == 0 else "odd")
        body = {"selector": {"kind": "odd"}}
        seq, found = "0", []
        while True:
            page = db("POST", f"/p/_changes?filter=_selector&limit=4&since={seq}", body).json
            found += ids_of(page)
            seq = page["last_seq"]
            if len(page["results"]) < 4:
                break
        assert found == [f"d{number:02}" for number in range(1, 30, 2)]

    def test_filters_choose_by_ids_selector_or_design(self, db):
        """E79."""
        write(db, "a", "b", "_design/x", v=1)
        assert ids_of(db("POST", "/p/_changes?filter=_doc_ids", {"doc_ids": ["b", "q"]}).json) == ["b"]
        assert ids_of(db("POST", "/p/_changes?filter=_selector", {"selector": {"_id": "a"}}).json) == ["a"]
        assert ids_of(changes(db, "filter=_design")) == ["_design/x"]
        for query, status in (
            ("_doc_ids", 400),
            ("_selector", 400),
            ("x/y", 404),
            ("x", 400),
            ("_view", 400),
        ):
            assert db("GET", f"/p/_changes?filter={query}").status == status
        bad = db("POST", "/p/_changes?filter=_selector", {"selector": {"a": {"$nope": 1}}})
        assert bad.status == 400

    def test_a_filter_that_is_a_function_is_501_where_it_is_there(self, db):
        """E79."""
        db("PUT", "/p/_design/x", {"filters": {"f": "function(){}"}, "views": {"v": {"map": ""}}})
        assert db("GET", "/p/_changes?filter=x/f").status == 501
        assert db("GET", "/p/_changes?filter=_view&view=x/v").status == 501
        unknown = db("GET", "/p/_changes?filter=x/g")
        assert (unknown.status, unknown.json["reason"]) == (404, "missing json key: filters")

    def test_backwards_from_the_end(self, db):
        """E78."""
        write(db, "a", "b", "c")
        page = changes(db, "descending=true&limit=2")
        assert (ids_of(page), page["pending"]) == (["c", "b"], 1)
        assert ids_of(changes(db, "descending=true")) == ["c", "b", "a"]

    def test_documents_with_their_conflicts(self, db):
        """E78."""
        replicate(db, "a", 2, C, A, v=1)
        replicate(db, "a", 2, B, A)
        query = "include_docs=true&conflicts=true&attachments=true&att_encoding_info=true"
        [row] = changes(db, query)["results"]
        assert row["doc"] == {"_id": "a", "_rev": f"2-{C}", "v": 1, "_conflicts": [f"2-{B}"]}
        assert "_conflicts" not in changes(db, "include_docs=true")["results"][0]["doc"]

    def test_only_one_seq_in_so_many_is_told(self, db):
        """E78: CouchDB counts down from the limit, so that of four and no limit the first is told."""
        write(db, *"abcdefg")
        page = changes(db, "seq_interval=3")
        assert [row["seq"] is None for row in page["results"]] == [True, False, True, True, False, True, True]
        assert changes(db, "seq_interval=4")["results"][0]["seq"] is not None
        assert page["last_seq"] == changes(db)["last_seq"]
        for bad in ("0", "x", "-1"):
            assert db("GET", f"/p/_changes?seq_interval={bad}").json["reason"] == "invalid_seq_interval"

    def test_the_id_of_the_last_event_is_where_to_go_on(self, db):
        """E78."""
        write(db, "a", "b")
        first = changes(db)["results"][0]["seq"]
        assert ids_of(db("GET", "/p/_changes", Last_Event_ID=first).json) == ["b"]
        stream = db("GET", "/p/_changes?feed=eventsource&limit=1", Last_Event_ID=f'"{first}"')
        assert '"id":"b"' in stream.text

    def test_a_long_answer_comes_in_pages_and_is_whole(self, db):
        """E69, E71: the tests' face reads 50 rows at a time."""
        write(db, *(f"d{number:03}" for number in range(175)))
        page = changes(db, "include_docs=true&seq_interval=60")
        assert ids_of(page) == [f"d{number:03}" for number in range(175)]
        assert [number for number, row in enumerate(page["results"]) if row["seq"]] == [40, 100, 160]
        assert page["pending"] == 0
        limited = changes(db, "limit=120")
        assert (len(limited["results"]), limited["pending"]) == (120, 55)
        assert limited["last_seq"] == limited["results"][-1]["seq"]
        assert len(changes(db, "feed=longpoll")["results"]) == 175
        assert len(changes(db, "descending=true")["results"]) == 175

    def test_a_seq_of_another_life_starts_over(self, db, server):
        """E80."""
        write(db, "a")
        old = changes(db)["last_seq"]
        assert changes(db, f"since={old}")["results"] == []
        server.change_epoch()
        assert ids_of(changes(db, f"since={old}")) == ["a"]


class TestWaiting:
    """PROTOCOL E73 to E77."""

    @pytest.mark.parametrize("heartbeat", ["0", "-5", "x", "1.5", ""])
    def test_a_heartbeat_is_a_positive_number(self, db, heartbeat):
        """E73."""
        assert db("GET", f"/p/_changes?feed=longpoll&heartbeat={heartbeat}").status == 400

    def test_heartbeats_come_also_when_a_filter_drops_every_change(self, db):
        """E73."""
        connection = http.client.HTTPConnection("127.0.0.1", db.port, timeout=20)
        body = json.dumps({"selector": {"kind": "never"}})
        path = "/db/p/_changes?feed=longpoll&since=now&heartbeat=60&timeout=10&filter=_selector"
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        stop = threading.Event()

        def disturb():
            while not stop.wait(0.01):
                write(db, f"x{time.monotonic_ns()}", kind="other")

        thread = threading.Thread(target=disturb)
        thread.start()
        seen = b""
        while seen.count(b"\n") < 5:
            seen += response.read1(100)
        stop.set()
        thread.join()
        assert seen[:12] == b'{"results":['
        assert seen[12:].strip() == b""
        write(db, "wanted", kind="never")
        rest = json.loads(seen + response.read())
        assert ids_of(rest) == ["wanted"]
        connection.close()

    def test_time_up_ends_each_feed_in_its_own_words(self, db):
        """E74."""
        write(db, "a")
        seq = changes(db)["last_seq"]
        poll = db("GET", f"/p/_changes?feed=longpoll&since={seq}&timeout=50")
        assert poll.json == {"results": [], "last_seq": seq, "pending": 0}
        continuous = db("GET", f"/p/_changes?feed=continuous&since={seq}&timeout=50")
        assert continuous.json == {"last_seq": seq, "pending": 0}
        assert db("GET", f"/p/_changes?feed=eventsource&since={seq}&timeout=50").text == ""

    def test_rows_that_are_there_end_a_longpoll_at_once(self, db):
        """E75."""
        write(db, "a")
        began_s = time.monotonic()
        assert ids_of(changes(db, "feed=longpoll&timeout=20000")) == ["a"]
        assert time.monotonic() - began_s < 2

    def test_the_head_of_a_longpoll_is_sent_before_it_waits(self, db):
        """E75."""
        connection = http.client.HTTPConnection("127.0.0.1", db.port, timeout=20)
        connection.request("GET", "/db/p/_changes?feed=longpoll&since=now&timeout=5000")
        response = connection.getresponse()
        assert response.read1(100) == b'{"results":[\n'
        write(db, "a")
        assert b'"id":"a"' in response.read()
        connection.close()

    def test_a_commit_between_looking_and_waiting_ends_the_wait(self, server):
        """E76."""
        peer, looks = server.create("p"), []

        def look():
            looks.append(1)
            if len(looks) == 1:
                peer.bulk_docs([{"_id": "a"}])  # after what this look would have seen
                return None
            return "seen"

        began_s = time.monotonic()
        assert ThreadWaiter(server).wait_until(look, names=("p",), timeout_s=20) == "seen"
        assert time.monotonic() - began_s < 10

    def test_no_commit_is_missed_and_none_appears_behind_what_was_seen(self, db):
        """E76, E77: four writers, and a follower that asks again from each last_seq."""
        writers = [
            threading.Thread(target=lambda n=n: [write(db, f"{n}-{i}") for i in range(25)]) for n in range(4)
        ]
        for thread in writers:
            thread.start()
        seq, seen = "0", []
        while len(seen) < 100:
            page = changes(db, f"feed=longpoll&since={seq}&timeout=5000&limit=7")
            assert page["results"], seen
            seen += ids_of(page)
            seq = page["last_seq"]
        for thread in writers:
            thread.join()
        assert sorted(seen) == sorted(f"{n}-{i}" for n in range(4) for i in range(25))
        assert seen == ids_of(changes(db))
