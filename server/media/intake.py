"""A file from its announcement to its arrival: may it come, what came, what that is worth.

Every byte that came in full is kept, whatever the verdict; the verdict alone says what it counts.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from server.defects import DEFECTS
from server.media import sniff
from server.media.arrivals import Arrival, Arrivals, FileRef, Reason, State, mismatches
from server.media.images import MAX_PIXELS, TooManyPixels, UnusableImage, inspect
from server.media.store import MediaStore
from server.media.uploads import Upload, UploadFolder
from sync.errors import BadRequest, Conflict, NotFound, TooLarge

_HASH_PIECE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaLimits:
    max_file_bytes: int = 25 * 1024 * 1024
    max_pixels: int = MAX_PIXELS
    upload_expires_after: timedelta = timedelta(days=30)
    max_mismatches: int = 20
    """Other bytes for one file are kept as evidence so many times; then it is somebody filling the disk."""


class Intake:
    """Blocking: call it outside the hub."""

    def __init__(
        self,
        uploads: UploadFolder,
        store: MediaStore,
        arrivals: Arrivals,
        limits: MediaLimits,
        now: Callable[[], datetime],
    ) -> None:
        self._uploads = uploads
        self._store = store
        self._arrivals = arrivals
        self.limits = limits
        self._now = now

    def begin(self, ref: FileRef, size_bytes: int) -> Upload:
        """Open an upload for a file that an entry in `logs` names.

        Raises: Conflict (`entry_missing`: send the entry first; `already_complete`: read the state),
        NotFound when the entry names no such file, TooLarge, BadRequest.
        """
        if size_bytes < 1:
            raise BadRequest("a file has at least one byte")
        if size_bytes > self.limits.max_file_bytes:
            raise TooLarge(f"a file may have {self.limits.max_file_bytes} bytes", error="too_large")
        if self._arrivals.promised(ref) is None:
            raise _conflict("entry_missing", "the entry that names this file is not here yet; send it first")
        standing = self._arrivals.find(ref)
        if standing is not None and self._is_over(standing):
            raise _conflict("already_complete", f"this file is here and {standing['state']}")
        if mismatches(standing) >= self.limits.max_mismatches:
            raise _conflict("too_many_mismatches", "other bytes than the entry names came too often")
        return self._uploads.create(ref.device, ref.entry, ref.number, size_bytes, self._now().timestamp())

    def finish_if_complete(self, upload: Upload) -> int:
        """Return the durable offset; an upload that has all its bytes is judged, stored and written down.

        Raises: StorageFailed, Overloaded: the bytes stay and the same question finishes it later.
        """
        offset = self._uploads.offset(upload)
        if offset == upload.size_bytes and not upload.is_finished:
            self._finish(upload)
        return offset

    def forget_old(self) -> int:
        """Finish what a crash left complete, drop what has expired; return how many uploads went."""
        oldest_s = (self._now() - self.limits.upload_expires_after).timestamp()
        gone = 0
        for upload in self._uploads.all():
            try:
                self.finish_if_complete(upload)
            except NotFound:
                pass  # its entry went with a restore: the phone sends both again
            except DEFECTS:
                traceback.print_exc(file=sys.stderr)  # one file over which we fail stops no other
            if upload.created_s < oldest_s:
                self._uploads.remove(upload)
                gone += 1
        return gone

    def _finish(self, upload: Upload) -> None:
        ref = FileRef(upload.device, upload.entry, upload.number)
        try:
            self.keep(ref, self._uploads.part(upload))
        except FileNotFoundError:
            # Another request finished it between our look and our read.
            if not self._uploads.find(upload.id, upload.device).is_finished:
                raise
        self._uploads.finish(upload)

    def keep(self, ref: FileRef, path: Path) -> Arrival:
        """Judge a complete file against its entry, store it, write its arrival."""
        promised = self._arrivals.promised(ref)
        if promised is None:
            raise NotFound("the entry that names this file is gone")
        arrival = judge(path, promised, self.limits.max_pixels)
        standing = self._arrivals.find(ref)
        if standing is not None and standing["state"] == State.ERASED:
            return arrival  # its time was over while it was on its way: it is not kept
        self._store.put(arrival.sha256, path)
        self._arrivals.write(ref, arrival, self._now())
        return arrival

    def _is_over(self, standing: Mapping[str, Any]) -> bool:
        """Is nothing more to come? What went with a lost disk may come again, what was erased may not."""
        if standing["state"] == State.ERASED:
            return True
        return standing["state"] != State.MISMATCH and self._store.has(standing["sha256"])

    def keep_bytes(self, ref: FileRef, data: bytes) -> Arrival:
        """Do the same with a file that did not come as an upload: a bundle, or the demo's past."""
        upload = self._uploads.create(ref.device, ref.entry, ref.number, len(data), self._now().timestamp())
        self._uploads.append(upload, 0, data)
        arrival = self.keep(ref, self._uploads.part(upload))
        self._uploads.remove(upload)
        return arrival


def judge(path: Path, promised: Mapping[str, Any], max_pixels: int = MAX_PIXELS) -> Arrival:
    """Compare a file with what its entry says of it. Pure but for reading the file."""
    with path.open("rb") as stream:
        head = stream.read(sniff.HEAD_BYTES)
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size_bytes = stream.tell()
        clip_type = sniff.clip_type(head)
        found_type = sniff.photo_type(head) or clip_type

        def arrival(state: State, reason: Reason | None = None) -> Arrival:
            return Arrival(digest, size_bytes, found_type or "application/octet-stream", state, reason)

        if size_bytes != promised.get("size"):
            return arrival(State.MISMATCH, Reason.SIZE)
        if digest != promised.get("sha256"):
            return arrival(State.MISMATCH, Reason.HASH)
        if found_type is None or not sniff.is_same_type(str(promised.get("type")), found_type):
            return arrival(State.REFUSED, Reason.TYPE)
        if clip_type is not None:
            return arrival(State.VERIFIED)  # a clip is kept as it is: nothing here decodes one
        stream.seek(0)
        try:
            inspect(stream, found_type, max_pixels=max_pixels)
        except TooManyPixels:
            return arrival(State.REFUSED, Reason.PIXELS)
        except UnusableImage:
            return arrival(State.REFUSED, Reason.BROKEN)
        return arrival(State.VERIFIED)


def _conflict(error: str, reason: str) -> Conflict:
    conflict = Conflict(reason)
    conflict.error = error
    return conflict
