"""A county's databases moved to another store: the embedded engine, a CouchDB, and back.

What moves is the truth: `logs`, `central`, `accounts`, `audit`, and when each device was last heard of.
Feeds are copies, which publish makes anew in the epoch that begins here: seqs of one store mean nothing
to another, and a phone follows the epoch. Keys, photos and journals stay where they are.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.identity.instants import instant, now
from server.messages.told import Told
from server.replication.census import Census, census
from server.replication.whereabouts import COUNTY, MOVED_OUT, county_note, note_moved_out
from server.serve import only_server
from server.settings import Settings
from server.store import OUR_DATABASES
from server.worker import WORKER_LOCK, exclusive_lock
from sync.peer import Peer, Server
from sync.replication.replication_id import Place, replication_id
from sync.replication.replicator import Progress, Replication

DEVICE: Final = "device:"
OnProgress = Callable[[str, Progress], None]


class CannotMigrate(Told):
    """Says why nothing was moved, or why what was moved does not count yet."""


@dataclass(frozen=True, slots=True)
class Moved:
    """`databases` holds the census of each, equal on both sides. `is_new`: a new epoch began there."""

    databases: dict[str, Census]
    written: int
    epoch: str
    is_new: bool


@contextmanager
def nobody_else(settings: Settings) -> Iterator[Path]:
    """Hold the data folder against server and worker; yield the worker's lock.

    Raises: CannotStart, AnotherWorkerRuns.
    """
    with only_server(settings):
        lock = settings.data / WORKER_LOCK
        with exclusive_lock(lock):
            yield lock


def migrate(
    source: Server,
    target: Server,
    on_progress: OnProgress = lambda _name, _progress: None,
    *,
    shown: str,
) -> Moved:
    """Make the target hold what the source holds, prove it, and let a new epoch begin there.

    May be interrupted and run again at any time; nobody may write to either meanwhile. `shown` is what the
    source remembers of where the county went: nothing opens it from then on, until the county comes back.

    Raises: CannotMigrate, SyncError.
    """
    names = [name for name in source.names() if name in OUR_DATABASES]
    if "accounts" not in names:
        raise CannotMigrate("migrate.no_county")
    _check_is_here(source, target)
    county = _check_same_county(source, target)
    written = sum(_replicate(source, target, name, on_progress) for name in names)
    _copy_contacts(source.open("accounts"), target.open("accounts"))
    databases = {name: _verified(source.open(name), target.open(name)) for name in names}
    there = county_note(target)
    is_new = written > 0 or there.get("moved_in") != [source.uuid, target.epoch] or MOVED_OUT in there
    if is_new:
        epoch = target.change_epoch()
        target.open("accounts").put_local(COUNTY, {"county": county, "moved_in": [source.uuid, epoch]})
    note_moved_out(source, to=shown, at=instant(now()))
    return Moved(databases, written, target.epoch, is_new)


def _check_is_here(source: Server, target: Server) -> None:
    """Raises: CannotMigrate, where the county went on elsewhere than to this target."""
    moved = county_note(source).get(MOVED_OUT)
    if moved is not None and county_note(target).get("moved_in", [""])[0] != source.uuid:
        raise CannotMigrate("migrate.moved_away", place=moved["to"], at=moved["at"])


def _check_same_county(source: Server, target: Server) -> str:
    """Return the county's own name, made at its first move. Raises: CannotMigrate."""
    known = county_note(source)
    county = str(known.get("county") or secrets.token_hex(16))
    if "accounts" in target.names():
        if county_note(target).get("county") == county:
            return county
        theirs = target.open("accounts").info()
        if theirs.doc_count or theirs.doc_del_count:
            raise CannotMigrate("migrate.another_county")
    if not known:
        source.open("accounts").put_local(COUNTY, {"county": county})
    # At once: a move that is interrupted must know its own work again.
    target.ensure("accounts").put_local(COUNTY, {"county": county})
    return county


def _replicate(source: Server, target: Server, name: str, on_progress: OnProgress) -> int:
    log = replication_id(Place(source.uuid, name), Place(target.uuid, name))
    replication = Replication(
        source.open(name),
        target.ensure(name),
        log,
        on_progress=lambda progress: on_progress(name, progress),
    )
    result = replication.run()
    if result.refused:
        first = result.refused[0]
        count = len(result.refused)
        said = f"{first.error}: {first.reason}"
        raise CannotMigrate("migrate.refused", database=name, count=count, id=first.id, why=said)
    return result.statistics.docs_written


def _copy_contacts(source: Peer, target: Peer) -> None:
    """When devices were last heard of stands in `_local` documents, which do not replicate."""
    for row in source.all_docs(start=DEVICE, end=DEVICE + "\uffff"):
        contact = f"contact-{row.id.removeprefix(DEVICE)}"
        found = source.get_local(contact)
        if found is not None and _members(found) != _members(target.get_local(contact) or {}):
            target.put_local(contact, _members(found))


def _members(document: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if not name.startswith("_")}


def _verified(source: Peer, target: Peer) -> Census:
    before, after = census(source), census(target)
    if before != after:
        raise CannotMigrate(
            "migrate.differs",
            database=source.name,
            source=f"{before.documents}/{before.leaves}/{before.sha256[:16]}",
            target=f"{after.documents}/{after.leaves}/{after.sha256[:16]}",
        )
    return before
