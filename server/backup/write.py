"""Write a backup while the server runs, read it back, and enter it in the desk's log.

The entry is what lets phones forget: nothing leaves a phone before a backup covers it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.backup.archive import BackupError, Manifest, Member, describe, read_archive, write_archive
from server.backup.keys import county_identity, county_recipient
from server.services import Services

COUCH = "couch.sqlite"
KEPT_FOLDERS = ("keys", "journal", "media")


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
        taken_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        services.couch.backup_to(copy)
        paths = [(COUCH, copy), *_kept_files(services)]
        members = tuple(describe(name, path) for name, path in paths)
        write_archive(file, Manifest(taken_at, services.epoch, members), paths, keys)
    _verify(services, file, members, keys)
    written = describe(file.name, file)
    services.desk.append(
        "backup",
        {"taken_at": taken_at, "sha256": written.sha256, "epoch": services.epoch},
        author="system",
        role="system",
    )
    return BackupReport(str(file), written.size_bytes, len(members), taken_at, written.sha256)


def _kept_files(services: Services) -> Iterator[tuple[str, Path]]:
    settings = services.settings
    folders = {"journal": settings.journal_folder, "media": settings.media_folder}
    for name in KEPT_FOLDERS:
        folder = folders.get(name, settings.data / name)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith((".part", ".lock")):
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _verify(services: Services, file: Path, members: tuple[Member, ...], keys: Sequence[str]) -> None:
    if list(keys) != [county_recipient(services.settings)]:
        return
    seen: list[Member] = []

    def accept(member: Member, content: object) -> None:
        content.read()  # type: ignore[attr-defined]
        seen.append(member)

    read_archive(file, [county_identity(services.settings)], accept)
    if tuple(seen) != members:
        raise BackupError(f"{file} does not hold what was to be backed up; it must not be relied on")
