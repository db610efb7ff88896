"""Whole replications: PouchDB in both directions, and our replicator beside CouchDB's own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from sync.replication.replicator import Replication
from sync.sqlite import open_server
from tests.bench.couch.documents import document, replicated
from tests.bench.couch.operations import STORED, NotOffered, Operation, Rate, new_name
from tests.bench.couch.wire import Place, Wire

HERE = Path(__file__).parent
MANIFEST = HERE.parents[2] / "client" / "package.json"
PUSHED = 5000


def pouch(direction: str) -> Callable[[Place, str], Rate]:
    def run(place: Place, filled: str) -> Rate:
        name, count, docs = filled, STORED, b""
        if direction == "push":
            name, count = new_name(), PUSHED
            docs = orjson.dumps([document(n) for n in range(count)])
            wire = Wire(place)
            wire.json("PUT", f"/{name}")
            wire.close()
        url = f"{place.url}/{name}"
        node = [sys.executable, "-m", "server.node", "node"]
        command = [*node, str(HERE / "pouch.mjs"), str(MANIFEST), direction, url, str(count)]
        done = orjson.loads(subprocess.run(command, input=docs, capture_output=True, check=True).stdout)
        return done["rows"], done["seconds"]

    return run


def between_local_databases(place: Place, filled: str) -> Rate:
    """CouchDB's own replicator; of ours, two databases of one file in this process.

    Raises: NotOffered by a server that has neither.
    """
    wire, target = Wire(place), new_name()
    welcome: Any = wire.json("GET", "/")
    if welcome.get("vendor", {}).get("name") != "The Apache Software Foundation":
        wire.close()
        if "express-pouchdb" in welcome:
            raise NotOffered
        return ours_between_local_databases()
    asked = {"source": f"{place.url}/{filled}", "target": f"{place.url}/{target}", "create_target": True}
    began = time.perf_counter()
    done: Any = wire.json("POST", "/_replicate", asked)
    seconds = time.perf_counter() - began
    wire.close()
    return done["history"][0]["docs_written"], seconds


def ours_between_local_databases() -> Rate:
    with TemporaryDirectory() as folder:
        server = open_server(Path(folder) / "couch.sqlite")
        source, target = server.create("source"), server.create("target")
        source.bulk_docs([replicated(n) for n in range(STORED)], new_edits=False)
        began = time.perf_counter()
        result = Replication(source, target, new_name()).run()
        seconds = time.perf_counter() - began
        server.close()
    return result.statistics.docs_written, seconds


REPLICATIONS = (
    Operation("PouchDB 9 pulls, 500 a batch", "docs/s", 1, pouch("pull")),
    Operation("PouchDB 9 pushes, 500 a batch", "docs/s", 1, pouch("push")),
    Operation("replicator, two local databases", "docs/s", 3, between_local_databases),
)
