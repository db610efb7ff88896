"""The whole product on a CouchDB in tests: PRODUCT_ON_COUCHDB=1 and COUCHDB_URL (`make test-couchdb`).

Every data folder of a test has databases of its own there; all of them are deleted at the end.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.settings import Settings
from server.store import COUCH, put_in_place
from sync.couchdb.address import parse_address, quoted_database
from sync.couchdb.connection import Connection

URL = os.environ.get("COUCHDB_URL", "") if os.environ.get("PRODUCT_ON_COUCHDB") == "1" else ""
RUN = f"run{secrets.token_hex(3)}-"


class _Switch:
    is_on = bool(URL)


def settings_of(data: Path) -> dict[str, str]:
    """Return the settings that put the databases of this data folder on the CouchDB."""
    if not _Switch.is_on:
        return {}
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]
    return {"couch_url": URL, "couch_prefix": f"{RUN}{digest}-"}


def environment_of(data: Path) -> dict[str, str]:
    return {f"LIANDONG_{name.upper()}": value for name, value in settings_of(data).items()}


@contextmanager
def embedded() -> Iterator[None]:
    """Let what is made in here be a file again, which can be copied with its folder."""
    before, _Switch.is_on = _Switch.is_on, False
    try:
        yield
    finally:
        _Switch.is_on = before


def move_in(data: Path) -> None:
    """Bring the file of a copied folder to the CouchDB; nothing where the product runs on the file."""
    if _Switch.is_on:
        put_in_place(Settings(data=data), data / COUCH)


@contextmanager
def product_on_couchdb() -> Iterator[None]:
    """Make the CouchDB the default of every Settings that says nothing else; clean up afterwards."""
    plain = Settings.__init__

    def on_couchdb(self: Settings, **given: Any) -> None:
        chosen = {} if "couch_url" in given else settings_of(Path(given.get("data", Settings.data)))
        plain(self, **{**chosen, **given})

    Settings.__init__ = on_couchdb  # type: ignore[method-assign]
    try:
        yield
    finally:
        Settings.__init__ = plain  # type: ignore[method-assign]
        _delete_all()


def _delete_all() -> None:
    connection = Connection(parse_address(URL))
    everything = {"start_key": f'"{RUN}"', "end_key": f'"{RUN}\ufff0"'}
    for name in connection.ask("GET", "/_all_dbs", everything).json():
        connection.ask("DELETE", f"/{quoted_database(name)}")
    connection.close()
