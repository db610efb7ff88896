"""The servers that the contract suite runs on, each real: a file, or a process that speaks HTTP."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sync.couchdb import CouchServer as RemoteServer
from sync.couchdb import open_server as open_couchdb
from sync.couchdb.answers import Answer
from sync.peer import Server
from sync.sqlite import open_server as open_sqlite
from tests.support.couch_server import CouchServer

COUCHDB_URL = os.environ.get("COUCHDB_URL", "")
BACKENDS = ["sqlite", "own_http", "express_pouchdb", *(["couchdb"] if COUCHDB_URL else [])]
POUCHDB = Path(__file__).parent / "express_pouchdb"


@contextmanager
def running(backend: str, folder: Path) -> Iterator[str]:
    """Yield the address of a backend that is a process of its own; "" for one that is not."""
    if backend == "own_http":
        with CouchServer(folder / "couch") as server:
            yield server.admin_url
    elif backend == "express_pouchdb":
        _install(POUCHDB)
        with _process([sys.executable, "-m", "server.node", "node", str(POUCHDB / "server.js")]) as said:
            yield f"http://127.0.0.1:{int(said)}"
    else:
        yield COUCHDB_URL if backend == "couchdb" else ""


@contextmanager
def opened(backend: str, url: str, folder: Path) -> Iterator[Server]:
    """Yield a Server that holds nothing yet, and leave nothing behind."""
    if backend == "sqlite":
        server: Server = open_sqlite(folder / "couch.sqlite")
        yield server
    else:
        remote = server = open_couchdb(url, prefix=f"t{secrets.token_hex(4)}-")
        _write_every_copy(remote)
        yield remote
        remote.remove_everything()
    server.close()


def copies_at(server: RemoteServer) -> int:
    """Return how many nodes keep a document; 1 where nothing is known of nodes."""
    answer = server._connection.ask("GET", "/_membership")
    return min(3, len(answer.json()["cluster_nodes"])) if answer.is_ok else 1


def _write_every_copy(server: RemoteServer) -> None:
    """Let each write on a cluster wait for all copies, for a read asks one of them and may be too early.

    The product expects that of a cluster (sync/QUIRKS.md); the contract is about what is stored.
    """
    copies, plain = copies_at(server), server._connection.ask

    def ask(method: str, path: str, parameters: Any = None, body: object = None, **more: Any) -> Answer:
        if method != "GET" and path.count("/") > 1 and not path.endswith("/_bulk_get"):
            parameters = {**(parameters or {}), "w": copies}
        return plain(method, path, parameters, body, **more)

    if copies > 1:
        server._connection.ask = ask  # type: ignore[method-assign]


@contextmanager
def _process(command: list[str]) -> Iterator[str]:
    """Start it and yield the first line that it says; it ends with us."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _install(folder: Path) -> None:
    """Bring the packages of the lock file, once."""
    lock, mark = folder / "package-lock.json", folder / "node_modules" / ".ready"
    if mark.exists() and mark.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = [sys.executable, "-m", "server.node", "npm", "--prefix", str(folder), "ci"]
    subprocess.run([*npm, "--ignore-scripts", "--silent", "--no-progress", "--no-audit"], check=True)
    mark.touch()
