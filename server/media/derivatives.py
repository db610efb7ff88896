"""Copies of photos for other eyes than the owner's: made once, kept on disk, made again when lost."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile

from server.media import images
from server.media.store import MediaStore


class Size(StrEnum):
    SCREEN = "screen"
    THUMB = "thumb"

    @property
    def max_px(self) -> int:
        return images.THUMBNAIL_MAX_PX if self is Size.THUMB else images.DERIVATIVE_MAX_PX


class Derivatives:
    """Blocking: call it outside the hub."""

    def __init__(self, folder: Path, store: MediaStore, *, max_pixels: int = images.MAX_PIXELS) -> None:
        self._folder = folder
        self._store = store
        self._max_pixels = max_pixels

    def made(self, sha256: str, size: Size) -> Path | None:
        """Return the file of a copy that was made before; costs one look at the disk."""
        path = self._path(sha256, size)
        return path if path.exists() else None

    def jpeg(self, sha256: str, media_type: str, size: Size) -> Path:
        """Return the file of the copy.

        Raises: NotFound when the original is not in the store; UnusableImage.
        """
        path = self._path(sha256, size)
        if not path.exists():
            with self._store.open(sha256) as original:
                copy = images.derivative(original, media_type, size.max_px, max_pixels=self._max_pixels)
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as fresh:
                fresh.write(copy)
            os.replace(fresh.name, path)
        return path

    def delete(self, sha256: str) -> None:
        """Take all copies away."""
        for size in Size:
            self._path(sha256, size).unlink(missing_ok=True)

    def _path(self, sha256: str, size: Size) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.{size}.jpg"
