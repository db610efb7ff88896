"""The servers that are compared, each started empty on a port of its own and ended after the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.couch.wire import Place
from tests.contract.backends import running as process
from tests.support.couch_server import CouchServer


@contextmanager
def places(folder: Path) -> Iterator[dict[str, Place]]:
    """Yield the servers by name: ours first; CouchDB where COUCHDB_URL names one."""
    with ExitStack() as running:
        ours = running.enter_context(CouchServer(folder / "ours"))
        found = {"liandong": Place.of(ours.admin_url)}
        if url := os.environ.get("COUCHDB_URL"):
            found["CouchDB"] = Place.of(url)
        found["express-pouchdb"] = Place.of(running.enter_context(process("express_pouchdb", folder)))
        yield found
