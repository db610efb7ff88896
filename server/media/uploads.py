"""Uploads under way: a file that grows, and a small note of what it is meant to be.

The offset is the size of the file, so that it survives whatever ends the process. Nothing here
knows HTTP or what the bytes mean.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from ulid import ULID

from sync.errors import Conflict, NotFound, StorageFailed

_ID: Final = re.compile(r"[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way; `created_s` is seconds since 1970, as expiry is a matter of this machine alone."""

    id: str
    device: str
    entry: int
    number: int
    size_bytes: int
    created_s: float
    is_finished: bool = False


class UploadFolder:
    """`<id>.part` holds the bytes received so far, `<id>.json` the note."""

    def __init__(self, folder: Path, *, fsync_every_bytes: int = 4 * 1024 * 1024) -> None:
        self._folder = folder
        self._fsync_every_bytes = fsync_every_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def create(self, device: str, entry: int, number: int, size_bytes: int, created_s: float) -> Upload:
        """Raises: StorageFailed."""
        upload = Upload(str(ULID()).lower(), device, entry, number, size_bytes, created_s)
        try:
            self.part(upload).touch(exist_ok=False)
            self._write_note(upload)
        except OSError as failure:
            raise StorageFailed(f"no upload could be begun: {failure.strerror}") from failure
        return upload

    def remove_of(self, device: str, entry: int, number: int) -> None:
        """Drop every upload of this file, finished or under way."""
        for upload in self.all():
            if (upload.device, upload.entry, upload.number) == (device, entry, number):
                self.remove(upload)

    def find(self, upload_id: str, device: str) -> Upload:
        """Return the device's own upload; another's is as unknown as one that never was.

        Raises: NotFound.
        """
        upload = self._read_note(upload_id) if _ID.fullmatch(upload_id) else None
        if upload is None or upload.device != device:
            raise NotFound("missing")
        return upload

    def all(self) -> Iterator[Upload]:
        for note in sorted(self._folder.glob("*.json")):
            upload = self._read_note(note.stem)
            if upload is not None:
                yield upload

    def part(self, upload: Upload) -> Path:
        return self._folder / f"{upload.id}.part"

    def offset(self, upload: Upload) -> int:
        """Return how many bytes are durably here; what arrived before a cut is made durable now."""
        if upload.is_finished:
            return upload.size_bytes
        try:
            with self.part(upload).open("rb") as part:
                os.fsync(part.fileno())
                return os.fstat(part.fileno()).st_size
        except FileNotFoundError:
            return self._finished_size(upload)

    def append(self, upload: Upload, offset: int, data: bytes) -> int:
        """Write `data` at `offset` and return the new offset.

        Two connections may carry one upload when a phone comes back before its old connection is
        known to be dead; whoever brings the bytes that are next is right, the other is refused.

        Raises: Conflict when the file does not end at `offset`; StorageFailed.
        """
        try:
            with self.part(upload).open("r+b", buffering=0) as part:
                fcntl.flock(part, fcntl.LOCK_EX)
                if os.fstat(part.fileno()).st_size != offset:
                    raise Conflict("the upload stands at another offset")
                end = offset + _write_all(part.fileno(), data, offset)
                if end // self._fsync_every_bytes > offset // self._fsync_every_bytes:
                    os.fsync(part.fileno())
                return end
        except FileNotFoundError:
            raise NotFound("missing") from None
        except OSError as failure:
            raise StorageFailed(f"the upload was not written: {failure.strerror}") from failure

    def _finished_size(self, upload: Upload) -> int:
        """Return the size of an upload that another request has finished meanwhile. Raises: NotFound."""
        note = self.find(upload.id, upload.device)
        if not note.is_finished:
            raise NotFound("missing")
        return note.size_bytes

    def finish(self, upload: Upload) -> None:
        """Let the bytes go (the store has them) and keep the note, so that a late question has an answer."""
        self._write_note(replace(upload, is_finished=True))
        self.part(upload).unlink(missing_ok=True)

    def remove(self, upload: Upload) -> None:
        self.part(upload).unlink(missing_ok=True)
        (self._folder / f"{upload.id}.json").unlink(missing_ok=True)

    def _write_note(self, upload: Upload) -> None:
        path = self._folder / f"{upload.id}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(upload)), "utf-8")
        fresh.replace(path)

    def _read_note(self, upload_id: str) -> Upload | None:
        try:
            note = Upload(**json.loads((self._folder / f"{upload_id}.json").read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None  # never was, or cut off by a power loss: the phone begins again
        return note if note.is_finished or self.part(note).exists() else None


def _write_all(descriptor: int, data: bytes, offset: int) -> int:
    written = 0
    while written < len(data):
        written += os.pwrite(descriptor, memoryview(data)[written:], offset + written)
    return written
