"""Feeds over HTTP: read line by line, taken up again where they broke, waited for within the time."""

from __future__ import annotations

import threading
import time

import pytest

from sync.couchdb import CouchServer, open_server
from sync.couchdb.retries import Patience
from sync.errors import NotImplementedHere, StorageFailed
from tests.couchdb.scripted_server import Asked, Reply, in_turn, scripted

INFO = {"update_seq": "3-x", "instance_start_time": "1", "doc_count": 0}
ROW = '{"seq":"%s-x","id":"%s","changes":[{"rev":"1-a"}]}'


def server(url: str) -> CouchServer:
    return open_server(url, patience=Patience(attempts=2, first_s=0.001))


def feed(*ids: str, last: str = "9-x") -> bytes:
    rows = ",\n".join(ROW % (number, doc_id) for number, doc_id in enumerate(ids, 1))
    return f'{{"results":[\n{rows}\n],\n"last_seq":"{last}","pending":4}}\n'.encode()


def changes(*replies: Reply):
    answers = in_turn(*replies)
    return lambda asked: answers(asked) if "_changes" in asked.path else Reply(body=INFO)


class TestReading:
    """PROTOCOL E65 to E71."""

    @pytest.mark.parametrize("form", [feed("a", "b"), feed("a", "b").replace(b"\n", b"")])
    def test_a_row_a_line_or_all_in_one(self, form):
        with scripted(changes(Reply(body=form))) as script:
            page = server(script.url).open("db").changes(limit=2)
        assert [row.id for row in page.rows] == ["a", "b"]
        assert (page.last_seq, page.pending) == ("9-x", 4)

    def test_an_empty_feed(self):
        with scripted(changes(Reply(body=feed()))) as script:
            assert server(script.url).open("db").changes(limit=2).rows == []

    def test_a_feed_cut_in_its_middle_is_read_again_and_no_row_is_made_up(self):
        whole = feed("a", "b")
        for cut in (20, 60, len(whole) - 5):
            with scripted(changes(Reply(body=whole, cut=cut), Reply(body=whole))) as script:
                page = server(script.url).open("db").changes(limit=2)
            assert [row.id for row in page.rows] == ["a", "b"]

    def test_a_feed_that_ends_too_early_is_read_again_too(self):
        half = b'{"results":[\n' + (ROW % (1, "a")).encode() + b",\n"
        with scripted(changes(Reply(body=half), Reply(body=feed("a", "b")))) as script:
            page = server(script.url).open("db").changes(limit=2)
        assert [row.id for row in page.rows] == ["a", "b"]

    def test_what_ends_too_early_without_saying_so_is_no_page(self):
        half = b'{"results":[\n' + (ROW % (1, "a")).encode() + b",\n"
        with scripted(changes(Reply(body=half))) as script, pytest.raises(StorageFailed, match="cut off"):
            server(script.url).open("db").changes(limit=2)

    def test_a_filter_that_is_not_there_is_told(self):
        missing = Reply(404, {"error": "not_found", "reason": "missing"})
        with scripted(changes(missing)) as script, pytest.raises(NotImplementedHere):
            server(script.url).open("db").changes(selector={})

    def test_numbers_as_seqs_stay_text(self):
        body = b'{"results":[{"seq":7,"id":"a","changes":[{"rev":"1-a"}]}],"last_seq":7}'
        with scripted(changes(Reply(body=body))) as script:
            page = server(script.url).open("db").changes(limit=1)
        assert (page.rows[0].seq, page.last_seq, page.pending) == ("7", "7", 0)


class TestWaiting:
    """PROTOCOL E74 to E76."""

    def test_a_server_that_does_not_know_the_time_limit_does_not_hold_us(self):
        def answer(asked: Asked) -> Reply:
            if "_changes" in asked.path:
                time.sleep(8)
            return Reply(body=INFO)

        with scripted(answer) as script:
            started = time.monotonic()
            assert server(script.url).open("db").wait("now", 0.05) is False
            assert time.monotonic() - started < 5


class TestHearing:
    """Who subscribes hears of every later commit, over broken connections too (DESIGN 3, "nudge")."""

    def test_a_feed_that_broke_is_taken_up_where_it_was(self):
        asked_since = []
        heard = threading.Event()

        def answer(asked: Asked) -> Reply:
            if "feed=continuous" in asked.path and "_changes" in asked.path:
                asked_since.append(asked.path.partition("since=")[2].partition("&")[0])
                if len(asked_since) == 1:
                    return Reply(body=(ROW % ("4", "a") + "\n").encode())
                heard.wait(5)
                return Reply(503)
            return Reply(404) if "_db_updates" in asked.path else Reply(body=INFO)

        names: list[str] = []
        with scripted(answer) as script:
            opened = server(script.url)
            opened.open("db")
            unsubscribe = opened.subscribe(names.append)
            for _ in range(100):
                if len(asked_since) > 1:
                    break
                time.sleep(0.05)
            heard.set()
            unsubscribe()
            opened.close()
        assert asked_since[:2] == ["3-x", "4-x"]
        assert names == ["db"]
