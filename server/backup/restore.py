"""Put a backup in place of the data, in a new epoch, losing nothing that is still to be had.

What stood there is set aside, never destroyed. The desk's journal outlives the databases and is
replayed; with keep_logs the entries that only the present data hold are taken over as well. The
phones send the rest again, for the acknowledgement in the new epoch is lower.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from server.backup.archive import BackupError, Member, read_archive
from server.backup.keys import county_identity, read_identity
from server.backup.write import COUCH
from server.opening import open_couch, open_services
from server.settings import Settings
from server.worker import AnotherWorkerRuns, exclusive_lock
from sync.peer import Document, Peer

REPLACED = (
    COUCH,
    COUCH + "-wal",
    COUCH + "-shm",
    "readmodel.sqlite",
    "readmodel.sqlite-wal",
    "readmodel.sqlite-shm",
)
PAGE = 500


@dataclass(frozen=True, slots=True)
class RestoreReport:
    taken_at: str
    epoch: str
    set_aside: str
    kept_logs: int
    replayed: int


def restore_backup(
    settings: Settings, file: Path, *, identity: Path | None = None, keep_logs: bool = False
) -> RestoreReport:
    """Restore `file`; the server must be stopped.

    Raises: BackupError, and then the data are as they were.
    """
    key = read_identity(identity) if identity else county_identity(settings)
    try:
        lock = exclusive_lock(settings.data / "worker.lock")
    except AnotherWorkerRuns as error:
        raise BackupError("the server is running on this data folder; stop it, then restore") from error
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    incoming, aside = settings.data / f".incoming-{stamp}", settings.data / f"replaced-{stamp}"
    try:
        incoming.mkdir(parents=True)
        manifest = read_archive(file, [key], lambda member, content: _unpack(incoming, member, content))
        _put_in_place(settings, incoming, aside)
        kept, replayed, epoch = _carry_over(settings, aside if keep_logs else None)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        lock.close()
    return RestoreReport(manifest.taken_at, epoch, str(aside), kept, replayed)


def _unpack(folder: Path, member: Member, content: BinaryIO) -> None:
    path = (folder / member.name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BackupError(f"{member.name} points outside the data folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)


def _put_in_place(settings: Settings, incoming: Path, aside: Path) -> None:
    """Set the present databases and keys aside; journal and media are only ever added to."""
    aside.mkdir()
    for name in REPLACED:
        if (settings.data / name).exists():
            (settings.data / name).rename(aside / name)
    if (settings.data / "keys").exists():
        shutil.copytree(settings.data / "keys", aside / "keys")
    for path in sorted(incoming.rglob("*")):
        member = path.relative_to(incoming)
        target = _target(settings, member)
        is_added_only = member.parts[0] in {"journal", "media"}
        if path.is_file() and not (is_added_only and _has_at_least(target, path)):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def _target(settings: Settings, name: Path) -> Path:
    folders = {"journal": settings.journal_folder, "media": settings.media_folder}
    folder = folders.get(name.parts[0])
    return settings.data / name if folder is None else folder.joinpath(*name.parts[1:])


def _has_at_least(present: Path, restored: Path) -> bool:
    """The journal only grows and media are named by content: the longer file is the newer one."""
    return present.exists() and present.stat().st_size >= restored.stat().st_size


def _carry_over(settings: Settings, aside: Path | None) -> tuple[int, int, str]:
    services = open_services(settings, is_worker=True)
    try:
        epoch = services.couch.change_epoch()
        kept = 0
        if aside is not None and (aside / COUCH).exists():
            former = open_couch(aside / COUCH)
            try:
                kept = _copy_missing(former.open("logs"), services.couch.ensure("logs"))
            finally:
                former.close()
        return kept, services.desk.replay_journal(), epoch
    finally:
        services.couch.close()


def _copy_missing(source: Peer, target: Peer) -> int:
    copied = 0
    for page in _pages(source):
        present = target.get_many([doc["_id"] for doc in page])
        missing = [{k: v for k, v in doc.items() if k != "_rev"} for doc in page if doc["_id"] not in present]
        results = target.bulk_docs(missing)
        if failed := next((r for r in results if not r.is_ok), None):
            raise BackupError(f"{failed.id} could not be taken over: {failed.reason}")
        copied += len(results)
    return copied


def _pages(peer: Peer) -> Iterator[list[Document]]:
    start: str | None = None
    while rows := peer.all_docs(start=start, limit=PAGE, include_docs=True):
        yield [row.doc for row in rows if row.doc is not None]
        start = rows[-1].id + "\x00"
