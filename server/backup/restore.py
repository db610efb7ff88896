"""Put a backup in place of the data, in a new epoch, losing nothing that is still to be had.

What stood there is set aside, never destroyed. The journal outlives the databases and is replayed: the
desk's work, and members, devices and grants as they were changed since, so that no phone is a stranger
and who was revoked stays so. With keep_logs the entries that only the present data hold are taken over
as well. The phones send the rest again, for the acknowledgement in the new epoch is lower. Sessions end:
a restore signs nobody in again who had signed out.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from server.backup.archive import BackupError, Member, describe, read_archive
from server.backup.keys import county_identity, read_identity
from server.backup.swap import COUCH, MARKER, finish_swap, swap_in
from server.deadlines.year_files import FOLDER as CALENDAR
from server.identity.crypto import SealBroken
from server.identity.people_journal import lines_beyond
from server.journal import Journal, Line
from server.opening import open_services, people_journal
from server.retention.again import erase_again
from server.serve import CannotStart, only_server
from server.settings import Settings
from server.store import has_county, open_store, put_in_place
from server.worker import AnotherWorkerRuns, exclusive_lock
from sync.errors import SyncError
from sync.peer import Document, Peer, WriteResult

INCOMING: Final = ".incoming-"
PAGE: Final = 500
SESSIONS: Final = ("console_session:", "device_session:")


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """`people`: members, devices, grants and logins put back, that changed since the backup.

    `is_entered`: the desk's journal names this very file, so nobody has put another in its place.
    """

    taken_at: str
    epoch: str
    set_aside: str
    kept_logs: int
    replayed: int
    people: int
    sha256: str
    is_entered: bool


def restore_backup(
    settings: Settings, file: Path, *, identity: Path | None = None, keep_logs: bool = False
) -> RestoreReport:
    """Restore `file`; the server must be stopped.

    Raises: BackupError, and then the databases are as they were.
    """
    key = read_identity(identity) if identity else county_identity(settings)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    incoming, aside = settings.data / f"{INCOMING}{stamp}", settings.data / f"replaced-{stamp}"
    with _nobody_else(settings):
        _clear_away(settings.data)
        try:
            incoming.mkdir(parents=True)
            manifest = read_archive(file, [key], lambda member, content: _unpack(incoming, member, content))
            digest = describe(file.name, file).sha256
            is_entered = _is_entered(settings.journal_folder, digest)
            changed = lines_beyond(Journal(incoming / "journal"), Journal(settings.journal_folder))
            _add_journal_and_media(settings, incoming, aside)
            kept, replayed, people, epoch = _carry_over(settings, incoming, changed, keep_logs=keep_logs)
            put_in_place(settings, incoming / COUCH)
            swap_in(settings.data, incoming, aside)
        except (SyncError, SealBroken, OSError) as error:
            raise BackupError(
                "backup.not_restored", file=file, why=str(error) or type(error).__name__
            ) from error
        finally:
            if not (settings.data / MARKER).exists():
                shutil.rmtree(incoming, ignore_errors=True)
    return RestoreReport(manifest.taken_at, epoch, str(aside), kept, replayed, people, digest, is_entered)


def finish_restore(settings: Settings) -> Path | None:
    """Finish a restore that was cut off and return where the former data are; None when there was none.

    Raises: BackupError when it is under way in another process.
    """
    if not (settings.data / MARKER).exists():
        return None
    with _nobody_else(settings):
        return finish_swap(settings.data)


@contextmanager
def _nobody_else(settings: Settings) -> Iterator[None]:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        try:
            held.enter_context(only_server(settings))
            held.enter_context(exclusive_lock(settings.data / "worker.lock"))
        except (AnotherWorkerRuns, CannotStart) as error:
            raise BackupError("backup.in_use") from error
        yield


def _clear_away(data: Path) -> None:
    """Remove what an earlier restore that was cut off had unpacked; nothing of it was in its place yet."""
    for left in data.glob(f"{INCOMING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _unpack(folder: Path, member: Member, content: BinaryIO) -> None:
    path = (folder / member.name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BackupError("backup.outside", name=member.name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def _is_entered(journal: Path, sha256: str) -> bool:
    lines = (line for device in Journal(journal).devices() for line in Journal(journal).lines(device))
    return any(
        line["entry"]["type"] == "backup" and line["entry"]["body"]["sha256"] == sha256 for line in lines
    )


def _add_journal_and_media(settings: Settings, incoming: Path, aside: Path) -> None:
    """Both are only ever added to: a longer journal stays, and media are named by their content."""
    for name, home in (("journal", settings.journal_folder), ("media", settings.media_folder)):
        for path in sorted((incoming / name).rglob("*")):
            target = home / path.relative_to(incoming / name)
            if path.is_dir() or _has_at_least(target, path):
                continue
            if target.exists():
                _copy(target, aside / name / target.name)
            _copy(path, target)
    for path in sorted((incoming / CALENDAR).glob("*.toml")):
        if not (settings.data / CALENDAR / path.name).exists():  # one that stands here is the newer one
            _copy(path, settings.data / CALENDAR / path.name)


def _has_at_least(present: Path, restored: Path) -> bool:
    return present.exists() and present.stat().st_size >= restored.stat().st_size


def _copy(path: Path, target: Path) -> None:
    """Copy durably, from one disk to another too; the target appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.restoring")
    with path.open("rb") as source, fresh.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _carry_over(
    settings: Settings, incoming: Path, changed: Sequence[Line], *, keep_logs: bool
) -> tuple[int, int, int, str]:
    """Give the restored databases, still beside the present ones, their epoch and what they lack."""
    beside = dataclasses.replace(
        settings, data=incoming, journal=settings.journal_folder, media=settings.media_folder, couch_url=""
    )
    services = open_services(beside, is_worker=True)
    try:
        epoch = services.couch.change_epoch()
        accounts = services.couch.ensure("accounts")
        _end_sessions(accounts)
        kept = 0
        if keep_logs and has_county(settings):
            present = open_store(settings)
            try:
                kept = _copy_missing(present.ensure("logs"), services.couch.ensure("logs"))
            finally:
                present.close()
        put_back = people_journal(beside, services.key_ring).put_back(accounts, changed)
        _check(put_back)
        replayed = services.desk.replay_journal()
        erase_again(services)  # the backup is older than what was erased since
        return kept, replayed, len(put_back), epoch
    finally:
        services.readmodel.close()
        services.couch.close()


def _copy_missing(source: Peer, target: Peer) -> int:
    copied = 0
    for page in _pages(source):
        present = target.get_many([doc["_id"] for doc in page])
        missing = [{k: v for k, v in doc.items() if k != "_rev"} for doc in page if doc["_id"] not in present]
        _check(target.bulk_docs(missing))
        copied += len(missing)
    return copied


def _end_sessions(accounts: Peer) -> None:
    """Who signed out since the backup must not be signed in again; phones sign in by themselves."""
    for page in _pages(accounts):
        over = [doc for doc in page if doc["_id"].startswith(SESSIONS)]
        _check(accounts.bulk_docs([{"_id": d["_id"], "_rev": d["_rev"], "_deleted": True} for d in over]))


def _check(results: Sequence[WriteResult]) -> None:
    if failed := next((r for r in results if not r.is_ok), None):
        raise BackupError("backup.not_taken_over", id=failed.id, why=failed.reason)


def _pages(peer: Peer) -> Iterator[list[Document]]:
    start: str | None = None
    while rows := peer.all_docs(start=start, limit=PAGE, include_docs=True):
        yield [row.doc for row in rows if row.doc is not None]
        start = rows[-1].id + "\x00"
