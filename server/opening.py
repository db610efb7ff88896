"""Opens what the parts of a process share; the only place that chooses a backend.

The command line and the worker need no web framework and no gevent; they begin here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from server.backup.swap import refuse_half_restored
from server.gateway.desk import Desk
from server.identity.accounts import Accounts
from server.identity.audit import Audit
from server.identity.console_sessions import ConsoleSessions
from server.identity.crypto import KeyRing, ServerKey
from server.identity.device_sessions import DeviceSessions
from server.identity.directory import Directory
from server.identity.enrolment import Enrolment
from server.identity.people_journal import PeopleJournal
from server.journal import Journal
from server.media import open_media
from server.media.intake import MediaLimits
from server.readmodel import ReadModel
from server.services import RunBlocking, Services, Sockets
from server.settings import Settings
from server.waiting import ThreadWaiter, Waiter, run_here
from sync.couchdb import CouchServer, Health, Runtime
from sync.couchdb import open_server as open_couchdb
from sync.errors import DatabaseNotFound
from sync.peer import Server
from sync.sqlite import open_server

COUCH: Final = "couch.sqlite"


def open_couch(path: Path) -> Server:
    """Return the embedded engine on this file."""
    return open_server(path)


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
    runtime = Runtime(sockets.away, sockets.connect, sockets.new_tls_context) if sockets else None
    return open_couchdb(
        settings.couch_url,
        prefix=settings.couch_prefix,
        ca_file=settings.couch_ca,
        open_backup=lambda path, epoch: open_server(path, epoch=epoch),
        runtime=runtime,
    )


def open_services(
    settings: Settings,
    *,
    is_worker: bool = False,
    run_blocking: RunBlocking = run_here,
    waiter: Waiter | None = None,
    sockets: Sockets | None = None,
) -> Services:
    """Open everything that the parts share; only the worker may write the read model.

    `sockets`: how native threads reach a CouchDB where the runtime has sockets of its own.

    Raises: HalfRestored.
    """
    refuse_half_restored(settings.data)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    couch = open_store(settings, sockets)
    waiter = waiter or ThreadWaiter()
    key_ring = _key_ring(settings)
    server_key = ServerKey.load_or_make(settings.data / "keys" / "server.pem")
    directory = Directory(Accounts(couch, people_journal(settings, key_ring)), key_ring, server_key)
    readmodel = ReadModel(settings.data / "readmodel.sqlite", is_writer=is_worker)
    couch.subscribe(waiter.notify)
    readmodel.subscribe(waiter.notify)
    return Services(
        settings=settings,
        couch=couch,
        key_ring=key_ring,
        server_key=server_key,
        directory=directory,
        console_sessions=ConsoleSessions(
            directory, run_blocking, idle_min=settings.console_idle_min, longest_h=settings.console_session_h
        ),
        device_sessions=DeviceSessions(directory, session_days=settings.device_session_days),
        enrolment=Enrolment(directory, valid_min=settings.enrolment_code_min),
        audit=Audit(couch),
        desk=Desk(
            couch,
            server_key,
            Journal(settings.journal_folder),
            has_folded=readmodel.has_folded,
            time_zone=settings.time_zone,
        ),
        readmodel=readmodel,
        media=open_media(settings.media_folder, couch, limits=_media_limits(settings)),
        waiter=waiter,
        run_blocking=run_blocking,
    )


def people_journal(settings: Settings, key_ring: KeyRing) -> PeopleJournal:
    """Return where changes of members, devices and grants are noted, for a restore to put back."""
    return PeopleJournal(Journal(settings.journal_folder), key_ring.lookup("journal", "people"))


def _key_ring(settings: Settings) -> KeyRing:
    if settings.secret_key:
        return KeyRing(bytes.fromhex(settings.secret_key))
    return KeyRing.load_or_make(settings.data / "keys" / "secret.hex")


def _media_limits(settings: Settings) -> MediaLimits:
    return MediaLimits(
        max_file_bytes=settings.photo_limit_bytes, max_pixels=settings.photo_limit_megapixels * 1_000_000
    )
