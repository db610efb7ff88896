"""What is timed. Each operation prepares all it needs, then says how many rows took how many seconds."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson

from tests.bench.couch.documents import batches, document, replicated, revision
from tests.bench.couch.wire import Place, Wire

STORED = 10_000
BATCH = 500
JSON = "application/json"
Rate = tuple[int, float]
"""Rows, and the seconds that they took."""


class NotOffered(Exception):
    """The server has no such thing."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`goal`: how many times CouchDB's rate ours should be; `run` is given a filled database."""

    name: str
    unit: str
    goal: float
    run: Callable[[Place, str], Rate]


def fill(place: Place, count: int = STORED) -> str:
    """Make a database of so many documents and return its name."""
    wire, name = Wire(place), new_name()
    wire.json("PUT", f"/{name}")
    for body in batches(0, count, BATCH):
        wire.json("POST", f"/{name}/_bulk_docs", body)
    wire.close()
    return name


def drop(place: Place, name: str) -> None:
    wire = Wire(place)
    wire.json("DELETE", f"/{name}")
    wire.close()


def new_name() -> str:
    return f"bench-{secrets.token_hex(6)}"


def bulk_docs(clients: int, each: int) -> Callable[[Place, str], Rate]:
    def run(place: Place, _filled: str) -> Rate:
        with Fresh(place, clients) as fresh:
            work = [
                [fresh.wires[c].request("POST", f"/{fresh.name}/_bulk_docs", body) for body in bodies]
                for c, bodies in enumerate(batches(c * each, each, BATCH) for c in range(clients))
            ]
            return clients * each, at_once(fresh.wires, work)

    return run


def put(clients: int, each: int) -> Callable[[Place, str], Rate]:
    def run(place: Place, _filled: str) -> Rate:
        with Fresh(place, clients) as fresh:
            work = [
                [
                    fresh.wires[c].request("PUT", f"/{fresh.name}/{doc.pop('_id')}", doc)
                    for doc in map(document, range(c * each, (c + 1) * each))
                ]
                for c in range(clients)
            ]
            return clients * each, at_once(fresh.wires, work)

    return run


def reading(count: int, rows: int, ask: Callable[[Wire, str, random.Random], bytes]) -> Callable[..., Rate]:
    """Time `count` requests, each of so many rows, drawn by the same seed for every server."""

    def run(place: Place, filled: str) -> Rate:
        wire, draw = Wire(place), random.Random(7)
        seconds = at_once([wire], [[ask(wire, filled, draw) for _ in range(count)]])
        wire.close()
        return count * rows, seconds

    return run


def pages_of_100(place: Place, filled: str) -> Rate:
    wire, since, rows = Wire(place), "0", 0
    began = time.perf_counter()
    while True:
        page: Any = wire.json("GET", f"/{filled}/_changes?style=all_docs&limit=100&since={since}")
        if not page["results"]:
            break
        rows, since = rows + len(page["results"]), page["last_seq"]
    seconds = time.perf_counter() - began
    wire.close()
    return rows, seconds


class Fresh:
    """An empty database and connections to it."""

    def __init__(self, place: Place, clients: int) -> None:
        self.name = new_name()
        self.wires = [Wire(place) for _ in range(clients)]
        self.wires[0].json("PUT", f"/{self.name}")

    def __enter__(self) -> Fresh:
        return self

    def __exit__(self, *_: object) -> None:
        # The database stays until the server ends: what clears it away would run into the next figure.
        for wire in self.wires:
            wire.close()


def at_once(wires: Sequence[Wire], work: Sequence[Sequence[bytes]]) -> float:
    """Send each connection's requests, all connections at once; return the seconds until the last answer."""

    def send(wire: Wire, requests: Sequence[bytes]) -> None:
        for request in requests:
            wire.ask(request)

    began = time.perf_counter()
    if len(wires) == 1:
        send(wires[0], work[0])
    else:
        with ThreadPoolExecutor(len(wires)) as pool:
            for done in [pool.submit(send, *pair) for pair in zip(wires, work, strict=True)]:
                done.result()
    return time.perf_counter() - began


def _get(wire: Wire, name: str, draw: random.Random) -> bytes:
    return wire.request("GET", f"/{name}/{document(draw.randrange(STORED))['_id']}")


def _revs_diff(wire: Wire, name: str, draw: random.Random) -> bytes:
    known = {replicated(n)["_id"]: [revision(n)] for n in draw.sample(range(STORED), 100)}
    return wire.request("POST", f"/{name}/_revs_diff", known)


def _bulk_get(wire: Wire, name: str, draw: random.Random) -> bytes:
    wanted = [{"id": document(n)["_id"], "rev": revision(n)} for n in draw.sample(range(STORED), 100)]
    return wire.request("POST", f"/{name}/_bulk_get?revs=true&latest=true", {"docs": wanted})


def _changes(query: str) -> Callable[[Wire, str, random.Random], bytes]:
    return lambda wire, name, _draw: wire.request("GET", f"/{name}/_changes?style=all_docs&since=0{query}")


OPERATIONS = (
    Operation("_bulk_docs replicated, 500 a batch, 1 client", "docs/s", 3, bulk_docs(1, 5000)),
    Operation("_bulk_docs replicated, 500 a batch, 4 clients", "docs/s", 2, bulk_docs(4, 2500)),
    Operation("PUT, 1 client", "docs/s", 3, put(1, 300)),
    Operation("PUT, 8 clients", "docs/s", 2, put(8, 100)),
    Operation("GET, 1 client", "docs/s", 2, reading(1500, 1, _get)),
    Operation("_changes, whole feed", "rows/s", 2, reading(3, STORED, _changes(""))),
    Operation("_changes, pages of 100", "rows/s", 3, pages_of_100),
    Operation("_changes with documents", "rows/s", 3, reading(1, STORED, _changes("&include_docs=true"))),
    Operation("_revs_diff, 100 known", "revs/s", 3, reading(60, 100, _revs_diff)),
    Operation("_bulk_get, 100", "docs/s", 3, reading(40, 100, _bulk_get)),
)
assert len(orjson.dumps(document(1))) == 578
