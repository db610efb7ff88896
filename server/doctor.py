"""`liandong doctor`: one line a finding about this machine, the settings and the data.

It looks and tells; it mends nothing.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import apsw

from server.backup.archive import BackupError, describe
from server.backup.keys import county_identity
from server.backup.write import verified_manifest
from server.messages import text
from server.opening import open_services
from server.replication.whereabouts import MovedAway
from server.retention.retention import Retention
from server.serve import DISK_FLOOR_BYTES
from server.services import Services
from server.settings import Settings
from server.store import couch_health, has_county
from server.tls import authority_path
from server.worker import AnotherWorkerRuns, exclusive_lock
from sync.errors import SyncError

OLDEST_SQLITE = (3, 51, 3)
OLD_COPIES = ("replaced-*", "couch.sqlite.format-*", "couch.sqlite.damaged-*", "*.age")
"""What a restore, a new format and a repair leave beside the data, and backups that lie there."""


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    key: str
    params: dict[str, object]


def examine(settings: Settings, *, echo: Callable[[str], None], backup: Path | None = None) -> int:
    """Print every finding; return 1 when one of them is a fault."""
    has_fault = False
    for finding in findings(settings, backup):
        has_fault |= finding.level is Level.FAULT
        mark = {Level.OK: "✓", Level.NOTE: "·", Level.FAULT: "✗"}[finding.level]
        params = finding.params
        echo(f"{mark} {text(finding.key, 'zh', **params)} | {text(finding.key, 'en', **params)}")
    return int(has_fault)


def findings(settings: Settings, backup: Path | None = None) -> Iterator[Finding]:
    yield from _machine(settings)
    try:
        is_there = has_county(settings)
        if is_there and settings.couch_url:
            yield from _couchdb(settings)
    except SyncError as error:
        yield Finding(Level.FAULT, "cli.doctor.couch_gone", {"why": error})
        return
    if is_there:
        yield from _data(settings, backup)
    else:
        yield Finding(Level.NOTE, "cli.doctor.no_data", {"folder": settings.data})


def _machine(settings: Settings) -> Iterator[Finding]:
    python_ok = sys.version_info >= (3, 11)
    yield _finding(python_ok, "cli.doctor.python", version=sys.version.split()[0])
    sqlite = apsw.sqlite_lib_version()
    sqlite_ok = tuple(int(n) for n in sqlite.split(".")[:3]) >= OLDEST_SQLITE
    yield _finding(sqlite_ok, "cli.doctor.sqlite", version=sqlite)
    for folder in (settings.data, settings.journal_folder, settings.media_folder):
        yield _finding(_is_writable(folder), "cli.doctor.folder", folder=folder)
    folder = next(path for path in (settings.data, *settings.data.absolute().parents) if path.exists())
    free_bytes = shutil.disk_usage(folder).free
    yield _finding(free_bytes > DISK_FLOOR_BYTES, "cli.doctor.disk", mib=free_bytes // 2**20)
    yield _finding((settings.client / "manifest.json").exists(), "cli.doctor.client", folder=settings.client)
    with socket.socket() as probe:
        is_used = probe.connect_ex((settings.host, settings.port)) == 0
    yield Finding(
        Level.NOTE, "cli.doctor.port_used" if is_used else "cli.doctor.port_free", {"port": settings.port}
    )
    if authority_path(settings).exists():
        yield Finding(Level.NOTE, "cli.doctor.authority", {"path": authority_path(settings)})


def _couchdb(settings: Settings) -> Iterator[Finding]:
    """Raises: SyncError."""
    health = couch_health(settings)
    shown = urlsplit(settings.couch_url).hostname
    yield Finding(
        Level.OK, "cli.doctor.couch", {"version": health.version, "url": shown, "copies": health.copies}
    )
    yield _finding(health.is_quorate, "cli.doctor.couch_quorum", up=health.nodes_up, nodes=health.nodes)


def _data(settings: Settings, backup: Path | None) -> Iterator[Finding]:
    for path in sorted((settings.data / "keys").glob("*")):
        is_private = not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        yield _finding(is_private, "cli.doctor.key_file", path=path)
    yield Finding(
        Level.NOTE, "cli.doctor.worker_runs" if _worker_runs(settings) else "cli.doctor.worker_idle", {}
    )
    whole = {name: _is_whole(settings.data / name) for name in ("couch.sqlite", "readmodel.sqlite")}
    if not settings.couch_url:
        yield _finding(whole["couch.sqlite"], "cli.doctor.database", file="couch.sqlite")
    if not whole["readmodel.sqlite"]:
        yield Finding(Level.NOTE, "cli.doctor.read_model_damaged", {})
    if not all(whole.values()):
        return  # what would be read from them is worth nothing
    try:
        services = open_services(settings)
    except MovedAway as moved:
        yield Finding(Level.FAULT, moved.key, moved.params)
        return
    try:
        yield from _records(services)
        if backup is not None:
            yield from _backup(services, backup)
    finally:
        services.couch.close()


def _records(services: Services) -> Iterator[Finding]:
    yield Finding(Level.OK, "cli.doctor.epoch", {"epoch": services.epoch})
    logs, central = (services.couch.ensure(name).info() for name in ("logs", "central"))
    yield Finding(Level.OK, "cli.doctor.documents", {"logs": logs.doc_count, "central": central.doc_count})
    broken = services.audit.verify()
    yield _finding(broken is None, "cli.doctor.audit", place="" if broken is None else str(broken))
    waiting = services.readmodel.quarantine_count()
    yield Finding(Level.NOTE, "cli.doctor.quarantine", {"count": waiting})
    for defect in services.readmodel.defects():
        about: dict[str, object] = {"place": defect.place, "subject": defect.subject, "text": defect.text}
        yield Finding(Level.FAULT, "cli.doctor.defect", about)
    yield from _retention(services)
    if services.settings.media_s3:
        yield Finding(Level.NOTE, "cli.backup.bucket", {"bucket": services.settings.media_bucket})
    last = services.readmodel.last_backup_at()
    if last is None:
        yield Finding(Level.NOTE, "cli.doctor.no_backup", {})
    else:
        yield Finding(Level.OK, "cli.doctor.backup", {"at": last})


def _retention(services: Services) -> Iterator[Finding]:
    """What is overdue for erasing, and which older copies still hold what was erased (DOMAIN 6)."""
    retention = Retention(services)
    overdue = [order.order_no for order in retention.due() if order.due_on and order.due_on < retention.today]
    yield _finding(
        not overdue, "cli.doctor.erased" if not overdue else "cli.doctor.not_erased", orders=overdue
    )
    days = services.settings.backup_keep_days
    yield Finding(Level.NOTE, "cli.doctor.backup_age", {"days": days})
    for path in old_copies(services.settings.data, days):
        yield Finding(Level.FAULT, "cli.doctor.old_copy", {"path": path, "days": days})


def old_copies(data: Path, days: int) -> list[Path]:
    """Return copies beside the data that are older than a backup may become."""
    oldest_s = time.time() - days * 86_400
    found = [path for pattern in OLD_COPIES for path in data.glob(pattern)]
    return sorted(path for path in found if path.stat().st_mtime < oldest_s)


def _backup(services: Services, file: Path) -> Iterator[Finding]:
    """Is the backup whole, and is everything in the audit that was in it then? (ATTACKS 7, case 54)"""
    try:
        manifest = verified_manifest(file, county_identity(services.settings))
    except BackupError as error:
        yield Finding(Level.FAULT, "cli.doctor.backup_broken", {"why": error})
        return
    yield Finding(
        Level.OK,
        "cli.doctor.backup_file",
        {
            "file": file.name,
            "taken_at": manifest.taken_at,
            "files": len(manifest.members),
            "sha256": describe(file.name, file).sha256,
        },
    )
    broken = services.audit.verify(expected_head=manifest.audit_head)
    yield _finding(broken is None, "cli.doctor.audit_tail", place="" if broken is None else str(broken))


def _is_whole(path: Path) -> bool:
    """Does SQLite find the file whole? One that is not there yet has nothing broken."""
    if not path.exists():
        return True
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        with closing(connection):
            return bool(connection.execute("PRAGMA quick_check(1)").get == "ok")
    except apsw.Error:
        return False


def _is_writable(folder: Path) -> bool:
    """Could it be written, or be made, if it is not there yet?"""
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _worker_runs(settings: Settings) -> bool:
    try:
        exclusive_lock(settings.data / "worker.lock").close()
    except AnotherWorkerRuns:
        return True
    return False


def _finding(is_ok: bool, key: str, **params: object) -> Finding:
    return Finding(Level.OK if is_ok else Level.FAULT, key, params)
