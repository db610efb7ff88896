"""The servers that the contract suite runs on, each real: a file, or a process that speaks HTTP."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.couchdb import open_server as open_couchdb
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
        server = open_couchdb(url, prefix=f"t{secrets.token_hex(4)}-")
        yield server
        server.remove_everything()
    server.close()


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
