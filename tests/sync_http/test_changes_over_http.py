"""`_changes` over real HTTP: normal, longpoll, continuous and eventsource feeds."""

from __future__ import annotations

import http.client
import json
import threading
import time

import pytest

from sync.http import Endpoint

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def write(db, *ids):
    return [
        row["rev"] for row in db("POST", "/p/_bulk_docs", {"docs": [{"_id": doc_id} for doc_id in ids]}).json
    ]


class Stream:
    """A request whose answer is read as it comes."""

    def __init__(self, port, path):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._connection.request("GET", f"/db{path}")
        self._response = self._connection.getresponse()
        self.content_type = self._response.headers["Content-Type"]
        self.seen = b""

    def until(self, wanted):
        deadline = time.monotonic() + 20
        while wanted not in self.seen:
            chunk = self._response.read1(4096)
            assert chunk, self.seen
            assert time.monotonic() < deadline, self.seen
            self.seen += chunk
        return self.seen

    def rest(self):
        self.seen += self._response.read()
        self._connection.close()
        return self.seen


class TestNormal:
    """PROTOCOL E64 to E72, E79."""

    def test_the_shape_is_couchdbs(self, db):
        rev_a, rev_b = write(db, "a", "b")
        db("DELETE", f"/p/a?rev={rev_a}")
        answer = db("GET", "/p/_changes?style=all_docs&include_docs=true")
        rows = answer.json["results"]
        assert rows[0]["doc"] == {"_id": "b", "_rev": rev_b}
        assert (rows[0]["id"], rows[0]["changes"], "deleted" in rows[0]) == ("b", [{"rev": rev_b}], False)
        assert (rows[1]["id"], rows[1]["deleted"]) == ("a", True)
        assert (answer.json["last_seq"], answer.json["pending"]) == (rows[1]["seq"], 0)

    def test_a_post_with_an_empty_object_is_the_same(self, db):
        write(db, "a")
        assert db("POST", "/p/_changes?since=0&limit=10", {}).json == db("GET", "/p/_changes?limit=10").json

    def test_pages_end_with_a_short_one(self, db):
        write(db, *"abcde")
        seq, sizes = "0", []
        for _ in range(3):
            page = db("GET", f"/p/_changes?since={seq}&limit=2").json
            seq = page["last_seq"]
            sizes.append((len(page["results"]), page["pending"]))
        assert sizes == [(2, 3), (2, 1), (1, 0)]
        assert db("GET", f"/p/_changes?since={seq}").json["results"] == []
        assert db("GET", "/p/_changes", Last_Event_ID=seq).json["results"] == []

    def test_chosen_ids_only_with_the_filter_that_says_so(self, db):
        write(db, "a", "b", "c")
        chosen = db("POST", "/p/_changes?filter=_doc_ids", {"doc_ids": ["b"]}).json
        assert [row["id"] for row in chosen["results"]] == ["b"]
        assert db("GET", '/p/_changes?filter=_doc_ids&doc_ids=["c"]').json["results"][0]["id"] == "c"
        assert len(db("POST", "/p/_changes", {"doc_ids": ["b"]}).json["results"]) == 3

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("since=garbage", 400),
            ("since=999", 400),
            ('since="0"', 400),
            ("limit=abc", 400),
            ("limit=-1", 400),
            ("style=zzz", 400),
            ("feed=zzz", 400),
            ("heartbeat=0", 400),
            ("heartbeat=-5", 400),
            ("heartbeat=x", 400),
            ("timeout=x", 400),
            ("include_docs=maybe", 400),
            ("filter=nope/x", 404),
            ("filter=_doc_ids", 400),
            ("filter=_selector", 400),
            ("filter=nope", 400),
            ("filter=_view&view=x/y", 404),
            ("seq_interval=x", 400),
            ("attachments=maybe", 400),
            ("conflicts=1", 400),
        ],
    )
    def test_malformed_questions_are_4xx_never_500(self, db, query, status):
        answer = db("GET", f"/p/_changes?{query}")
        assert answer.status == status
        assert set(answer.json) == {"error", "reason"}


