"""Write a backup while the server runs, read it back, and enter it in the desk's log.

The entry is what lets phones forget: nothing leaves a phone before a backup covers it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from server.backup.archive import (
    CHUNK_BYTES,
    BackupError,
    Manifest,
    Member,
    describe,
    read_archive,
    write_archive,
)
from server.backup.keys import county_identity, county_recipient
from server.services import Services

COUCH = "couch.sqlite"
KEPT_FOLDERS = ("keys", "journal", "media", "calendar")
ORIGINALS = "originals"
"""Of media the evidence alone: copies are made again, and uploads under way come again from the phone."""

ON_ITS_WAY = timedelta(minutes=1)
"""The door notes when a row came before it is stored: what came just before the copy may not be in it."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    file: str
    size_bytes: int
    files: int
    taken_at: str
    sha256: str


def write_backup(services: Services, file: Path, *, recipients: Sequence[str] = ()) -> BackupReport:
    """Write everything to `file`, verify it, and append a `backup` entry at the desk.

    With a recipient whose secret key is elsewhere, verifying means that the bytes on disk hash to
    what was written; with the county's own key the file is decrypted and compared to its manifest.

    Raises: BackupError.
    """
    keys = list(recipients) or [services.settings.backup_recipient or county_recipient(services.settings)]
    with tempfile.TemporaryDirectory(dir=services.settings.data, prefix=".backup-") as folder:
        copy = Path(folder) / COUCH
        began = datetime.now(UTC)
        taken_at = began.isoformat(timespec="milliseconds")
        audit_head = services.audit.head()  # before the copy, which then surely holds it
        services.couch.backup_to(copy)
        # After the copy, so that every file that it names is there.
        paths = [(COUCH, copy), *_kept_files(services)]
        members = tuple(describe(name, path) for name, path in paths)
        manifest = Manifest(taken_at, services.epoch, members, audit_head=audit_head)
        write_archive(file, manifest, paths, keys)
    _verify(services, file, members, keys)
    written = describe(file.name, file)
    services.desk.append(
        "backup",
        {
            "taken_at": (began - ON_ITS_WAY).isoformat(timespec="milliseconds"),
            "sha256": written.sha256,
            "epoch": services.epoch,
        },
        author="system",
        role="system",
    )
    return BackupReport(str(file), written.size_bytes, len(members), taken_at, written.sha256)


def _kept_files(services: Services) -> Iterator[tuple[str, Path]]:
    settings = services.settings
    folders = {"journal": settings.journal_folder, "media": settings.media_folder}
    for name in KEPT_FOLDERS:
        folder = folders.get(name, settings.data / name)
        for path in sorted((folder / ORIGINALS if name == "media" else folder).rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".lock":
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _verify(services: Services, file: Path, members: tuple[Member, ...], keys: Sequence[str]) -> None:
    if list(keys) != [county_recipient(services.settings)]:
        return
    if verified_manifest(file, county_identity(services.settings)).members != members:
        raise BackupError("backup.differs", file=file)


def verified_manifest(file: Path, identity: str) -> Manifest:
    """Read the whole backup, every hash included, and return its manifest. Raises: BackupError."""

    def drain(_member: Member, content: BinaryIO) -> None:
        while content.read(CHUNK_BYTES):
            pass

    return read_archive(file, [identity], drain)
