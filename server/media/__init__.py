"""Photos: resumable upload, verification against the entry, storage by content, copies for others.

`Media` is what the rest of the server holds of it; bytes go apart from entries and after them (DESIGN 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.media.arrivals import Arrivals
from server.media.derivatives import Derivatives
from server.media.intake import Intake, MediaLimits
from server.media.store import FolderStore, MediaStore
from server.media.uploads import UploadFolder
from sync.peer import Server


@dataclass(frozen=True, slots=True)
class Media:
    """Opened once a process; all its methods block."""

    uploads: UploadFolder
    store: MediaStore
    arrivals: Arrivals
    intake: Intake
    derivatives: Derivatives


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_media(
    folder: Path,
    couch: Server,
    *,
    limits: MediaLimits | None = None,
    now: Callable[[], datetime] = _utc_now,
    store: MediaStore | None = None,
) -> Media:
    """Open the media folder; originals lie in it too, where no other `store` keeps them."""
    limits = limits or MediaLimits()
    uploads = UploadFolder(folder / "uploads")
    store = store or FolderStore(folder / "originals")
    arrivals = Arrivals(couch.ensure("logs"))
    return Media(
        uploads=uploads,
        store=store,
        arrivals=arrivals,
        intake=Intake(uploads, store, arrivals, limits, now),
        derivatives=Derivatives(folder / "derivatives", store, max_pixels=limits.max_pixels),
    )
