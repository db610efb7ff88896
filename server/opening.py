"""Opens what the parts of a process share.

The command line and the worker need no web framework and no gevent; they begin here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.backup.swap import refuse_half_restored
from server.gateway.desk import Desk
from server.identity.accounts import Accounts
from server.identity.audit import Audit
from server.identity.console_sessions import ConsoleSessions
from server.identity.crypto import KeyFileBroken, KeyRing, ServerKey
from server.identity.device_sessions import DeviceSessions
from server.identity.directory import Directory
from server.identity.enrolment import Enrolment
from server.identity.instants import now as utc_now
from server.identity.people_journal import NAME as PEOPLE
from server.identity.people_journal import PeopleJournal
from server.journal import Journal
from server.media import Media, open_media
from server.media.intake import MediaLimits
from server.media.s3_store import S3Store
from server.messages.told import Told
from server.readmodel import ReadModel
from server.replication.whereabouts import MovedAway, refuse_moved_away
from server.services import RunBlocking, Services, Sockets
from server.settings import Settings
from server.store import COUCH, new_http_pool, open_store
from server.waiting import ThreadWaiter, Waiter, run_here
from sync.peer import Server


class DatabasesLost(Told):
    """The county's databases are gone; beginning an empty one in their place would hide it."""


def open_services(
    settings: Settings,
    *,
    is_worker: bool = False,
    run_blocking: RunBlocking = run_here,
    waiter: Waiter | None = None,
    sockets: Sockets | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Services:
    """Open everything that the parts share; only the worker may write the read model.

    `sockets`: how native threads reach a CouchDB where the runtime has sockets of its own; `now`: the one
    clock by which everything goes.

    Raises: HalfRestored, KeyFileBroken, DatabasesLost, MovedAway.
    """
    refuse_half_restored(settings.data)
    refuse_lost_databases(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    couch = _county_store(settings, sockets)
    _refuse_lost_keys(settings, couch)
    waiter = waiter or ThreadWaiter()
    key_ring = _key_ring(settings)
    server_key = ServerKey.load_or_make(settings.data / "keys" / "server.pem")
    directory = Directory(Accounts(couch, people_journal(settings, key_ring)), key_ring, server_key, now=now)
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
            directory,
            run_blocking,
            idle_min=settings.console_idle_min,
            longest_h=settings.console_session_h,
            clock=now,
        ),
        device_sessions=DeviceSessions(directory, session_days=settings.device_session_days, clock=now),
        enrolment=Enrolment(directory, valid_min=settings.enrolment_code_min, clock=now),
        audit=Audit(couch),
        desk=Desk(
            couch,
            server_key,
            Journal(settings.journal_folder),
            has_folded=readmodel.has_folded,
            time_zone=settings.time_zone,
            now=now,
        ),
        readmodel=readmodel,
        media=_media(settings, couch, sockets, now),
        waiter=waiter,
        run_blocking=run_blocking,
        now=now,
    )


def _county_store(settings: Settings, sockets: Sockets | None) -> Server:
    """Raises: MovedAway."""
    couch = open_store(settings, sockets)
    try:
        refuse_moved_away(couch)
    except MovedAway:
        couch.close()
        raise
    return couch


def refuse_lost_databases(settings: Settings) -> None:
    """Raises: DatabasesLost, where the journal remembers people and the databases are gone or empty."""
    file = settings.data / COUCH
    is_there = file.exists() and file.stat().st_size > 0
    if not settings.couch_url and not is_there and Journal(settings.journal_folder).content(PEOPLE):
        raise DatabasesLost("cli.start.lost", file=file, journal=settings.journal_folder)


def people_journal(settings: Settings, key_ring: KeyRing) -> PeopleJournal:
    """Return where changes of members, devices and grants are noted, for a restore to put back."""
    return PeopleJournal(Journal(settings.journal_folder), key_ring.lookup("journal", "people"))


def _refuse_lost_keys(settings: Settings, couch: Server) -> None:
    """A new key beside old data would make every name unreadable and every desk entry refused."""
    names = ("server.pem",) if settings.secret_key else ("server.pem", "secret.hex")
    gone = [path for name in names if not (path := settings.data / "keys" / name).exists()]
    if gone and not settings.couch_url and couch.ensure("accounts").info().doc_count:
        couch.close()
        raise KeyFileBroken("cli.secret.gone", path=gone[0])


def _key_ring(settings: Settings) -> KeyRing:
    if settings.secret_key:
        return KeyRing(bytes.fromhex(settings.secret_key))
    return KeyRing.load_or_make(settings.data / "keys" / "secret.hex")


def _media(settings: Settings, couch: Server, sockets: Sockets | None, now: Callable[[], datetime]) -> Media:
    store = S3Store(settings.media_s3, pool=new_http_pool(sockets)) if settings.media_s3 else None
    return open_media(settings.media_folder, couch, limits=_media_limits(settings), now=now, store=store)


def _media_limits(settings: Settings) -> MediaLimits:
    return MediaLimits(
        max_file_bytes=settings.photo_limit_bytes, max_pixels=settings.photo_limit_megapixels * 1_000_000
    )
