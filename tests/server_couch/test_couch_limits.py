"""Every limit of `liandong couch`: set, met over HTTP, answered with status and reason, written down."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.couch.command import couch_command
from server.couch.limits import CouchLimits
from sync.sqlite.connections import connect
from tests.server_couch.conftest import Client
from tests.support.couch_server import CouchServer

README = Path(__file__).parents[2] / "sync" / "README.md"
A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
LIMITS = {
    "max_body_bytes": 3000,
    "max_document_bytes": 1000,
    "max_depth": 5,
    "max_generation": 9,
    "max_leaves": 3,
    "max_id_bytes": 20,
    "max_local_bytes": 500,
    "max_url_bytes": 300,
    "max_batch_rows": 4,
    "max_waiting_writes": 2,
    "max_wrong_passwords": 3,
    "page_rows": 2,
    "feed_timeout_s": 0.2,
}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    arguments = [part for name, number in LIMITS.items() for part in ("--limit", f"{name}={number}")]
    with CouchServer(tmp_path_factory.mktemp("limits"), *arguments, "--user", "ann:secret") as server:
        yield server


@pytest.fixture
def db(narrow):
    send = Client(narrow.port)
    send("PUT", "/p")
    yield send
    send("DELETE", "/p")


def nested(depth):
    value = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


class TestLimitsOverHttp:
    """PROTOCOL C48, C50, A14, section 1 items 6 and 22."""

    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "error", "reason"),
        [
            ("PUT", "/p/a", {"v": "x" * 3000}, 413, "document_too_large", "the request entity is too large"),
            (
                "PUT",
                "/p/a",
                {"v": "x" * 1000},
                413,
                "document_too_large",
                "A document may have at most 1000 bytes.",
            ),
            ("PUT", "/p/a", nested(6), 400, "doc_validation", "A document may nest at most 5 deep."),
            (
                "PUT",
                f"/p/a?new_edits=false&rev=10-{A}",
                {},
                400,
                "bad_request",
                "A document may have at most 9 generations.",
            ),
            ("PUT", f"/p/{'i' * 21}", {}, 400, "illegal_docid", "A document id may have at most 20 bytes."),
            (
                "PUT",
                "/p/_local/a",
                {"v": "x" * 500},
                413,
                "document_too_large",
                "the request entity is too large",
            ),
            ("GET", f"/p/{'u' * 300}", None, 414, "uri_too_long", "A URL may have at most 300 bytes."),
            (
                "POST",
                "/p/_bulk_docs",
                {"docs": [{}] * 5},
                413,
                "document_too_large",
                "Too many documents in one request.",
            ),
        ],
    )
    def test_beyond_one_the_answer_has_its_status_and_names_it(
        self, db, method, path, body, status, error, reason
    ):
        answer = db(method, path, body)
        assert (answer.status, answer.json) == (status, {"error": error, "reason": reason})

    def test_up_to_each_it_is_taken(self, db):
        taken = [
            db("PUT", "/p/a", {"v": "x" * 980}),
            db("PUT", "/p/b", nested(5)),
            db("PUT", f"/p/c?new_edits=false&rev=9-{A}", {}),
            db("PUT", f"/p/{'i' * 20}", {}),
            db("PUT", "/p/_local/a", {"v": "x" * 400}),
            db("POST", "/p/_bulk_docs", {"docs": [{}] * 4}),
        ]
        assert [answer.status for answer in taken] == [201] * 6

    def test_a_row_of_a_batch_says_the_same_and_its_neighbours_are_stored(self, db):
        docs = [{"_id": "a"}, {"_id": "b", "v": "x" * 1000}, {"_id": "i" * 21}, {"_id": "d"}]
        rows = db("POST", "/p/_bulk_docs", {"docs": docs}).json
        assert [row.get("error") for row in rows] == [None, "document_too_large", "illegal_docid", None]

    def test_what_is_refused_by_replication_is_kept(self, db):
        """C47: the quarantine holds more than a client may store."""
        docs = [{"_id": "k" * 21, "_rev": f"1-{A}"}, {"_id": "long", "_rev": f"1-{A}", "v": "x" * 1500}]
        rows = db("POST", "/p/_bulk_docs", {"docs": docs, "new_edits": False}).json
        assert [row["error"] for row in rows] == ["forbidden", "forbidden"]
        kept = {row["doc_id"] for row in db("GET", "/_liandong/quarantine").json["rows"]}
        assert {"k" * 21, "long"} <= kept

    def test_an_edit_ends_where_the_generations_do(self, db):
        db("PUT", f"/p/c?new_edits=false&rev=9-{A}", {})
        assert db("PUT", f"/p/c?rev=9-{A}", {}).status == 400

    def test_of_conflicting_revisions_so_many_are_taken(self, db):
        answers = [db("PUT", f"/p/a?new_edits=false&rev=1-{digest}", {}) for digest in (A, B, C, D)]
        assert [answer.status for answer in answers] == [201, 201, 201, 403]
        assert answers[3].json["reason"] == "This document has 3 conflicting revisions already."
        assert db("PUT", f"/p/a?rev=1-{A}", {}).status == 201

    def test_of_writes_that_wait_so_many_are_taken_and_the_others_may_come_again(self, db, narrow):
        held = connect(narrow.data / "couch.sqlite")
        held.execute("BEGIN IMMEDIATE")
        answers, some_refused = [], threading.Event()

        def put(number: int) -> None:
            answers.append(answer := db("PUT", f"/p/w{number}", {}))
            if answer.status == 503:
                some_refused.set()

        writing = [threading.Thread(target=put, args=(number,)) for number in range(8)]
        for thread in writing:
            thread.start()
        assert some_refused.wait(20)
        held.execute("ROLLBACK")
        for thread in writing:
            thread.join()
        statuses = Counter(answer.status for answer in answers)
        assert statuses.keys() == {201, 503}
        refused = next(answer for answer in answers if answer.status == 503)
        assert (refused.json["reason"], refused.headers["retry-after"]) == (
            "Too many writes are waiting.",
            "2",
        )
        assert db("GET", "/p").json["doc_count"] == statuses[201]

    def test_of_wrong_passwords_so_many_are_heard(self, narrow):
        wrong = Client(narrow.port).signed_in("ann", "wrong")
        answers = [wrong("GET", "/") for _ in range(4)]
        assert [answer.status for answer in answers] == [401, 401, 401, 429]
        assert answers[3].json["error"] == "too_many_requests"

    def test_long_lists_are_read_in_pages_and_a_feed_ends_in_time(self, db):
        db("POST", "/p/_bulk_docs", {"docs": [{"_id": name} for name in "abcd"]})
        assert [row["id"] for row in db("GET", "/p/_all_docs").json["rows"]] == ["a", "b", "c", "d"]
        assert db("GET", "/p/_changes?feed=longpoll&since=now").json["results"] == []


class TestRaised:
    """What is set higher than usual is taken as well, by the engine too."""

    def test_more_than_usual(self, tmp_path):
        arguments = ("--limit", "max_document_bytes=9000000", "--limit", "max_depth=500")
        with CouchServer(tmp_path, *arguments) as server:
            send = Client(server.port)
            send("PUT", "/p")
            assert send("PUT", "/p/a", {"v": "x" * 8_500_000}).status == 201
            assert send("PUT", "/p/b", nested(500) | {"wide": 10**30}).status == 201
            assert json.loads(send("GET", "/p/b").text)["wide"] == 10**30
            assert send("PUT", "/p/b", nested(501)).json["error"] == "doc_validation"


class TestWrittenDown:
    def test_every_limit_is_in_help_and_readme_with_what_it_is_if_nobody_sets_it(self):
        said = "".join(CliRunner().invoke(couch_command, ["--help"]).output.split())
        readme = README.read_text("utf-8")
        for name in CouchLimits.__dataclass_fields__:
            default = getattr(CouchLimits(), name)
            assert f"{name}={default:g}" in said or f"{name}={default}" in said
            assert f"| `{name}` | {default:,g} |" in readme or f"| `{name}` | {default:,} |" in readme
