"""A body leaves as it came, to the byte, by every way in and out (PROTOCOL section 2, 23)."""

from __future__ import annotations

import hashlib
import json
import random
from urllib.parse import quote

import pytest

ODD = [
    '{"n":1.0}',
    '{"n":[1e2,1E+2,1e-7,0.1000,-0,-0.0,1.50]}',
    '{"n":123456789012345678901234567890,"m":0.1000000000000000055511151231257827}',
    r'{"s":"\u00e9\/\u0041","raw":"é/A 🌾"}',
    '{"z":1,"a":{"z":1,"b":2} , "m":[ ]}',
    '{\n  "pretty": [1,\r\n 2.0]\t}',
    '{"_access":["x"],"n":1.00}',
]
REV = "1-" + "a" * 32


@pytest.fixture(params=ODD)
def body(request):
    return request.param


def stored(server, doc_id="a"):
    rows = server._readers.snapshot()
    with rows as connection:
        return connection.execute(
            "SELECT b.json, b.sha256 FROM document d JOIN body b ON b.number = d.body WHERE d.id = ?",
            (doc_id,),
        ).fetchone()


class TestWaysIn:
    def test_a_put_is_stored_as_it_came_with_its_hash(self, db, server, body):
        assert db("PUT", "/p/a", raw=body.encode()).status == 201
        assert stored(server) == (body.encode(), hashlib.sha256(body.encode()).digest())

    def test_its_special_members_are_cut_out_of_it(self, db, server):
        path = f'"_revisions":{{"start":1,"ids":["{"a" * 32}"]}}'
        raw = f'{{ "_id":"a", "n":1.0, "_rev":"{REV}" , {path},  "m":1e2 }}'
        assert db("PUT", "/p/a?new_edits=false", raw=raw.encode()).status == 201
        assert stored(server)[0] == b'{"n":1.0,  "m":1e2}'

    @pytest.mark.parametrize("new_edits", ["true", "false"])
    def test_a_batch(self, db, server, body, new_edits):
        row = '{"_id":"a",' + (f'"_rev":"{REV}",' if new_edits == "false" else "") + body[1:]
        raw = f'{{"docs": [{row}, {{"_id":"b","_rev":"{REV}"}}],"new_edits":{new_edits}}}'
        assert db("POST", "/p/_bulk_docs", raw=raw.encode()).status == 201
        assert stored(server)[0].decode()[1:-1].strip() == body[1:-1].strip()

    def test_a_copy(self, db, server, body):
        db("PUT", "/p/a", raw=body.encode())
        assert db("COPY", "/p/a", Destination="b").status == 201
        assert stored(server, "b") == stored(server, "a")

    def test_of_a_key_that_occurs_twice_anywhere_the_last_wins_and_no_reader_sees_two(self, db, server):
        db("PUT", "/p/a", raw=b'{"n":{"x":1.0,"x":2.0},"m":1,"m":3.0}')
        assert stored(server)[0] == b'{"n":{"x":2.0},"m":3.0}'

    def test_the_revision_is_named_after_values_not_after_their_spelling(self, db):
        revs = [
            db("PUT", f"/p/{n}", raw=raw).json["rev"]
            for n, raw in enumerate([b'{"a":1e2,"b":2}', b'{"b": 2, "a": 100.0}', b'{"a":100.00,"b":2}'])
        ]
        assert len(set(revs)) == 1


class TestWaysOut:
    @pytest.fixture
    def rev(self, db, body):
        return db("PUT", "/p/a", raw=body.encode()).json["rev"]

    def test_a_document_and_its_leaves(self, db, rev, body):
        head = f'{{"_id":"a","_rev":"{rev}",'
        whole = (head + body[1:-1].strip() + "}").encode()
        assert db("GET", "/p/a").text.encode() == whole + b"\n"
        as_json = {"Accept": "application/json"}
        assert db("GET", "/p/a?open_revs=all", **as_json).text.encode() == b'[{"ok":%b}]\n' % whole
        assert whole + b"\r\n" in db("GET", "/p/a?open_revs=all").text.encode()
        got = db("POST", "/p/_bulk_get", {"docs": [{"id": "a"}]}).text.encode()
        assert got == b'{"results":[{"id":"a","docs":[{"ok":%b}]}]}\n' % whole

    def test_feeds_and_lists_which_go_by_lines(self, db, rev, body):
        inside = body[1:-1].strip().replace("\n", "").replace("\r", "")
        shown = f'"doc":{{"_id":"a","_rev":"{rev}",{inside}}}'
        for path in ("_all_docs?include_docs=true", "_changes?include_docs=true"):
            assert shown in db("GET", f"/p/{path}").text
        lines = db("GET", "/p/_changes?include_docs=true&feed=continuous&timeout=50").text.splitlines()
        assert [shown in line for line in lines if line.strip()] == [True, False]

    def test_what_is_asked_beside_it_stands_around_it(self, db, rev, body):
        text = db("GET", "/p/a?revs=true").text
        assert body[1:-1].strip() in text
        assert json.loads(text)["_revisions"]["start"] == 1


def number(draw):
    digits = "".join(draw.choice("0123456789") for _ in range(draw.randint(1, 25))).lstrip("0") or "0"
    fraction = draw.choice(["", ".0", ".50", ".000", "." + str(draw.random())[2:]])
    power = draw.choice(["", "", "e2", "E+2", "e-3", "e05"])
    return draw.choice(["", "-"]) + digits + fraction + power


def text(draw):
    some = [r"\u00e9", "é", r"\/", "/", r"\n", "🌾", r"\ud83c\udf3e", "a", '\\"', " "]
    return '"' + "".join(draw.choices(some, k=draw.randint(0, 6))) + '"'


def value(draw, depth=0):
    kinds = [number, text, lambda _: draw.choice(["true", "false", "null"])]
    if depth < 4:
        kinds += [
            lambda _: "[" + ", ".join(value(draw, depth + 1) for _ in range(draw.randint(0, 3))) + "]",
            lambda _: object_text(draw, depth + 1),
        ]
    return draw.choice(kinds)(draw)


def object_text(draw, depth=0):
    space = lambda: draw.choice(["", "", " ", "\n", "\t "])  # noqa: E731
    names = draw.sample(["a", "b", "ç", r"\u0041", "_not", "z z"] if depth else ["a", "b", "ç", "z"], 3)
    members = [f'{space()}"{name}"{space()}:{space()}{value(draw, depth)}' for name in names]
    return "{" + ",".join(members) + space() + "}"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_written_is_read_to_the_byte(db, seed):
    """Two hundred odd bodies by seed, in one batch with special members among theirs, and each by GET."""
    draw = random.Random(seed)
    bodies = [object_text(draw) for _ in range(20)]
    rows = [f'{{"_id":"{n}", {body[1:].lstrip()}' for n, body in enumerate(bodies)]
    answered = db("POST", "/p/_bulk_docs", raw=('{"docs":[' + " , ".join(rows) + "]}").encode()).json
    assert all(row.get("ok") for row in answered)
    for row, body in zip(answered, bodies, strict=True):
        wanted = f'{{"_id":"{row["id"]}","_rev":"{row["rev"]}",{body[1:-1].strip()}}}\n'
        assert db("GET", f"/p/{quote(row['id'])}").text == wanted