class TestLongpoll:
    """PROTOCOL E73 to E76."""

    def test_rows_that_are_there_are_answered_at_once(self, db):
        write(db, "a")
        answer = db("GET", "/p/_changes?feed=longpoll&timeout=5000").json
        assert [row["id"] for row in answer["results"]] == ["a"]

    def test_a_commit_ends_the_wait_and_the_head_was_sent_before(self, db):
        write(db, "a")
        stream = Stream(db.port, "/p/_changes?feed=longpoll&since=now&timeout=5000")
        stream.until(b'{"results":[\n')
        started = time.monotonic()
        write(db, "b")
        answer = json.loads(stream.rest())
        assert [row["id"] for row in answer["results"]] == ["b"]
        assert answer["last_seq"] == answer["results"][0]["seq"]
        assert time.monotonic() - started < 2

    def test_time_up_is_complete_json(self, db):
        write(db, "a")
        last_seq = db("GET", "/p/_changes").json["last_seq"]
        answer = db("GET", "/p/_changes?feed=longpoll&since=now&timeout=50")
        assert answer.json == {"results": [], "last_seq": last_seq, "pending": 0}

    def test_heartbeats_come_from_the_start_and_override_the_time_out(self, db):
        stream = Stream(db.port, "/p/_changes?feed=longpoll&since=now&heartbeat=60&timeout=10")
        stream.until(b'{"results":[\n\n\n\n')
        write(db, "a")
        assert [row["id"] for row in json.loads(stream.rest())["results"]] == ["a"]

    def test_a_refusal_meanwhile_ends_it_without_rows(self, db, guard):
        stream = Stream(db.port, "/p/_changes?feed=longpoll&since=now&heartbeat=10000")
        stream.until(b'{"results":[\n')
        guard.refused = {Endpoint.CHANGES}
        assert json.loads(stream.rest())["results"] == []
        assert db("GET", "/p/_changes").status == 403

    @pytest.mark.parametrize("feed", ["longpoll", "continuous"])
    def test_a_database_deleted_meanwhile_ends_it_as_it_should_end(self, db, feed):
        last_seq = db("GET", "/p/_changes").json["last_seq"]
        stream = Stream(db.port, f"/p/_changes?feed={feed}&since=now&heartbeat=10000")
        if feed == "longpoll":
            stream.until(b'{"results":[\n')
        else:
            time.sleep(0.3)  # nothing comes that could be waited for
        db("DELETE", "/p")
        assert json.loads(stream.rest())["last_seq"] == last_seq

    def test_many_wait_at_once_and_all_are_told(self, db):
        streams = [Stream(db.port, "/p/_changes?feed=longpoll&since=now&timeout=5000") for _ in range(20)]
        for stream in streams:
            stream.until(b'{"results":[\n')
        threading.Thread(target=write, args=(db, "a")).start()
        assert [len(json.loads(stream.rest())["results"]) for stream in streams] == [1] * 20

    def test_a_missing_database_is_404(self, send):
        assert send("GET", "/nope/_changes?feed=longpoll").status == 404


class TestContinuous:
    """PROTOCOL E64, E73, E74."""

    @pytest.mark.parametrize("kind", ["continuous", "live"])
    def test_a_line_each_then_the_last_seq_when_time_is_up(self, db, kind):
        write(db, "a")
        stream = Stream(db.port, f"/p/_changes?feed={kind}&timeout=400")
        stream.until(b'"id":"a"')
        write(db, "b")
        lines = [json.loads(line) for line in stream.rest().splitlines()]
        assert [line.get("id") for line in lines] == ["a", "b", None]
        assert (lines[2]["last_seq"], lines[2]["pending"]) == (lines[1]["seq"], 0)

    def test_a_limit_ends_it(self, db):
        write(db, "a", "b", "c")
        lines = [
            json.loads(line) for line in db("GET", "/p/_changes?feed=continuous&limit=2").text.splitlines()
        ]
        assert [line.get("id") for line in lines] == ["a", "b", None]
        assert lines[2]["pending"] == 1

    def test_events_carry_data_and_id(self, db):
        write(db, "a")
        stream = Stream(db.port, "/p/_changes?feed=eventsource&heartbeat=50")
        seen = stream.until(b"event: heartbeat\ndata: \n\n")
        assert stream.content_type.startswith("text/event-stream")
        assert b'data: {"seq":"1-' in seen
        assert b'\nid: "1-' in seen
