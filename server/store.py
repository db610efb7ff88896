"""Where the databases are kept; the only place that chooses a backend.

Knows nothing of what stands in them: a program that only moves databases about needs no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from urllib3 import PoolManager, Retry, Timeout

from server.services import Sockets
from server.settings import Settings
from sync.couchdb import CouchServer, Health, Runtime
from sync.couchdb import open_server as open_couchdb
from sync.errors import DatabaseNotFound
from sync.lease import Lease, Terms
from sync.outcome import Outcome, ThreadOutcome
from sync.peer import Server
from sync.sqlite import EngineLimits as EngineLimits
from sync.sqlite import open_server
from sync.sqlite.repair import PeerOf, Repaired, repair
from sync.sqlite.scrub import Damage, check

COUCH: Final = "couch.sqlite"
HTTP_CONNECTIONS: Final = 16
OUR_DATABASES: Final = ("logs", "central", "accounts", "audit")
"""Feeds are made by publish as they are needed."""
WORKER: Final = "worker"


def open_couch(
    path: Path, new_outcome: Callable[[], Outcome] = ThreadOutcome, limits: EngineLimits | None = None
) -> Server:
    """Return the embedded engine on this file; `new_outcome`: how a caller waits for its write."""
    return open_server(path, new_outcome=new_outcome, limits=limits)


def open_store(settings: Settings, sockets: Sockets | None = None) -> Server:
    """Return the store of all databases: the CouchDB of the settings, else the embedded engine."""
    return _open_couchdb(settings, sockets) if settings.couch_url else open_couch(settings.data / COUCH)


def has_county(settings: Settings) -> bool:
    """Whether there are databases of a county already."""
    if not settings.couch_url:
        return (settings.data / COUCH).exists()
    store = _open_couchdb(settings)
    try:
        return store.open("accounts").info().doc_count > 0
    except DatabaseNotFound:
        return False
    finally:
        store.close()


def couch_health(settings: Settings) -> Health:
    """Ask the CouchDB of the settings how it is. Raises: SyncError."""
    store = _open_couchdb(settings)
    try:
        return store.health()
    finally:
        store.close()


def set_up_couchdb(
    settings: Settings,
    *,
    user: str,
    password: str | None,
    nodes: Sequence[str],
    new_password: Callable[[], str],
) -> tuple[list[str], str | None]:
    """Prepare the CouchDB of the settings; return what was changed, and a password that was made.

    Web nodes write to `logs`, `accounts` and `audit`; `central` is the worker's. Raises: SyncError.
    """
    store = _open_couchdb(settings)
    try:
        made = new_password() if password is None and not store.has_user(user) else None
        changed = store.set_up(
            OUR_DATABASES, user=user, password=password or made, read_only=("central",), nodes=nodes
        )
        return changed, made
    finally:
        store.close()


def worker_lease(store: Server, *, key: str, name: str, takeover_s: float) -> Lease | None:
    """Return what lets one worker of a county work at a time; None where one machine has the store."""
    if not isinstance(store, CouchServer):
        return None
    return store.lease(WORKER, key=key, name=name, terms=Terms(takeover_s))


def damage_in(path: Path) -> Iterator[Damage]:
    """Yield what is damaged in an embedded engine's file; it may be in use."""
    yield from check(path)


def repair_file(path: Path, peer_of: PeerOf) -> Repaired:
    """Put a sound file in the place of an embedded engine's. Raises: StorageFailed when it is in use."""
    return repair(path, peer_of)


def put_in_place(settings: Settings, file: Path) -> None:
    """Bring the databases of an embedded engine's file to where the settings keep them, in its epoch.

    With the embedded engine the file itself is moved there by whoever made it. On a CouchDB the
    databases get names of their own, and count from one write on; those before stay, set aside.
    """
    if not settings.couch_url:
        return
    source, store = open_couch(file), _open_couchdb(settings)
    try:
        store.bring_in(source)
    finally:
        source.close()
        store.close()
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def new_http_pool(sockets: Sockets | None) -> PoolManager:
    """Return connections for what else is kept behind HTTP."""
    return _runtime(sockets).new_pool(
        HTTP_CONNECTIONS, timeout=Timeout(connect=10, read=60), retries=Retry(5, backoff_factor=0.2)
    )


def open_anywhere(place: str, *, ca_file: Path | None = None) -> Server:
    """Return the server at an http(s) URL, or the embedded engine on a file, with its own names.

    Raises: BadRequest, StorageFailed.
    """
    if place.startswith(("http://", "https://")):
        return open_couchdb(place, ca_file=ca_file)
    return open_couch(Path(place))


def open_county_at(place: str, settings: Settings) -> Server:
    """Return a county's store at a URL, below the prefix of the settings, or in a file."""
    if place.startswith(("http://", "https://")):
        return _open_couchdb(replace(settings, couch_url=place))
    return open_couch(Path(place))


def _open_couchdb(settings: Settings, sockets: Sockets | None = None) -> CouchServer:
    runtime = _runtime(sockets)
    return open_couchdb(
        settings.couch_url,
        prefix=settings.couch_prefix,
        ca_file=settings.couch_ca,
        open_backup=lambda path, epoch: open_server(path, epoch=epoch),
        runtime=runtime,
    )


def _runtime(sockets: Sockets | None) -> Runtime:
    return Runtime(sockets.away, sockets.connect, sockets.new_tls_context) if sockets else Runtime()
